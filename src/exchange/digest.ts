/** The digests of a body, by one pass over its bytes. Keeps nothing. */
import { hash } from 'node:crypto'
import type { Keyring } from './keyring.ts'

export interface Digests {
  /** Plain SHA-256, hexadecimal: for the seal alone, and never stored or shown. */
  readonly sha256: string
  /** HMAC-SHA-256 over the plain one, hexadecimal: what a record shows. */
  readonly keyed: string
}

export function digestsOf(keyring: Keyring, bytes: Uint8Array): Digests {
  const sha256 = hash('sha256', bytes, 'hex')
  return { sha256, keyed: keyring.digest('body', Buffer.from(sha256, 'hex')).toString('hex') }
}
