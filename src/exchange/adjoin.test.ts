/** Views that lie side by side, and those that do not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adjoined } from './index.ts'

test('two views are one only where the second begins as the first ends, in the same memory', () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 20 }, (_, at) => at).buffer)
  const part = (from: number, to: number) => bytes.subarray(from, to)
  assert.deepEqual([...(adjoined(part(2, 5), part(5, 9)) ?? [])], [2, 3, 4, 5, 6, 7, 8])
  assert.equal(adjoined(part(2, 5), part(5, 9))?.buffer, bytes.buffer)
  assert.equal(adjoined(part(2, 5), part(6, 9)), undefined)
  assert.equal(adjoined(part(5, 9), part(2, 5)), undefined)
  assert.equal(adjoined(part(2, 5), Buffer.from(Uint8Array.from(bytes).buffer).subarray(5, 9)), undefined)
})
