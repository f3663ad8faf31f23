/** Where in a reply a value may stand, unit by unit of the raw text, and how it is written there. Opens no socket. */
import { Addresses } from './addresses.ts'

export interface Ground {
  /** Takes the next unit of the raw text. */
  take(unit: number): void
  /** Whether a value may stand where the next unit will. */
  readonly safe: boolean
  /** What stands before the next unit, as its reader has it: its end, of at least 16,384 UTF-16 units where there are so many. */
  readonly before: string
  /** How a value is written here. Said only of one that is put back, of which the placeholder is the last that stands in `before`. */
  written(value: string, placeholder: string): string
  /** Whether a value was put back that, as is now known, should not have been: nothing more may leave. */
  readonly broken?: boolean
}

/** So much of what stands before a value is known, and told to the rules. UTF-16 units. */
const MOST = 16_384

/** The end of a text, in which values stand as its reader has them. */
export class Before {
  text = ''
  /** Whether more stood before it. */
  cut = false

  /** Since the last blank line; undefined where that is too far back. */
  get paragraph(): string | undefined {
    const blank = [...this.text.matchAll(BLANK)].at(-1)?.index
    return blank === undefined && this.cut ? undefined : this.text.slice(blank ?? 0)
  }

  take(unit: number): void {
    this.text += String.fromCharCode(unit)
    if (this.text.length > 2 * MOST) {
      this.text = this.text.slice(-MOST)
      this.cut = true
    }
  }

  replace(placeholder: string, value: string): string {
    const at = this.text.lastIndexOf(placeholder)
    if (at >= 0) this.text = this.text.slice(0, at) + value + this.text.slice(at + placeholder.length)
    return value
  }
}

const BLANK = /(?<=\n)[ \t\r]*\n/g
/** A backslash may spell an address or carry it on to the next line; comments may be shown as Markdown, or as HTML. */
const SPELT = /\\[^\n]*$|\\[ \t\r]*\n[^\n]*$|&[#\w]+;[^\n]*$/
const SHOWN =
  /\]\(|\]:|<(?:!|\?|a\s|img|image|picture|source|link|script|style|iframe|frame|svg|use|video|audio|track|object|embed|base|form|input|button|meta|body|table|td|portal)/i

/** The text of a file that nobody shows as a page: anywhere but in addresses, however they may be spelt. */
export class Code implements Ground {
  readonly #addresses = new Addresses()
  readonly #before = new Before()

  take(unit: number): void {
    this.#addresses.take(unit)
    this.#before.take(unit)
  }

  get before(): string {
    return this.#before.text
  }

  get safe(): boolean {
    const { text, paragraph } = this.#before
    return !this.#addresses.inside && paragraph !== undefined && !SPELT.test(text) && !SHOWN.test(paragraph)
  }

  written(value: string, placeholder: string): string {
    return this.#before.replace(placeholder, value)
  }
}

/** A shell's arguments, an unknown tool's, an unknown field, a page: nothing is put back. */
export const NOWHERE: Ground = { take: () => undefined, safe: false, before: '', written: (value) => value }
