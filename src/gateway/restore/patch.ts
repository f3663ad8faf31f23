/** A patch as `apply_patch` takes it: a value may stand where the file that the lines belong to is no page. */
import { isPlain } from './files.ts'
import { Code, type Ground, NOWHERE } from './ground.ts'

const NEWLINE = 10
/** Longer lines name no file. In UTF-16 units. */
const LONGEST = 1024

/** Source: Codex, `apply_patch` instructions, 2026-11: `*** Add File: `, `*** Update File: `, `*** Move to: `. */
export class Patch implements Ground {
  #line = ''
  #text: Ground = NOWHERE
  #gave = false
  broken = false

  take(unit: number): void {
    this.#text.take(unit)
    if (unit === NEWLINE) this.#newline()
    else if (this.#line.length < LONGEST) this.#line += String.fromCharCode(unit)
  }

  /** A line that is no line of the file bears no value. */
  get safe(): boolean {
    return /^[ +-]/.test(this.#line) && this.#text.safe
  }

  get before(): string {
    return this.#text.before
  }

  written(value: string, placeholder: string): string {
    this.#gave = true
    return this.#text.written(value, placeholder)
  }

  #newline(): void {
    const line = this.#line
    this.#line = ''
    const [, kind, path = ''] = /^\s*\*{3} (Add File|Update File|Move to): (.*?)\s*$/.exec(line) ?? []
    if (kind === undefined) {
      if (/^\s*\*{3}/.test(line)) this.#text = NOWHERE
      return
    }
    this.#text = isPlain(path) ? new Code() : NOWHERE
    // A file that moves after a value was put into it may move anywhere.
    this.broken ||= kind === 'Move to' && this.#gave
  }
}
