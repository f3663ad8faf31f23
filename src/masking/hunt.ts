/** What has begun in one lane, contexts and secrets, stepped a character at a time; decides what is masked, sends nothing. */
import { type Beginning, Candidates } from './candidates.ts'
import type { Edits } from './edits.ts'
import type { Engine } from './engine.ts'
import type { LaneOptions } from './marks.ts'
import type { State } from './matcher.ts'
import type { Opening } from './opening.ts'
import { symbolOf } from './pattern.ts'
import type { Program } from './program.ts'
import { sees } from './sight.ts'
import type { Step } from './step.ts'
import type { Tape } from './tape.ts'
import { isHigh } from './units.ts'
import { Verdicts } from './verdicts.ts'

/** Past so many the same happens as where candidates are crowded. */
const MOST_CONTEXTS = 512
/** Decoded units that may wait for one decision; past them they are masked. */
const LONGEST_HOLD = 1024
const OVERLONG = { rule: 'overlong', order: Infinity, bare: false, masked: true } as const

/** A rule's context that has begun; where its secret may start, a candidate is born. */
interface Context {
  readonly program: Program
  /** Decoded index of where its rule began to match. */
  readonly from: number
  state: State
}

export class Hunt {
  readonly candidates: Candidates
  readonly #engine: Engine
  readonly #tape: Tape
  readonly #verdicts: Verdicts
  readonly #contexts: Context[] = []
  #afterHigh = false
  /** Raw offset from which everything is masked, -1 where that is not so. */
  #flood = -1
  #floodUnit = 0
  /** Decoded index before which white space does not end it: a known value that was let go may go on so far. */
  #floodUntil = 0

