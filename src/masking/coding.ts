/** Other spellings of a secret: base64, hexadecimal, percent signs, \u escapes, entities. Decodes unit by unit, keeps no text. */
import { isHex, PERCENT } from './units.ts'

/** What a unit brings: a decoded byte from 0 on, nothing yet, or the end of the spelling. */
export const NOTHING = -1
export const ENDED = -2

/** Kinds of decoders; the second is treated apart. */
const BASE64 = 'base64'
export const PERCENTS = '%16'

/** A decoder in the middle of a text; one belongs to one candidate. */
export interface Decoder {
  /** A byte, NOTHING, or ENDED. */
  feed(unit: number): number
  /** Two decoders of one kind with the same phase go on alike. */
  readonly kind: string
  readonly phase: number
}

/** How the beginning of a text looks in another spelling. */
export interface Image {
  readonly text: string
  readonly fold: boolean
  /** How many bytes of the text it holds whole. */
  readonly bytes: number
  readonly decoder: () => Decoder
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** So many characters of an image are looked for; the rest of a literal is decoded like the rest of its secret. */
const LONGEST_BASE64 = 7
const SHORTEST_BASE64 = 4

/** Reads what stands in an address, in percent signs or as it is. */
export const percents = (): Decoder => new Bracketed('%', '', 16, true)

/** The images of an ASCII text, by its first bytes. */
export function imagesOf(text: string): Image[] {
  return [
    ...[0, 1, 2].flatMap((shift) => ['+/', '-_'].flatMap((signs) => inBase64(text, shift, LETTERS + signs))),
    spelled(
      text,
      4,
      (hex) => hex,
      () => new Hex(),
    ),
    spelled(text, 3, (hex) => `%${hex}`, percents),
    spelled(
      text,
      3,
      (hex) => `\\u00${hex}`,
      () => new Bracketed('\\u00', '', 16, false),
    ),
    spelled(
      text,
      3,
      (hex) => `&#x${hex};`,
      () => new Bracketed('&#x', ';', 16, false),
    ),
    spelled(
      text,
      3,
      (hex) => `&#${parseInt(hex, 16)};`,
      () => new Bracketed('&#', ';', 10, false),
    ),
  ].filter((image, at, all) => all.findIndex((other) => other.text === image.text) === at)
}

function spelled(text: string, most: number, write: (hex: string) => string, decoder: () => Decoder): Image {
  const start = text.slice(0, most)
  const image = Array.from(start, (c) => write(c.charCodeAt(0).toString(16).padStart(2, '0'))).join('')
  return { text: image, fold: true, bytes: start.length, decoder }
}

/** The characters that are certain where `shift` unknown bytes stand before the text: none where they are too few. */
function inBase64(text: string, shift: number, alphabet: string): Image[] {
  const bits = '0'.repeat(8 * shift) + Array.from(text, (c) => c.charCodeAt(0).toString(2).padStart(8, '0')).join('')
  const first = Math.ceil((8 * shift) / 6)
  const last = Math.min(Math.floor(bits.length / 6), first + LONGEST_BASE64)
  if (last - first < SHORTEST_BASE64) return []
  let image = ''
  for (let at = first; at < last; at++) image += alphabet[parseInt(bits.slice(at * 6, at * 6 + 6), 2)]
  const bytes = Math.floor((last * 6) / 8) - shift
  const begun = bits.slice(8 * (shift + bytes), last * 6)
  return [{ text: image, fold: false, bytes, decoder: () => new Base64(parseInt(begun || '0', 2), begun.length) }]
}

/** RFC 4648 §4 and §5. */
class Base64 implements Decoder {
  readonly kind = BASE64
  #held: number
  #bits: number

  constructor(held: number, bits: number) {
    this.#held = held
    this.#bits = bits
  }

  get phase(): number {
    return this.#held * 8 + this.#bits
  }

  feed(unit: number): number {
    const value = SIX[unit] ?? -1
    if (value < 0) return ENDED
    const held = (this.#held << 6) | value
    this.#bits += 6
    if (this.#bits < 8) {
      this.#held = held
      return NOTHING
    }
    this.#bits -= 8
    this.#held = held & ((1 << this.#bits) - 1)
    return held >> this.#bits
  }
}

/** A decoder that has just read a percent sign. */
export function afterPercent(): Decoder {
  const decoder = new Bracketed('%', '', 16, true)
  decoder.feed(PERCENT)
  return decoder
}

class Hex implements Decoder {
  readonly kind = 'hex'
  #held = -1

  get phase(): number {
    return this.#held
  }

  feed(unit: number): number {
    if (!isHex(unit)) return ENDED
    const digit = hexOf(unit)
    if (this.#held < 0) {
      this.#held = digit
      return NOTHING
    }
    const byte = this.#held * 16 + digit
    this.#held = -1
    return byte
  }
}

/** Each character between signs: `%67`, `\u0067`, `&#103;`. */
class Bracketed implements Decoder {
  readonly kind: string
  readonly #open: string
  readonly #close: string
  readonly #base: number
  /** Unreserved characters may stand as themselves (RFC 3986 §2.3). */
  readonly #plain: boolean
  #at = 0
  #value = 0

  constructor(open: string, close: string, base: number, plain: boolean) {
    this.kind = open + close + base
    this.#open = open
    this.#close = close
    this.#base = base
    this.#plain = plain
  }

  get phase(): number {
    return this.#at * 4096 + this.#value
  }

  feed(unit: number): number {
    if (this.#at < this.#open.length) return this.#opens(unit)
    const digits = this.#at - this.#open.length
    if (this.#close !== '' && unit === this.#close.charCodeAt(0)) return digits > 0 ? this.#take() : ENDED
    const digit = isHex(unit) ? hexOf(unit) : 16
    if (digit >= this.#base || digits >= 3) return ENDED
    this.#value = this.#value * this.#base + digit
    this.#at++
    return this.#close === '' && digits === 1 ? this.#take() : NOTHING
  }

  #opens(unit: number): number {
    const lower = unit >= 65 && unit <= 90 ? unit + 32 : unit
    if (lower === this.#open.charCodeAt(this.#at)) {
      this.#at++
      return NOTHING
    }
    return this.#plain && this.#at === 0 && UNRESERVED[unit] ? unit : ENDED
  }

  #take(): number {
    const value = this.#value
    this.#at = 0
    this.#value = 0
    return value < 256 ? value : ENDED
  }
}

const UNRESERVED = new Uint8Array(128)
for (const c of `${LETTERS}._~-`) UNRESERVED[c.charCodeAt(0)] = 1

const SIX = new Int8Array(128).fill(-1)
for (const signs of ['+/', '-_']) Array.from(LETTERS + signs, (c, value) => (SIX[c.charCodeAt(0)] = value))

function hexOf(unit: number): number {
  return unit <= 57 ? unit - 48 : (unit | 32) - 87
}
