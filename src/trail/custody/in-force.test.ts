/** A hold is in force until an entry that is true releases it, whatever its record says. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Hold, Note } from '#exchange'
import type { Claim } from '../store.ts'
import { idOf, NOON } from '../stores/made.ts'
import { inForce } from './in-force.ts'
import { toldScope } from './scope.ts'

const keyring = { digest: (purpose: string, data: string) => createHmac('sha256', purpose).update(data).digest() }
const ACT = { at: NOON, who: { value: 'ana', source: 'declared' }, why: 'case 17' } as const
const SCOPE = { user: 'ben', session: 's1' }
const HOLD: Hold = { kind: 'hold', exchange: idOf(1), ...ACT, scope: toldScope(SCOPE, keyring) }
const RECORD = { id: idOf(1), at: NOON, who: 'ana', why: 'case 17', scope: SCOPE }
const RELEASE: Note = { kind: 'release', exchange: idOf(2), ...ACT, hold: idOf(1) }
const hold: Claim = { seq: 1, note: HOLD }
const release: Claim = { seq: 2, note: RELEASE }
const sealed = { kind: 'hold', exchange: idOf(1) }

const CASES: readonly [string, readonly unknown[], readonly Claim[], readonly unknown[]][] = [
  ['as both tell it', [RECORD], [hold], [[idOf(1), SCOPE, undefined]]],
  ['its record is gone', [], [hold], [[idOf(1), { session: 's1' }, 'gone']]],
  ['its record is none', [{ ...RECORD, scope: { since: 'x' } }], [hold], [[idOf(1), { session: 's1' }, 'gone']]],
  [
    'an older record of another hold',
    [{ ...RECORD, scope: { user: 'cy' } }],
    [hold],
    [[idOf(1), { session: 's1' }, 'changed']],
  ],
  ['another reason', [{ ...RECORD, why: 'x' }], [hold], [[idOf(1), SCOPE, 'changed']]],
  ['before its entry', [RECORD], [], [[idOf(1), SCOPE, undefined]]],
  ['released', [], [hold, release], []],
  ['released by nobody', [], [hold, { ...release, mark: 'unproven' }], [[idOf(1), { session: 's1' }, 'gone']]],
  ['released in another record', [RECORD], [hold, { ...release, mark: 'changed' }], [[idOf(1), SCOPE, undefined]]],
  ['told by nobody', [], [{ ...hold, mark: 'unproven' }], []],
  ['its entry was changed', [RECORD], [{ seq: 1, note: RELEASE, mark: 'changed', sealed }], [[idOf(1), {}, 'entry']]],
  ['the same, released since', [], [{ seq: 1, mark: 'unproven', sealed }, release], []],
]

for (const [name, documents, claims, told] of CASES)
  test(`a hold: ${name}`, () => {
    const rows = inForce(documents, claims, keyring)
    assert.deepEqual(
      rows.map(({ id, scope, wrong }) => [id, scope, wrong]),
      told,
    )
  })
