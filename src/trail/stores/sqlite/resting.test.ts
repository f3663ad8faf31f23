/** How exchanges that go are put into lots. Writes nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Day } from './day.ts'
import { Resting } from './resting.ts'

test('more exchanges of no session than a call may have arguments', () => {
  const seqs = Array.from({ length: 200_000 }, (_, at) => at + 1)
  const rows = seqs.map((seq) => ({ exchange: `e${seq}`, seq, closing: null }))
  const day = { file: { all: () => rows }, bodies: {} } as unknown as Day
  const lots = new Resting(day, null, new Map(seqs.map((seq) => [seq, undefined]))).lots()
  for (let step = lots.next(); ; step = lots.next()) {
    if (!step.done) continue
    assert.equal(step.value.flat().length, seqs.length)
    assert.equal(step.value.at(-1)?.[0]?.seq, 1, 'the last ones first')
    break
  }
})
