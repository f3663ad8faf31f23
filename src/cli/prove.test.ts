/** `gatelog prove` says what it does not prove, writes no bundle of nothing, and replaces none unasked. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ProofHead } from '#trail'
import { AT, exchangeOf } from './entries.case.ts'
import { openHouse } from './house.case.ts'

const HEAD: ProofHead = {
  ...{ checkpoint: 'o\n1\nroot\n', vkey: 'v', asked: { kind: 'exchange', exchange: 'x' }, entries: 0, unsealed: 2 },
}

test('where nothing of it is sealed nothing is written, and it is a fault', async (t) => {
  const { run, trail, folder } = await openHouse(t, exchangeOf({ nth: 1, text: 'text' }))
  trail.prove = async function* () {
    yield { head: HEAD }
  }
  for (const output of ['evidence.zip', 'one.tlog-proof']) {
    const told = await run('prove', 'last', '--output', output)
    assert.deepEqual([told.code, told.out], [1, ''])
    assert.match(told.err, /nothing can be proven of it: 2 entries wait \[seal\.late\]\n.*gatelog doctor/)
    assert.ok(!existsSync(join(folder, output)))
  }
})

test('a period that is not over is told so, and a file that is there is replaced where that is asked for', async (t) => {
  const { run, trail } = await openHouse(t, exchangeOf({ nth: 1, text: 'text' }))
  const asked = { kind: 'period', now: AT, after: AT - 1, before: AT + 60_000 } as const
  const range = { first: 0, end: 1, before: [], after: [] }
  let at: number = AT
  trail.prove = async function* () {
    yield { head: { ...HEAD, asked, range, unsealed: 0 } }
    yield { leaf: { index: 0, leaf: JSON.stringify({ v: 2, seq: 1, at, kind: 'asked', fields: {} }) } }
  }
  const first = await run('prove', 'after:1h before:1m')
  assert.equal(first.code, 0, first.err)
  assert.match(
    first.err,
    /^not proven: The rest of the period: .* ends at 2026-11-24 08:31:00 UTC\.\n0 entries in evidence\.zip, /,
  )
  at = AT + 60_000
  const again = await run('prove', 'after:1h before:1m')
  assert.deepEqual([again.code, /evidence\.zip is there already/.test(again.err)], [2, true])
  const forced = await run('prove', 'after:1h before:1m', '--force')
  assert.match(forced.err, /^0 entries in evidence\.zip, /, 'the log has what lies behind it')
})
