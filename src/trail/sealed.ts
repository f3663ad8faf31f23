/** Bytes under a key, bound to the place where they lie: AES-256-GCM (NIST SP 800-38D). Keeps no key, knows no file. */
import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const OPTIONS = { authTagLength: TAG_BYTES } as const

/** So many bytes longer than what was sealed. */
export const OVERHEAD = NONCE_BYTES + TAG_BYTES

/** Random bytes are cheaper by the hundred. */
const nonces = Buffer.alloc(NONCE_BYTES * 256)
let used = nonces.length

function nextNonce(): Buffer {
  if (used === nonces.length) {
    randomFillSync(nonces)
    used = 0
  }
  used += NONCE_BYTES
  return nonces.subarray(used - NONCE_BYTES, used)
}

/**
 * A random nonce, the encrypted bytes, a tag. A key must seal fewer than 2^32 times.
 * @param place what the bytes are and where they lie; `open` must be given the same
 */
export function seal(key: KeyObject, place: string, bytes: Uint8Array): Buffer {
  const nonce = nextNonce()
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS)
  cipher.setAAD(Buffer.from(place))
  const sealed = Buffer.allocUnsafe(bytes.byteLength + OVERHEAD)
  nonce.copy(sealed)
  cipher.update(bytes).copy(sealed, NONCE_BYTES)
  cipher.final()
  cipher.getAuthTag().copy(sealed, sealed.length - TAG_BYTES)
  return sealed
}

/** What was sealed; undefined where key, place or any bit of it is another. */
export function open(key: KeyObject, place: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.byteLength < OVERHEAD) return undefined
  const tagAt = sealed.byteLength - TAG_BYTES
  const cipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), OPTIONS)
  cipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt))
  const bytes = cipher.update(sealed.subarray(NONCE_BYTES, tagAt))
  try {
    cipher.final()
    return bytes
  } catch {
    return undefined // the tag does not fit: nothing of it can be believed
  }
}
