/** Entries that are nowhere, and what says that they may be. Opens no record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf, NOON } from '../stores/made.ts'
import { Fates } from './fates.ts'
import type { Leaf } from './leaf.ts'

const MANY = 200_000

test('of a day of which more is gone than a call may have arguments all is missing, in order', () => {
  const fates = new Fates([])
  for (let seq = MANY; seq > 0; seq--)
    fates.missing({ v: 2, seq, kind: 'asked', exchange: idOf(seq, NOON), fields: {} } as Leaf)
  const { expired, missing } = fates.settle()
  assert.deepEqual([expired, missing.length, missing[0]?.seq, missing.at(-1)?.seq], [0, MANY, 1, MANY])
})
