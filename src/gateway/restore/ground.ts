/** Where in a reply a value may stand, unit by unit of the raw text, and how it is written there. Opens no socket. */
import { Addresses } from './addresses.ts'
import { Spelt } from './spelt.ts'

export interface Ground {
  /** Takes the next unit of the raw text. */
  take(unit: number): void
  /** Whether a value may stand where the next unit will. */
  readonly safe: boolean
  /** What stands before the next unit, as its reader has it: its end, of at least 1,024 UTF-16 units where there are so many. */
  readonly before: string
  /** How a value is written here. Said only of one that is put back, of which the placeholder is the last that stands in `before`. */
  written(value: string, placeholder: string): string
  /** Whether a value was put back that, as is now known, should not have been: nothing more may leave. */
  readonly broken?: boolean
}

/** So much of what stands before a value is told to the rules. UTF-16 units. */
const MOST = 1024

/** The end of a text, in which values stand as its reader has them. */
export class Before {
  text = ''

  take(unit: number): void {
    this.text += String.fromCharCode(unit)
    if (this.text.length > 2 * MOST) this.text = this.text.slice(-MOST)
  }

  replace(placeholder: string, value: string): string {
    const at = this.text.lastIndexOf(placeholder)
    if (at >= 0) this.text = this.text.slice(0, at) + value + this.text.slice(at + placeholder.length)
    return value
  }
}

/** The text of a file that nobody shows as a page: anywhere but in addresses, however they may be spelt. */
export class Code implements Ground {
  readonly #addresses = new Addresses()
  readonly #spelt = new Spelt()
  readonly #before = new Before()

  take(unit: number): void {
    this.#addresses.take(unit)
    this.#spelt.take(unit)
    this.#before.take(unit)
  }

  get before(): string {
    return this.#before.text
  }

  get safe(): boolean {
    return !this.#addresses.inside && !this.#spelt.doubtful
  }

  written(value: string, placeholder: string): string {
    return this.#before.replace(placeholder, value)
  }
}

/** A shell's arguments, an unknown tool's, an unknown field, a page: nothing is put back. */
export const NOWHERE: Ground = { take: () => undefined, safe: false, before: '', written: (value) => value }
