/** What tests of the log are made of: keys, signers, logs. Never used by the product. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { printVerifier, verifierOf } from './note.ts'
import type { Signer } from './signer.ts'

/** The ASN.1 that stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A key that is always the same for the same number. */
export const keyOf = (seed: number): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })

export function signerOf(seed = 1, origin = 'gatelog.example/log'): Signer {
  const key = keyOf(seed)
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  return { vkey: printVerifier(verifierOf(origin, raw)), sign: async (text) => sign(null, text, key) }
}

export const leafOf = (at: number): Buffer => Buffer.from(`{"leaf":${at},"${'x'.repeat(at % 97)}":1}`)
