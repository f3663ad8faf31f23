/** Sealed originals: RFC 9180's own example, and nothing but the right key, exchange, part and bytes opens one. */
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { open, rawPublic, seal } from './hpke.ts'
import { makeOriginalsKeys, openOriginal, originalsTo, wrongPublicKey } from './original.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

/** An X25519 private key of these 32 bytes (PKCS #8, RFC 8410). */
const privateOf = (raw: string) =>
  createPrivateKey({ key: hex(`302e020100300506032b656e04220420${raw}`), format: 'der', type: 'pkcs8' })

/** RFC 9180, A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0. */
const RFC = {
  info: hex('4f6465206f6e2061204772656369616e2055726e'),
  skE: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
  pkE: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  skR: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
  pkR: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  plain: hex('4265617574792069732074727574682c20747275746820626561757479'),
  aad: hex('436f756e742d30'),
  sealed: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
}

test('the example of RFC 9180 comes out byte for byte, and opens', () => {
  const recipient = privateOf(RFC.skR)
  assert.equal(rawPublic(recipient).toString('hex'), RFC.pkR)
  const sealed = seal(createPublicKey(recipient), RFC, RFC.plain, 'aes-128-gcm', privateOf(RFC.skE))
  assert.equal(sealed.toString('hex'), RFC.pkE + RFC.sealed)
  assert.deepEqual(open(recipient, RFC, sealed, 'aes-128-gcm'), RFC.plain)
})

const { publicKey, privateKey } = makeOriginalsKeys()
const sealOriginal = originalsTo(publicKey)

test('any bytes come back, and two seals of the same have nothing in common', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const [one, other] = [sealOriginal(bytes, 'x', 'prompt'), sealOriginal(bytes, 'x', 'prompt')]
      assert.deepEqual(openOriginal(privateKey, one, 'x', 'prompt'), Buffer.from(bytes))
      assert.notDeepEqual(one.subarray(9), other.subarray(9))
    }),
    { numRuns: 30 },
  )
})

test('another key, exchange or part, and any bit changed or missing, open nothing', () => {
  const sealed = sealOriginal(Buffer.from('a secret'), 'x', 'prompt')
  const refused = (bytes: Uint8Array, exchange = 'x', part: 'prompt' | 'reply' = 'prompt', key = privateKey) =>
    assert.throws(() => openOriginal(key, bytes, exchange, part), { code: 'originals.key' })
  refused(sealed, 'y')
  refused(sealed, 'x', 'reply')
  refused(sealed, 'x', 'prompt', makeOriginalsKeys().privateKey)
  refused(sealed, 'x', 'prompt', publicKey)
  refused(sealed, 'x', 'prompt', 'nonsense')
  refused(
    sealed,
    'x',
    'prompt',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
  for (let at = 0; at < sealed.length; at++) {
    refused(sealed.subarray(0, at))
    const flipped = Buffer.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    refused(flipped)
  }
})

test('only a public key is taken for the gateway', () => {
  assert.equal(wrongPublicKey(publicKey), undefined)
  assert.match(wrongPublicKey(privateKey) ?? '', /private key/)
  assert.match(wrongPublicKey('nonsense') ?? '', /no public key/)
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
  assert.match(wrongPublicKey(other) ?? '', /X25519/)
  assert.throws(() => originalsTo(privateKey), TypeError)
})
