/** What proves a secret, and what fails to. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { lookOf } from './checks.ts'
import { isBasicPair, isJwt, isPrivateKey } from './proofs.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token whose header names an algorithm is a JSON Web Token', () => {
  assert.ok(isJwt(`${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 1 })}.x`))
  for (const head of [part({ typ: 'JWT' }), part(['alg']), part(null), part({ alg: 1 }), 'eyJabc'])
    assert.equal(isJwt(`${head}.${part({})}.x`), false, head)
})

test('real keys prove themselves, also with escaped line breaks; other bodies do not', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const ed = generateKeyPairSync('ed25519').privateKey
  const forms = [
    rsa.export({ type: 'pkcs1', format: 'pem' }),
    rsa.export({ type: 'pkcs8', format: 'pem' }),
    ec.export({ type: 'sec1', format: 'pem' }),
    ed.export({ type: 'pkcs8', format: 'pem' }),
  ].map(String)
  for (const pem of forms) {
    assert.ok(isPrivateKey(pem), pem.slice(0, 40))
    assert.ok(isPrivateKey(pem.replaceAll('\n', '\\n')))
    assert.equal(isPrivateKey(pem.replace(/KEY-----\n..../, 'KEY-----\nAAAA')), false)
  }
  const kind = (name: string, body: Buffer): string =>
    `-----BEGIN ${name} PRIVATE${' KEY'}-----\n${body.toString('base64')}`
  assert.ok(isPrivateKey(kind('OPENSSH', Buffer.from('openssh-key-v1\0none of a key'))))
  assert.equal(isPrivateKey(kind('OPENSSH', Buffer.from('openssl-key-v1\0none of a key'))), false)
  assert.ok(isPrivateKey(kind('PGP', Buffer.concat([Buffer.from([0x95]), Buffer.alloc(30)]))))
  assert.equal(isPrivateKey(kind('PGP', Buffer.alloc(30))), false)
})

test('a pair is printable text with a colon; its password counts', () => {
  assert.ok(isBasicPair(btoa('me:secret')) && !isBasicPair(btoa('no colon')) && !isBasicPair('/////w=='))
  const look = lookOf(['basic-pair'])!
  assert.ok(look(btoa('deploy:Zx9kPw3!')))
  assert.equal(look(btoa('user:password')), false)
})
