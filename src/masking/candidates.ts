/** The secrets that have begun in one lane, stepped a character at a time; keeps nothing of those that have ended. */
import { type Candidate, type Coded, guarded, NO_GUARD, PLACEHOLDER, waits } from './candidate.ts'
import { follows } from './follow.ts'
import { Gate } from './gate.ts'
import type { State } from './matcher.ts'
import { merged } from './merged.ts'
import { END, symbolOf } from './pattern.ts'
import type { Program } from './program.ts'
import { Shifts } from './repeats.ts'
import { sees } from './sight.ts'
import { goesOnInPercents, survivesSpelled } from './spelled.ts'
import type { Step } from './step.ts'
import { isHigh, isNumberStart, PERCENT, type UnitAt } from './units.ts'
import type { Stretch, Verdicts } from './verdicts.ts'

/**
 * Live ones past which everything up to the next white space is masked: fail closed, bounded work. Texts that are not made
 * for it have a dozen at most. Of those that a run or an image begins, many begin by chance, and few go on.
 */
const MOST_PLAIN = 20
const MOST = 128

/** Where a secret begins. */
export interface Beginning {
  /** Raw offset from which it is masked. */
  readonly start: number
  /** Decoded index of its first unit. */
  readonly unit: number
  /** Units still to come that are let go; `start` moves on with them. */
  readonly late: number
  /** Decoded index of where its rule began to match. */
  readonly from: number
  /** Of a run: how far it is known whether it looks mixed, as `gate.ts` counts. */
  readonly gate?: number
}

export class Candidates {
  /** Decoded index of the oldest unit that one keeps in doubt. */
  doubt = Infinity
  readonly #verdicts: Verdicts
  readonly #gateLength: number
  readonly #list: Candidate[] = []
  #serial = 0

  /** `gateLength` as in `Runs`. */
  constructor(verdicts: Verdicts, gateLength: number) {
    this.#gateLength = gateLength
    this.#verdicts = verdicts
  }

  get length(): number {
    return this.#list.length
  }

  /** Whether more are alive than can be followed with bounded work. */
  get crowded(): boolean {
    const list = this.#list
    if (list.length <= MOST_PLAIN) return false
    if (list.length > MOST) return true
    let plain = 0
    for (const { plain: isPlain, program } of list) if (isPlain && !program.repeats) plain++
    return plain > MOST_PLAIN
  }

  /** A number for what is masked without a candidate. */
  nextSerial(): number {
    return ++this.#serial
  }

