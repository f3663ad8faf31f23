/** Lines of code as keyed fingerprints: whoever has the folder and not the key learns of no line what it says. */
import { createHash } from 'node:crypto'
import { type Hmac, hmacWith } from '#exchange'

/**
 * Bytes of HMAC-SHA-256 that are kept of each line. Among 200 million lines a thousand that are sought meet by chance with
 * a probability of 1 in 1,400.
 */
export const PRINT_BYTES = 6

/** Makes fingerprints under the key of the purpose `line`. */
export class Prints {
  readonly #hmac: Hmac

  constructor(key: Uint8Array) {
    this.#hmac = hmacWith(key)
  }

  /** The fingerprints of lines in their normal form, one after the other. */
  pack(forms: readonly string[]): Buffer {
    const packed = Buffer.allocUnsafeSlow(PRINT_BYTES * forms.length)
    for (const [at, form] of forms.entries()) this.#hmac(form).copy(packed, PRINT_BYTES * at, 0, PRINT_BYTES)
    return packed
  }
}

/** Packed fingerprints, 12 hexadecimal digits each. */
export function spellPrints(packed: Uint8Array): string[] {
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex')
  const width = 2 * PRINT_BYTES
  return Array.from({ length: Math.floor(hex.length / width) }, (_, at) => hex.slice(width * at, width * (at + 1)))
}

/** Whether a text is one fingerprint, as a query may name it. */
export const isPrint = (text: string): boolean => /^[0-9a-f]{12}$/.test(text)

/** What an ending says of its edits: hexadecimal SHA-256 of packed units and fingerprints, one behind the other; of fingerprints alone. */
export interface EditDigests {
  readonly derived: string
  /** Fingerprints lie open, so that whoever has no key of the units can hold them against this. */
  readonly printed: string
}

export const digestsOf = (units: Uint8Array, prints: Uint8Array): EditDigests => ({
  derived: createHash('sha256').update(units).update(prints).digest('hex'),
  printed: digestOfPrints(prints),
})

export const digestOfPrints = (prints: Uint8Array): string => createHash('sha256').update(prints).digest('hex')

/** An ending's JSON that says what was derived of it, so that whatever commits to the one commits to the other. */
export const withDerived = (json: string, { derived, printed }: EditDigests): string =>
  `${json.slice(0, -1)},"derived":"${derived}","printed":"${printed}"}`
