/** What two bodies share is told to the byte, wherever they differ. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { likeness } from './likeness.ts'

/** The same, byte by byte. */
function counted(a: Uint8Array, b: Uint8Array) {
  const most = Math.min(a.length, b.length)
  let [prefix, suffix] = [0, 0]
  while (prefix < most && a[prefix] === b[prefix]) prefix++
  while (suffix < most - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix++
  return { prefix, suffix }
}

const bytes = fc.uint8Array({ max: 1, maxLength: 12 })

test('two short bodies', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => assert.deepEqual(likeness(a, b), counted(a, b))),
    { numRuns: 1000 },
  )
})

test('a long body with something in its midst, wherever that is', () => {
  const long = Uint8Array.from({ length: 40_000 }, (_, at) => (at * 7919) % 251)
  const place = fc.nat({ max: long.length })
  fc.assert(
    fc.property(place, place, bytes, (from, to, between) => {
      const [start, end] = [Math.min(from, to), Math.max(from, to)]
      const other = Buffer.concat([long.subarray(0, start), between, long.subarray(end)])
      assert.deepEqual(likeness(long, other), counted(long, other))
    }),
  )
})

test('views into larger memory', () => {
  const pool = Buffer.from('xxabcdefyy')
  assert.deepEqual(likeness(pool.subarray(2, 8), Buffer.from('abcZef')), { prefix: 3, suffix: 2 })
})
