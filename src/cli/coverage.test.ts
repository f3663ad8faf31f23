/** What `gatelog coverage` says of reports that were let go: how many, and never that there was none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, run } from './house.case.ts'

test('reports that were let go are told, and none is not said beside them', async (t) => {
  const tally = { since: 1, seen: 7, onRecord: 0, bypasses: 0, dropped: 7 }
  let dropped = 7
  const found = async () => ({ tally: { ...tally, dropped }, waiting: 0, bypasses: [] })
  const { folder } = await openHouse(t, [], { coverage: { coverage: found, review: async () => tally } })
  const lossy = await run(folder, ['coverage'])
  assert.match(lossy.out, /Reports since .*: 7, 0 on the record, 0 waiting, 7 let go \(unreadable, .*\)\n/)
  assert.ok(!`${lossy.out}${lossy.err}`.includes('no report of a call'), lossy.err)
  dropped = 0
  const clean = await run(folder, ['coverage'])
  assert.match(clean.out, /0 waiting\n/)
  assert.match(`${clean.out}${clean.err}`, /no report of a call that is not on the record/)
})

test('a call that nobody proved is told as that', async (t) => {
  const tally = { since: 1, seen: 0, onRecord: 0, bypasses: 0, dropped: 0 }
  const one = {
    kind: 'bypass',
    exchange: 'x',
    at: 1,
    source: 'declared',
    via: 'otlp',
    happened: 1,
    actor: 'ana',
  } as const
  const coverage = async () => ({ tally, waiting: 0, bypasses: [{ ...one, seal: 'unproven' as const }, one] })
  const { folder } = await openHouse(t, [], { coverage: { coverage, review: async () => tally } })
  const { out } = await run(folder, ['coverage'])
  assert.equal(out.match(/UNPROVEN, otlp/g)?.length, 1)
})
