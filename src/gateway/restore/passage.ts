/** One text on its way back to who sent the values in it: placeholders of this chain become values again, where that is safe. */
import type { Ground } from './ground.ts'
import { LONGEST, OPEN, ruleOf, type Taken, TRACED } from './placeholders.ts'

/** Where a value came back. `start`: UTF-16 offset in the lane's text as it came, in which the placeholder stands. */
export interface Restored {
  readonly lane: string
  readonly placeholder: string
  readonly start: number
}

/** What became of the placeholders that bear a number, each told once however often it comes. */
export interface Tally {
  readonly restored: Map<string, Restored>
  /** Left as they were somewhere: not of this chain, or where a value might leave. */
  readonly refused: Set<string>
  /** How often the rules were asked. */
  looks: number
}

export interface PassageOptions {
  readonly taken: Taken
  readonly ground: Ground
  readonly tally: Tally
  readonly lane: string
  /** Whether the rules would find a value again, should its reader send back the text in which it stands here. */
  covers(before: string, value: string, after: string): boolean
  /** Hears of a value before it is put back. */
  gives(value: string, rule: string): void
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly value: string
}

const BRACKET = 91
const WHOLE = new RegExp(`^${TRACED.source}$`)
/** More values in one reply stay where they are: each costs a look of the rules. */
const MOST_LOOKS = 256

/** Values of several lines are read back with numbers, in part or indented, so that nobody would know them again. */
const LINES = /[\r\n]/
/** What may follow a value directly. A dot counts only where nothing follows it, so that no host name is made. */
const ENDS = /[\s"'`,;:)\]}>\\|]/

/** What leaves depends on the text alone, never on how it was cut. Offsets are UTF-16 units of the text as it came. */
export class Passage {
  readonly #options: PassageOptions
  #edits: Edit[] = []
  /** From the bracket that may begin a placeholder on: it, and what follows it until its end is known. */
  #open = ''
  /** Whether a value may stand where the bracket stands. */
  #safe = false
  #length = 0
  #ended = false

  constructor(options: PassageOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#length
  }

  /** Offset up to which it is decided what leaves. It never falls. */
  get settled(): number {
    return this.#ended ? this.#length : this.#length - this.#open.length
  }

  /** Whether a value was put back that, as is now known, should not have been. */
  get broken(): boolean {
    return this.#options.ground.broken === true
  }

  push(text: string): void {
    const { ground } = this.#options
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      const safe = (unit === BRACKET || this.#open !== '') && ground.safe
      ground.take(unit)
      this.#length++
      if (this.#open !== '') this.#grow(text[at] as string)
      if (this.#open === '' && unit === BRACKET) {
        this.#open = '['
        this.#safe = safe
      }
    }
  }

  /** No more text comes. */
  end(): void {
    if (this.#ended) return
    if (this.#open.includes(']')) this.#close(this.#open, true)
    this.#open = ''
    this.#ended = true
  }

  #grow(character: string): void {
    const close = this.#open.indexOf(']')
    if (close >= 0) this.#follow(close, character)
    else if (character === '[' || this.#open.length >= LONGEST || !begins(this.#open + character)) this.#open = ''
    else this.#open += character
  }

  /** The placeholder is whole; what follows it decides. */
  #follow(close: number, character: string): void {
    const dot = this.#open.length > close + 1
    if (character === '.' && !dot) this.#open += character
    else {
      const placeholder = this.#open.slice(0, close + 1)
      this.#open = ''
      this.#close(placeholder, ENDS.test(character), dot ? 2 : 1)
    }
  }

  #close(open: string, ends: boolean, behind = open.length - open.indexOf(']') - 1): void {
    const placeholder = open.slice(0, open.indexOf(']') + 1)
    if (!WHOLE.test(placeholder)) return
    const { taken, ground, tally, lane, gives } = this.#options
    const value = taken.get(placeholder)
    if (value === undefined || LINES.test(value) || !this.#safe || !ends || !this.#covered(placeholder, value)) {
      tally.refused.add(placeholder)
      return
    }
    gives(value, ruleOf(placeholder))
    const end = this.#length - behind
    const start = end - placeholder.length
    if (!tally.restored.has(placeholder)) tally.restored.set(placeholder, { lane, placeholder, start })
    this.#edits.push({ start, end, value: ground.written(value, placeholder) })
  }

  /** What comes back and would not be found again would go upstream in the next turn. */
  #covered(placeholder: string, value: string): boolean {
    const { ground, tally } = this.#options
    const { before } = ground
    const at = before.lastIndexOf(placeholder)
    if (at < 0 || tally.looks >= MOST_LOOKS) return false
    tally.looks++
    const [quote = '\n'] = /["'`]$/.exec(before.slice(0, at)) ?? []
    return this.#options.covers(before.slice(0, at), value, before.slice(at + placeholder.length) || quote)
  }

  /** The text to send instead of `value`, which was pushed at `from`; calls go forward. */
  render(from: number, value: string): string {
    const to = from + value.length
    this.#edits = this.#edits.filter(({ end }) => end > from)
    let [out, at] = ['', from]
    for (const { start, end, value: own } of this.#edits) {
      if (start >= to) break
      if (start >= from) out += value.slice(at - from, start - from) + own
      at = Math.min(end, to)
    }
    return out + value.slice(at - from)
  }
}

const begins = (text: string): boolean => (text.length <= OPEN.length ? OPEN.startsWith(text) : text.startsWith(OPEN))