  constructor(engine: Engine, options: LaneOptions, tape: Tape) {
    this.#engine = engine
    this.#tape = tape
    this.#verdicts = new Verdicts(engine, options, tape)
    this.candidates = new Candidates(this.#verdicts, engine.runs.gateLength)
  }

  get record(): Edits {
    return this.#verdicts.record
  }

  get receiver(): Edits {
    return this.#verdicts.receiver
  }

  /** Whether nothing has begun, so that only beginnings need to be looked for. */
  get idle(): boolean {
    return this.candidates.length === 0 && this.#contexts.length === 0 && this.#flood < 0
  }

  /** Whether more has begun than can be followed with bounded work. */
  get crowded(): boolean {
    return this.candidates.crowded || this.#contexts.length > MOST_CONTEXTS
  }

  /** Raw offset up to which all is decided, given that of what may just begin. */
  settled(begun: number): number {
    return this.#flood >= 0 ? Infinity : this.candidates.settled(this.receiver.past(begun))
  }

  /** Raw offset before which no finding can change any more. */
  final(begun: number): number {
    return Math.min(begun, this.candidates.first, this.#flood >= 0 ? this.#flood : Infinity)
  }

  /** Decoded index of the oldest unit that may still be needed. */
  get oldest(): number {
    let { oldest } = this.candidates
    for (const { program, from } of this.#contexts) if (sees(program)) oldest = Math.min(oldest, from)
    return oldest - this.#engine.surroundings
  }

  /** Decoded index of the unit at a raw offset that `settled` gave; undefined for another. */
  unitAt(raw: number): number | undefined {
    return this.candidates.unitAt(raw) ?? this.record.unitAt(raw) ?? this.receiver.unitAt(raw)
  }

  step(step: Step): void {
    const tick = ++this.#engine.tick
    const second = this.#afterHigh && step.unit >= 0xdc00 && step.unit <= 0xdfff
    this.#afterHigh = isHigh(step.unit)
    if (this.#flood >= 0) this.#swallow(step)
    else if (second) this.candidates.widen(step)
    else {
      if (this.candidates.length > 0) this.candidates.step(step, tick)
      if (this.#contexts.length > 0) this.#stepContexts(step, tick)
    }
  }

  /** Whether a decision has been waited for too long after the unit with this index. */
  overdue(index: number): boolean {
    return index - this.candidates.doubt >= LONGEST_HOLD
  }

  /** Remembers a keyword; before the unit that ends it is stepped, for it may decide. */
  hear(keyword: number): void {
    this.#verdicts.hear(keyword)
  }

  /** Starts what a literal that ends with `step` opens; `startOf` gives the raw place so many characters before its end. */
  open(opening: Opening, step: Step, startOf: (back: number) => number): void {
    const { program, context, secrets, spelled } = opening
    if (this.#flood >= 0) {
      if (program.repeats && !spelled) this.#floodOver(program.repeats.units, step)
      return
    }
    this.#attend(step)
    const past = step.index + 1
    const from = past - opening.literal.length
    const at = (back: number) => ({ start: startOf(back), unit: past - back, late: 0, from })
    if (context) this.#contexts.push({ program, from, state: context })
    for (const { state, back } of secrets) {
      if (back === 0) this.candidates.beginAfter(program, from, step)
      else this.candidates.enter(program, state, at(back), step, this.#unitAt)
    }
    if (!spelled) return
    const { text, back } = spelled
    const coded = { text, matched: 0, end: step.to, unitEnd: past, decoder: spelled.decoder() }
    this.candidates.enter(program, opening.entry(spelled), at(back), step, this.#unitAt, coded)
  }

  /** Takes in a secret that no literal began and that goes up to `step`, in the state that its rule has reached. */
  adopt(program: Program, state: State, beginning: Beginning, step: Step): void {
    if (this.#flood >= 0) return
    this.#attend(step)
    this.candidates.enter(program, state, beginning, step, this.#unitAt)
  }

  /**
   * Gives up on all that has begun and masks from `settled` on, until white space or the end of a string. White space ends it
   * only where no known value that has begun can go on.
   */
  drown(settled: number, unit: number, step: Step): void {
    this.#flood = Math.min(settled, step.to)
    this.#floodUnit = Math.min(unit, step.index + 1)
    if (this.#flood < step.to) this.#pour(step)
    this.#floodOver(this.candidates.reach, step)
    this.candidates.drop()
    this.#contexts.length = 0
  }

  /** Masks [settled, edge) and whatever the live candidates eat from there on. Units are decoded indexes. */
  overflow(settled: number, unit: number, edge: number, unitEdge: number): void {
    this.#engine.tick++
    const serial = this.candidates.nextSerial()
    const forced = { ...OVERLONG, serial, start: settled, unit, end: edge, unitEnd: unitEdge }
    this.#verdicts.cover(forced)
    this.candidates.force(forced)
  }

  /** The text ends at `edge`, after `index` decoded units. */
  end(edge: number, index: number): void {
    this.#engine.tick++
    this.candidates.end(edge, index)
    this.#contexts.length = 0
    this.#flood = -1
  }

  readonly #unitAt = (index: number): number => this.#tape.at(index)

  #attend(step: Step): void {
    if (this.idle) this.#engine.tick++
    this.#afterHigh = isHigh(step.unit)
  }

  #stepContexts(step: Step, tick: number): void {
    const contexts = this.#contexts
    const symbol = symbolOf(step.unit)
    let kept = 0
    for (let i = 0; i < contexts.length; i++) {
      const context = contexts[i]!
      const state = context.program.before!.step(context.state, symbol)
      if (!state || state.tick === tick) continue
      state.tick = tick
      context.state = state
      contexts[kept++] = context
      if (state.accept) this.candidates.beginAfter(context.program, context.from, step)
    }
    contexts.length = kept
  }

  #swallow(step: Step): void {
    if (step.quote || (step.unit <= 32 && step.index >= this.#floodUntil)) this.#flood = -1
    else this.#pour(step)
  }

  #floodOver(units: number, { index }: Step): void {
    this.#floodUntil = Math.max(this.#floodUntil, index + units)
  }

  #pour({ index, to }: Step): void {
    const place = { start: this.#flood, unit: this.#floodUnit, end: to, unitEnd: index + 1 }
    this.#verdicts.cover({ ...OVERLONG, serial: this.candidates.nextSerial(), ...place })
  }
}
