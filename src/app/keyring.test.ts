import assert from 'node:assert/strict'
import { createHmac, hkdfSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestsOf } from '#exchange'
import { keyringOf } from './keyring.ts'

const SECRET = Buffer.alloc(32, 7)
const KEY = Buffer.from(hkdfSync('sha256', SECRET, '', 'gatelog body', 32))
const plain = (data: string | Uint8Array) => createHmac('sha256', KEY).update(data).digest('hex')

test('a digest is HMAC-SHA-256 under the key of its purpose, of whatever length and kind', () => {
  const keyring = keyringOf(SECRET)
  const same = (data: string | Uint8Array) => keyring.digest('body', data).toString('hex') === plain(data)
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '漢', '\ud83d', '\ude00'), maxLength: 300 }), same))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), same))
  for (const length of [0, 1, 63, 64, 65, 1365, 1366, 4095, 4096, 4097, 70_000])
    for (const data of ['é'.repeat(length), 'a'.repeat(length), new Uint8Array(length), '\ud800'.repeat(length)])
      assert.ok(same(data), `${length} of ${typeof data}`)
})

test('a body’s digest is the same by its parts as by the whole', () => {
  const keyring = keyringOf(SECRET)
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (parts) => {
      const whole = keyring.hash('body')
      for (const part of parts) whole.update(part)
      const { keyed, sha256 } = digestsOf(keyring, Buffer.concat(parts))
      assert.equal(whole.digest('hex'), keyed)
      assert.equal(keyed, plain(Buffer.from(sha256, 'hex')))
    }),
  )
})

test('a digest is its own, whatever is digested after it, and each purpose has another', () => {
  const keyring = keyringOf(SECRET)
  const digest = keyring.digest('body', 'one')
  keyring.digest('body', 'two')
  assert.equal(digest.toString('hex'), plain('one'))
  assert.notDeepEqual(keyring.digest('key', 'one'), digest)
  assert.deepEqual(keyring.key('body'), KEY)
})
