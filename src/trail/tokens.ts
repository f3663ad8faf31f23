/** Words as keyed tokens: the index never holds a word, only digests that nobody without the key can make. */
import { type Hmac, hmacWith } from '#exchange'
import type { Prints } from './prints.ts'

/** Bytes of HMAC-SHA-256 that are kept of each word. */
export const TOKEN_BYTES = 8
const GENERATION = 32_768

/** Words that were met of late, and their tokens one after the other, each as two numbers of 32 bits. */
class Generation {
  readonly places = new Map<string, number>()
  readonly tokens = new Uint32Array(2 * GENERATION)

  add(word: string, high: number, low: number): number {
    const place = this.places.size
    this.places.set(word, place)
    this.tokens[2 * place] = high
    this.tokens[2 * place + 1] = low
    return place
  }
}

/** Turns words into tokens and remembers the recent ones; at most two generations of 32,768 words stay in memory. */
export class Tokens {
  readonly #hmac: Hmac
  /** Of lines of code, under a key of their own. */
  readonly prints: Prints
  #young = new Generation()
  #old = new Generation()

  /** @param key the 32-byte key of the purpose `token`. */
  constructor(key: Uint8Array, prints: Prints) {
    this.prints = prints
    this.#hmac = hmacWith(key)
  }

  /** The tokens of `words`, 8 bytes each, one after the other. */
  pack(words: readonly string[]): Buffer {
    const packed = new Uint32Array(2 * words.length)
    let at = 0
    for (const word of words) {
      const place = this.#young.places.get(word) ?? this.#taken(word)
      const { tokens } = this.#young
      packed[at++] = tokens[2 * place] ?? 0
      packed[at++] = tokens[2 * place + 1] ?? 0
    }
    return Buffer.from(packed.buffer)
  }

  /** Forgets every word. */
  forget(): void {
    this.#young = new Generation()
    this.#old = new Generation()
  }

  /** The token of one word as 16 hexadecimal digits, as the index holds it. */
  hex(word: string): string {
    return this.pack([word]).toString('hex')
  }

  /** Takes a word into the young generation: its place there. */
  #taken(word: string): number {
    const known = this.#old.places.get(word)
    const tokens = known === undefined ? this.#digest(word) : this.#old.tokens.subarray(2 * known)
    const [high = 0, low = 0] = tokens
    if (this.#young.places.size >= GENERATION) {
      this.#old = this.#young
      this.#young = new Generation()
    }
    return this.#young.add(word, high, low)
  }

  #digest(word: string): Uint32Array {
    return new Uint32Array(Uint8Array.from(this.#hmac(word)).buffer)
  }
}

/** Packed tokens as the index takes them: hexadecimal, separated by spaces. */
export function spell(packed: Uint8Array): string {
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex')
  let spelt = hex.slice(0, 2 * TOKEN_BYTES)
  for (let at = 2 * TOKEN_BYTES; at < hex.length; at += 2 * TOKEN_BYTES)
    spelt += ` ${hex.slice(at, at + 2 * TOKEN_BYTES)}`
  return spelt
}
