/** Where in a reply a value may stand, unit by unit of the raw text, and how it is written there. Opens no socket. */
import { Addresses } from './addresses.ts'

export interface Ground {
  /** Takes the next unit of the raw text. */
  take(unit: number): void
  /** Whether a value may stand where the next unit will. */
  readonly safe: boolean
  /** What stands before the next unit, as its reader has it: its end, of at least `CONTEXT` UTF-16 units where there are so many. */
  readonly before: string
  /** How a value is written here. Said only of one that is put back, of which the placeholder is the last that stands in `before`. */
  written(value: string, placeholder: string): string
  /** Whether a value was put back that, as is now known, should not have been: nothing more may leave. */
  readonly broken?: boolean
}

/** So much of what stands before a value tells the rules what it is. UTF-16 units. */
const CONTEXT = 256

/** The end of a text, in which values stand as its reader has them. */
export class Before {
  text = ''

  take(unit: number): void {
    this.text += String.fromCharCode(unit)
    if (this.text.length > 16 * CONTEXT) this.text = this.text.slice(-2 * CONTEXT)
  }

  replace(placeholder: string, value: string): string {
    const at = this.text.lastIndexOf(placeholder)
    if (at >= 0) this.text = this.text.slice(0, at) + value + this.text.slice(at + placeholder.length)
    return value
  }
}

/** The text of a file that nobody shows as a page: anywhere but in addresses. */
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
    return !this.#addresses.inside
  }

  written(value: string, placeholder: string): string {
    return this.#before.replace(placeholder, value)
  }
}

/** A shell's arguments, an unknown tool's, an unknown field, a page: nothing is put back. */
export const NOWHERE: Ground = { take: () => undefined, safe: false, before: '', written: (value) => value }
