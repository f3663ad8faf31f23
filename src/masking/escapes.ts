/** Reads JSON text that arrives in fragments as the characters it means, each with its raw place; never judges validity. */

/** Takes one decoded UTF-16 unit that stands at [from, to) in the raw text; `quote` marks the quotes around strings. */
export type Sink = (unit: number, from: number, to: number, quote: boolean) => void

const QUOTE = 34
const BACKSLASH = 92
const REPLACEMENT = 0xfffd
const SHORT: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** RFC 8259 §7. Outside strings characters count as themselves, so that text that is no JSON is read as it is. */
export class Unescaper {
  readonly #sink: Sink
  /** Whether the next character stands inside a string. */
  inside = false
  /** Raw offset of the backslash of an escape that is not complete, -1 where there is none. */
  pending = -1
  /** Hex digits still missing in \uXXXX, -1 right after the backslash. */
  #missing = 0
  #code = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** `base`: raw offset of the first character of `text`. */
  push(text: string, base: number): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const at = base + i
      if (this.pending >= 0 && this.#escaped(unit, at)) continue
      if (!this.inside) {
        if (unit === QUOTE) this.inside = true
        this.#sink(unit, at, at + 1, unit === QUOTE)
      } else if (unit === BACKSLASH) {
        this.pending = at
        this.#missing = -1
      } else {
        if (unit === QUOTE) this.inside = false
        this.#sink(unit, at, at + 1, unit === QUOTE)
      }
    }
  }

  /** One unit of an escape; false where it does not belong to it and must be read on its own. */
  #escaped(unit: number, at: number): boolean {
    if (this.#missing < 0) {
      const letter = String.fromCharCode(unit)
      this.#code = 0
      this.#missing = letter === 'u' ? 4 : 0
      if (letter !== 'u') this.#emit((SHORT[letter] ?? letter).charCodeAt(0), at + 1)
      return true
    }
    const digit = hexValue(unit)
    if (digit < 0) {
      this.#emit(REPLACEMENT, at)
      return false
    }
    this.#code = this.#code * 16 + digit
    if (--this.#missing === 0) this.#emit(this.#code, at + 1)
    return true
  }

  #emit(unit: number, to: number): void {
    const from = this.pending
    this.pending = -1
    this.#sink(unit, from, to, false)
  }
}

function hexValue(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  const lower = unit | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
