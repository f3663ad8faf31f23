/**
 * Texts as they were before they were masked, sealed to a key whose private half is elsewhere: whoever runs this can make
 * them and not read them. Opens them only with that half. Touches no file.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto'
import { Fault } from '#exchange'
import { open, rawPublic, seal } from './hpke.ts'

export type Part = 'prompt' | 'reply'

/** Seals what was received in an exchange. */
export type SealOriginal = (bytes: Uint8Array, exchange: string, part: Part) => Buffer

/** The form of what is sealed: this byte, eight that name the key, then RFC 9180's `enc` and sealed bytes. */
const VERSION = 1
const ID_BYTES = 8
const INFO = Buffer.from('gatelog original 1')

const idOf = (key: KeyObject): Buffer =>
  Buffer.from(hash('sha256', rawPublic(key), 'hex').slice(0, 2 * ID_BYTES), 'hex')

const boundTo = (exchange: string, part: Part) => ({ info: INFO, aad: Buffer.from(`${exchange} ${part}`) })

/** A new pair as PEM texts (PKCS #8, SPKI): X25519. */
export function makeOriginalsKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** Why a text is no public key for originals, in words for whoever configures it; undefined where it is one. */
export function wrongPublicKey(pem: string): string | undefined {
  if (pem.includes('PRIVATE KEY')) return 'this is a private key: it must never be on the gateway'
  try {
    return createPublicKey(pem).asymmetricKeyType === 'x25519' ? undefined : 'this is no X25519 key'
  } catch {
    return 'this is no public key in PEM'
  }
}

/** Seals to a public key, PEM. @throws TypeError for one that `wrongPublicKey` speaks of */
export function originalsTo(pem: string): SealOriginal {
  if (wrongPublicKey(pem)) throw new TypeError(wrongPublicKey(pem))
  const key = createPublicKey(pem)
  const head = Buffer.concat([Buffer.from([VERSION]), idOf(key)])
  return (bytes, exchange, part) => Buffer.concat([head, seal(key, boundTo(exchange, part), bytes)])
}

/** Opens with the private key, PEM. @throws originals.key where it is no such key or another, or bytes were changed */
export function openOriginal(pem: string, sealed: Uint8Array, exchange: string, part: Part): Buffer {
  const key = privateOf(pem)
  const [version] = sealed
  if (version !== VERSION) throw new Fault('originals.key', 'it was sealed by a newer Gatelog')
  if (!idOf(key).equals(sealed.subarray(1, 1 + ID_BYTES)))
    throw new Fault(
      'originals.key',
      `it was sealed to the key ${Buffer.from(sealed.subarray(1, 1 + ID_BYTES)).toString('hex')}`,
    )
  const opened = open(key, boundTo(exchange, part), sealed.subarray(1 + ID_BYTES))
  if (!opened) throw new Fault('originals.key', 'it was changed, or belongs to another exchange')
  return opened
}

function privateOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'x25519') return key
  } catch (cause) {
    throw new Fault('originals.key', 'the file holds no private key in PEM', { cause })
  }
  throw new Fault('originals.key', 'the file holds no X25519 key')
}
