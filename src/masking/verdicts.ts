/** What becomes of a match: judged, covered in both copies, handed out. Holds edits, never a text of its own. */
import type { Candidate } from './candidate.ts'
import { type Covering, Edits } from './edits.ts'
import type { Engine } from './engine.ts'
import type { LaneOptions } from './marks.ts'
import { isAsked } from './sight.ts'
import type { Tape } from './tape.ts'
import { narrow } from './units.ts'

/** Of a secret in another spelling, so many decoded characters are kept. */
export const LONGEST_CODED = 1024

/** Full-width forms as ASCII; the very same text where it has none. */
const plain = (text: string | undefined): string | undefined =>
  text !== undefined && WIDE.test(text) ? text.replace(WIDE, (c) => String.fromCharCode(narrow(c.charCodeAt(0)))) : text
const WIDE = /[\uff01-\uff5e]/g

/** A stretch to mask, by its raw and decoded end. */
export interface Stretch extends Covering {
  readonly end: number
  readonly unitEnd: number
}

export class Verdicts {
  /** What is masked on the record, and in the receiver's copy; the same where no rule is only told. */
  readonly record = new Edits()
  readonly receiver: Edits
  readonly #engine: Engine
  readonly #options: LaneOptions
  readonly #tape: Tape
  /** Keywords that were read. */
  readonly #read = new Set<number>()

  constructor(engine: Engine, options: LaneOptions, tape: Tape) {
    this.#engine = engine
    this.#options = options
    this.#tape = tape
    this.receiver = options.leave?.size ? new Edits() : this.record
  }

  hear(keyword: number): void {
    this.#read.add(keyword)
  }

  /** Whether the receiver's copy is masked where the rule finds something. */
  masks(rule: string): boolean {
    return !this.#options.leave?.has(rule)
  }

  /** The copy that decides how long a match keeps text back. */
  copyOf(masked: boolean): Edits {
    return masked ? this.receiver : this.record
  }

  cover(stretch: Stretch, mark?: string): void {
    this.record.cover(stretch, stretch.end, stretch.unitEnd, this.#engine.tick, mark)
    if (this.receiver !== this.record && stretch.masked)
      this.receiver.cover(stretch, stretch.end, stretch.unitEnd, this.#engine.tick, mark)
  }

  widen(from: number, to: number): void {
    this.record.widen(from, to)
    if (this.receiver !== this.record) this.receiver.widen(from, to)
  }

  /** A candidate ends at `end`, for now: it is masked at once where it need not be seen whole. */
  accept(candidate: Candidate, end: number, unitEnd: number): void {
    candidate.end = end
    candidate.unitEnd = unitEnd
    if (candidate.coded) candidate.coded.matched = candidate.coded.text.length
    if (candidate.program.whole || candidate.guard >= 0) return
    candidate.certain = true
    this.cover(candidate)
  }

  /** It eats the unit with this index too, which ends at `to`, and is masked so far. */
  swallow(candidate: Candidate, index: number, to: number): true {
    candidate.end = to
    candidate.unitEnd = index + 1
    this.cover(candidate)
    return true
  }

  /** It cannot grow any more: its longest match stands, or there was none. */
  close(candidate: Candidate): void {
    const { check, whole } = candidate.program
    if (candidate.end < 0 || candidate.forced) return
    if (!whole) {
      if (!candidate.certain) this.cover(candidate)
      candidate.certain = true
      this.tell(candidate)
      return
    }
    const value = this.#valueOf(candidate)
    if (value === undefined || (check && !check(value)) || !isAsked(candidate, value, this.#read, this.#tape)) return
    candidate.certain = true
    this.cover(candidate, this.#options.marks?.mark?.(candidate.rule, value))
    this.tell(candidate, value)
  }

  /** Hands out the value of a match that is masked up to its end. */
  tell(candidate: Candidate, value?: string): void {
    const { program, forced, certain, serial, rule, start, end } = candidate
    const { marks } = this.#options
    if (forced || !certain || (!program.proof && !marks?.seen)) return
    const text = value ?? this.#valueOf(candidate)
    const verified = program.proof && text !== undefined ? program.proof(text) : program.proof && false
    const told = text === undefined ? undefined : marks?.seen?.({ rule, start, end, verified }, text)
    this.record.tell(serial, start, verified, told)
  }

  /** What stands from one decoded index to another; undefined where it is no longer known. */
  read(unit: number, unitEnd: number): string | undefined {
    return plain(this.#tape.read(unit, unitEnd))
  }

  /** The longest match; undefined where it is no longer known. */
  #valueOf({ coded, unit, unitEnd }: Candidate): string | undefined {
    if (!coded) return this.read(unit, unitEnd)
    return coded.matched > LONGEST_CODED ? undefined : coded.text.slice(0, coded.matched)
  }
}
