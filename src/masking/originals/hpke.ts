/**
 * Hybrid public key encryption, base mode, one message (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-GCM.
 * Pure but for the key that each message makes for itself.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/** What a message is bound to: `info` says what it is for, `aad` what it is. Whoever opens it must say the same. */
export interface Bound {
  readonly info: Uint8Array
  readonly aad: Uint8Array
}

/** Bytes of an X25519 public key, as it goes before the sealed bytes. */
export const ENC_BYTES = 32
const TAG_BYTES = 16
const NONCE_BYTES = 12
const KEM_ID = 0x0020
const KDF_ID = 0x0001

/** AEAD identifiers of §7.3, with bytes of key. The product uses the second; the RFC's test vectors are of the first. */
const AEADS = { 'aes-128-gcm': { id: 0x0001, keyBytes: 16 }, 'aes-256-gcm': { id: 0x0002, keyBytes: 32 } } as const
export type Aead = keyof typeof AEADS

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')
const EMPTY = Buffer.alloc(0)

/** `LabeledExtract` and `LabeledExpand` of §4 for one suite. */
function labelled(suite: Buffer) {
  const start = Buffer.concat([ascii('HPKE-v1'), suite])
  return {
    extract: (salt: Uint8Array, label: string, ikm: Uint8Array): Buffer =>
      createHmac('sha256', salt)
        .update(Buffer.concat([start, ascii(label), ikm]))
        .digest(),
    expand: (prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer =>
      expandOf(prk, Buffer.concat([u16(length), start, ascii(label), info]), length),
  }
}

/** HKDF-Expand (RFC 5869 §2.3) alone, which Node does not offer: no length here needs a second block. */
function expandOf(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  return createHmac('sha256', prk)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length)
}

/** `ExtractAndExpand` of §4.1. */
function sharedSecret(dh: Uint8Array, context: Uint8Array): Buffer {
  const { extract, expand } = labelled(Buffer.concat([ascii('KEM'), u16(KEM_ID)]))
  return expand(extract(EMPTY, 'eae_prk', dh), 'shared_secret', context, 32)
}

/** The key schedule of §5.1 in base mode. */
function schedule(secret: Uint8Array, info: Uint8Array, aead: Aead): { key: Buffer; nonce: Buffer } {
  const { id, keyBytes } = AEADS[aead]
  const { extract, expand } = labelled(Buffer.concat([ascii('HPKE'), u16(KEM_ID), u16(KDF_ID), u16(id)]))
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(EMPTY, 'psk_id_hash', EMPTY),
    extract(EMPTY, 'info_hash', info),
  ])
  const prk = extract(secret, 'secret', EMPTY)
  return { key: expand(prk, 'key', context, keyBytes), nonce: expand(prk, 'base_nonce', context, NONCE_BYTES) }
}

/** The 32 bytes of an X25519 public key, of a pair's public half too. */
export function rawPublic(key: KeyObject): Buffer {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url')
}

const publicFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(raw).toString('base64url') }, format: 'jwk' })

/** `enc` and the sealed bytes, one after the other. @param own the pair of this message; a new one unless given */
export function seal(
  recipient: KeyObject,
  { info, aad }: Bound,
  bytes: Uint8Array,
  aead: Aead = 'aes-256-gcm',
  own: KeyObject = generateKeyPairSync('x25519').privateKey,
): Buffer {
  const enc = rawPublic(own)
  const dh = diffieHellman({ privateKey: own, publicKey: recipient })
  const { key, nonce } = schedule(sharedSecret(dh, Buffer.concat([enc, rawPublic(recipient)])), info, aead)
  const cipher = createCipheriv(aead, key, nonce).setAAD(aad)
  return Buffer.concat([enc, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** What was sealed; undefined where key, `info`, `aad` or any bit is another. */
export function open(
  recipient: KeyObject,
  { info, aad }: Bound,
  sealed: Uint8Array,
  aead: Aead = 'aes-256-gcm',
): Buffer | undefined {
  if (sealed.byteLength < ENC_BYTES + TAG_BYTES) return undefined
  const enc = sealed.subarray(0, ENC_BYTES)
  const tagAt = sealed.byteLength - TAG_BYTES
  try {
    const dh = diffieHellman({ privateKey: recipient, publicKey: publicFrom(enc) })
    const { key, nonce } = schedule(sharedSecret(dh, Buffer.concat([enc, rawPublic(recipient)])), info, aead)
    const cipher = createDecipheriv(aead, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(aad).setAuthTag(sealed.subarray(tagAt))
    return Buffer.concat([cipher.update(sealed.subarray(ENC_BYTES, tagAt)), cipher.final()])
  } catch {
    return undefined // a point of low order, or a tag that does not fit: nothing of it can be believed
  }
}
