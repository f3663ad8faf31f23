/** The installation's keyed digests. The secret itself never leaves the one who made the ring. Types only. */

/** What a digest is for; each purpose has a key of its own. */
export type Purpose =
  | 'session'
  | 'credential'
  | 'token'
  | 'body'
  | 'key'
  | 'prompt'
  | 'gap'
  | 'mark'
  | 'secret'
  | 'wrapping'
  | 'custody'
  | 'line'
  | 'policy'

export interface Keyring {
  /** HMAC-SHA-256 under the purpose's own key, 32 bytes. */
  digest(purpose: Purpose, data: string | Uint8Array): Buffer
  /** The keyed digest of a body (`digestsOf`) over its parts, as they come. */
  hash(purpose: Purpose): Hash
  /** The 32-byte key of one purpose, for the trail's worker, which digests tokens itself. */
  key(purpose: Purpose): Buffer
}

export interface Hash {
  update(data: Uint8Array): unknown
  digest(encoding: 'hex'): string
}
