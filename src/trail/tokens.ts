/** Words as keyed tokens: the index never holds a word, only digests that nobody without the key can make. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** Bytes of HMAC-SHA-256 that are kept of each word. */
export const TOKEN_BYTES = 8
const GENERATION = 32_768

/** Turns words into tokens and remembers the recent ones; at most two generations of 32,768 words stay in memory. */
export class Tokens {
  readonly #key: KeyObject
  #young = new Map<string, Buffer>()
  #old = new Map<string, Buffer>()

  /** @param key the 32-byte key of the purpose `token`. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key)
  }

  /** The tokens of `words`, 8 bytes each, one after the other. */
  pack(words: readonly string[]): Buffer {
    const packed = Buffer.allocUnsafe(words.length * TOKEN_BYTES)
    for (const [at, word] of words.entries()) this.#token(word).copy(packed, at * TOKEN_BYTES)
    return packed
  }

  /** The token of one word as 16 hexadecimal digits, as the index holds it. */
  hex(word: string): string {
    return this.#token(word).toString('hex')
  }

  #token(word: string): Buffer {
    const known = this.#young.get(word)
    if (known) return known
    const token = this.#old.get(word) ?? this.#digest(word)
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(word, token)
    return token
  }

  #digest(word: string): Buffer {
    const digest = createHmac('sha256', this.#key).update(word).digest()
    return Buffer.from(digest.subarray(0, TOKEN_BYTES))
  }
}

/** Packed tokens as the index takes them: hexadecimal, separated by spaces. */
export function spell(packed: Uint8Array): string {
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex')
  return hex.replace(/.{16}(?!$)/g, '$& ')
}