  /** Raw offset up to which all is decided, not past `most`. */
  settled(most: number): number {
    let settled = most
    for (const { masked, certain, start, end } of this.#list)
      settled = Math.min(settled, this.#verdicts.copyOf(masked).past(certain ? end : start))
    return settled
  }

  /** Raw offset where the first one begins. */
  get first(): number {
    return this.#list.reduce((first, { start }) => Math.min(first, start), Infinity)
  }

  /** Decoded index of the oldest unit that one may still need, what its rule looks at before it left out. */
  get oldest(): number {
    let oldest = Infinity
    for (const { program, from, unit } of this.#list) oldest = Math.min(oldest, sees(program) ? from : unit)
    return oldest
  }

  /** Decoded index of the unit at a raw offset where one begins or ends; undefined for another. */
  unitAt(raw: number): number | undefined {
    for (const { start, unit, end, unitEnd } of this.#list) {
      if (start === raw) return unit
      if (end === raw) return unitEnd
    }
    return undefined
  }

  begin(program: Program, state: State, beginning: Beginning, { outside }: Step, coded?: Coded): Candidate {
    const { start, unit, late, from, gate } = beginning
    const candidate: Candidate = {
      program,
      rule: program.rule,
      order: program.order,
      serial: ++this.#serial,
      start,
      unit,
      late,
      from,
      bare: outside,
      masked: this.#verdicts.masks(program.rule),
      state,
      end: -1,
      unitEnd: -1,
      certain: false,
      forced: false,
      tails: undefined,
      coded,
      guard: 0,
      gate: gate ?? Gate.PASSED,
      plain: gate === undefined && coded === undefined,
      shifts: undefined,
    }
    this.#list.push(candidate)
    this.doubt = Math.min(this.doubt, unit)
    return candidate
  }

  /** Begins one right after this unit. */
  beginAfter(program: Program, from: number, step: Step): void {
    this.begin(program, program.secret.start, { start: step.to, unit: step.index + 1, late: 0, from }, step)
  }

  /** Begins one that has come up to this unit already. */
  enter(program: Program, state: State, beginning: Beginning, step: Step, unitAt: UnitAt, coded?: Coded): void {
    if (program.repeats && !coded && this.#joins(program, state, beginning, step, unitAt)) return
    const candidate = this.begin(program, state, beginning, step, coded)
    candidate.guard = NO_GUARD
    candidate.bare &&= isNumberStart(unitAt(candidate.unit))
    if (program.repeats && !coded)
      candidate.shifts = new Shifts(program.repeats, program.repeats.placeOf(state), step.index)
    if (candidate.state.accept && this.#decided(candidate, step)) this.#list.pop()
  }

  /** A known value that begins within itself waits for what becomes of the first beginning. */
  #joins(program: Program, state: State, { start, unit }: Beginning, { outside }: Step, unitAt: UnitAt): boolean {
    if (state.accept) return false
    const first = this.#list.find((each) => each.program === program && each.shifts && !each.forced)
    if (!first) return false
    const bare = outside && isNumberStart(unitAt(unit))
    first.shifts!.add({ serial: ++this.#serial, start, unit, bare }, program.repeats!.placeOf(state))
    return true
  }

  step(step: Step, tick: number): void {
    const list = this.#list
    const { length } = list
    let kept = 0
    let doubt = Infinity
    for (let i = 0; i < length; i++) {
      const candidate = list[i]!
      const lives = candidate.coded
        ? survivesSpelled(candidate, candidate.coded, step, tick, this.#verdicts)
        : this.#survives(candidate, step, tick)
      if (!lives && !(candidate.shifts && this.#slides(candidate, candidate.shifts, step))) continue
      list[kept++] = candidate
      doubt = Math.min(doubt, candidate.certain ? candidate.unitEnd : candidate.unit)
    }
    for (let i = length; i < list.length; i++) list[kept++] = list[i]!
    list.length = kept
    this.doubt = doubt
  }

  /** The second half of a surrogate pair shares the fate of the first. */
  widen({ index, from, to }: Step): void {
    this.#verdicts.widen(from, to)
    for (const candidate of this.#list) {
      const grows = candidate.end === from
      if (candidate.start === from) candidate.start = to
      if (candidate.unit === index) candidate.unit++
      if (!grows) continue
      candidate.end = to
      candidate.unitEnd++
    }
  }

  /** All that are not masked up to `forced.end` become parts of it, and swallow whatever they eat. */
  force(forced: Stretch): void {
    for (const candidate of this.#list) {
      if (candidate.certain && candidate.end === forced.end) continue
      Object.assign(candidate, forced, { certain: true, forced: true, tails: undefined, late: 0 })
    }
    this.doubt = Infinity
  }

  /** How many units more a known value may go on that has begun, or may have. */
  get reach(): number {
    return this.#list.reduce((most, { plain, program }) => Math.max(most, plain ? (program.repeats?.units ?? 0) : 0), 0)
  }

  /** Drops them all; what is certain stays masked. */
  drop(): void {
    for (const candidate of this.#list) this.#verdicts.tell(candidate)
    this.#forget()
  }

  /** The text ends. */
  end(edge: number, index: number): void {
    for (const candidate of this.#list) {
      const { coded, forced } = candidate
      if (!forced) follows(candidate, END, coded?.end ?? edge, coded?.unitEnd ?? index, this.#verdicts)
      this.#verdicts.close(candidate)
    }
    this.#forget()
  }

  #forget(): void {
    this.#list.length = 0
    this.doubt = Infinity
  }

  #survives(candidate: Candidate, step: Step, tick: number): boolean {
    const { unit, index, from, to, quote } = step
    const { secret } = candidate.program
    const symbol = symbolOf(unit)
    if (!candidate.forced) follows(candidate, symbol, from, index, this.#verdicts)
    if (candidate.bare && candidate.state === secret.start) candidate.bare = isNumberStart(unit)
    if (candidate.guard >= 0 && !candidate.forced && this.#isPlaceholder(candidate, step)) return false
    const state = quote ? null : secret.step(candidate.state, symbol)
    if (!state && unit === PERCENT && goesOnInPercents(candidate, step, this.#verdicts)) {
      if (candidate.shifts) this.#spill(candidate, candidate.shifts, step, tick)
      return true
    }
    if (!state) return !quote && waits(candidate) ? true : this.#ended(candidate)
    candidate.state = state
    if (candidate.shifts) candidate.shifts.take(index)
    if (candidate.gate >= 0 && !this.#passes(candidate, symbol)) return false
    if (candidate.late > 0) {
      candidate.late--
      candidate.start = to
    }
    if (candidate.forced) return this.#verdicts.swallow(candidate, index, to)
    if (state.accept && this.#decided(candidate, step)) return false
    return !merged(candidate, state, tick)
  }

  /** The next place from which the known value goes on stands in for one that failed or was found; false where there is none. */
  #slides(candidate: Candidate, shifts: Shifts, step: Step): boolean {
    if (step.quote) return false
    const { secret } = candidate.program
    for (;;) {
      const next = shifts.slide(secret, symbolOf(step.unit), step.index)
      if (!next) return false
      candidate.state = next.state
      if (candidate.forced) return this.#verdicts.swallow(candidate, step.index, step.to)
      Object.assign(candidate, next.begun, { end: -1, unitEnd: -1, certain: false })
      if (!next.state.accept || !this.#decided(candidate, step)) return true
    }
  }

  /** Where a known value goes on in percent signs, each of its beginnings goes on by itself, as far as they can be followed. */
  #spill(candidate: Candidate, shifts: Shifts, step: Step, tick: number): void {
    const { program, from } = candidate
    candidate.shifts = undefined
    for (const { begun, state } of shifts.spill()) {
      if (this.#list.length > 2 * MOST) return
      const next = this.begin(program, state, { start: begun.start, unit: begun.unit, late: 0, from }, step)
      Object.assign(next, begun, { guard: NO_GUARD })
      if (!this.#survives(next, step, tick)) this.#list.pop()
    }
  }

  #passes(candidate: Candidate, symbol: number): boolean {
    candidate.gate = Gate.step(candidate.gate, symbol, this.#gateLength)
    return candidate.gate !== Gate.FAILED || candidate.forced
  }

  #ended(candidate: Candidate): false {
    this.#verdicts.close(candidate)
    return false
  }

  /** True where it turns out to be a placeholder: a new one may begin behind it. */
  #isPlaceholder(candidate: Candidate, step: Step): boolean {
    candidate.guard = guarded(candidate.guard, step.unit)
    if (candidate.guard === PLACEHOLDER) {
      if (!step.quote) this.beginAfter(candidate.program, candidate.from, step)
      return true
    }
    if (candidate.guard === NO_GUARD && candidate.end >= 0)
      this.#verdicts.accept(candidate, candidate.end, candidate.unitEnd)
    return false
  }

  /** Takes a match that ends with this unit; true where it can be no longer, so that its candidate is done. */
  #decided(candidate: Candidate, { unit, index, to }: Step): boolean {
    const { follow, after, whole } = candidate.program
    if (follow || after || candidate.coded) return false
    this.#verdicts.accept(candidate, to, index + 1)
    if (!whole || !candidate.state.last || candidate.guard >= 0 || isHigh(unit)) return false
    this.#verdicts.close(candidate)
    return true
  }
}
