import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printTaken, Taken } from './taken.ts'

test('what was taken is written as runs: left out, taken, in turn', () => {
  assert.deepEqual(printTaken([14, 7, 8, 13, 8]), [6, 2, 4, 2])
  assert.deepEqual(printTaken([1, 2, 4]), [0, 2, 1, 1])
  assert.deepEqual(printTaken([-3, 0]), [])
})

test('exactly those that were taken are in it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (seqs) => {
      const taken = new Taken(printTaken(seqs))
      for (let seq = 0; seq <= 62; seq++) assert.equal(taken.has(seq), seqs.includes(seq))
    }),
  )
})
