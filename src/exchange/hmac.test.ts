/** Digests against Node's own, of whatever length, kind and order. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacWith } from './hmac.ts'

test('it is HMAC-SHA-256 of texts and bytes, short and long, one after the other', () => {
  const key = new Uint8Array(32).fill(9)
  const hmac = hmacWith(key)
  const data = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(
      '',
      '\ud800',
      'ü'.repeat(1365),
      'ü'.repeat(1366),
      'x'.repeat(5000),
      new Uint8Array(4096),
      new Uint8Array(4097),
    ),
  )
  fc.assert(
    fc.property(data, (each) => {
      assert.equal(hmac(each).toString('hex'), createHmac('sha256', key).update(each).digest('hex'))
    }),
  )
})
