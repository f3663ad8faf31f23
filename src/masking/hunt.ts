/** The contexts and secrets that have begun in one lane, stepped a character at a time; decides what is masked, sends nothing. */
import { Edits } from './edits.ts'
import { END, type Engine, type Keyword, type Opening, type Program, symbolOf } from './engine.ts'
import type { LaneOptions } from './marks.ts'
import type { Matcher, State } from './matcher.ts'
import { isAsked, mayPrecede, sees } from './sight.ts'
import type { Step } from './step.ts'
import { NO_TAILS, PAST, stepTails, type Tail } from './tails.ts'
import { Tape } from './tape.ts'

/** Live ones past which everything up to the next white space is masked: fail closed, bounded work. */
const MOST_CANDIDATES = 256
const MOST_CONTEXTS = 512
/** Decoded units that may wait for one decision; past them they are masked. */
const LONGEST_HOLD = 1024
const OVERLONG = { rule: 'overlong', order: Infinity, bare: false, masked: true } as const

/** A secret that has begun, in doubt or certain. */
interface Candidate {
  readonly program: Program
  rule: string
  order: number
  serial: number
  /** Raw offset and decoded index of its first unit. */
  start: number
  unit: number
  bare: boolean
  masked: boolean
  state: State
  /** Raw end and decoded end of the longest match so far, -1 where there is none. */
  end: number
  unitEnd: number
  /** Whether all up to `end` is masked for certain. */
  certain: boolean
  /** Swallows whatever it eats: the hold was too long. */
  forced: boolean
  /** Decoded index of where its rule began to match. */
  readonly from: number
  /** Ends that count once what must follow them has been read. */
  tails: readonly Tail[]
}

/** A rule's context that has begun; where its secret may start, a candidate is born. */
interface Context {
  readonly program: Program
  readonly from: number
  state: State
}

export class Hunt {
  /** What is masked on the record, and in the receiver's copy; the same where no rule is only told. */
  readonly record = new Edits()
  readonly receiver: Edits
  readonly tape: Tape
  readonly #engine: Engine
  readonly #options: LaneOptions
  readonly #candidates: Candidate[] = []
  readonly #contexts: Context[] = []
  /** Keywords that were read. */
  readonly #read = new Set<number>()
  #afterHigh = false
  #serial = 0
  /** Decoded index of the oldest unit that a candidate keeps in doubt. */
  #doubt = Infinity
  /** Raw offset from which everything is masked, -1 where that is not so. */
  #flood = -1
  #floodUnit = 0

  constructor(engine: Engine, options: LaneOptions) {
    this.#engine = engine
    this.#options = options
    this.receiver = options.leave?.size ? new Edits() : this.record
    this.tape = new Tape(engine.reach, () => this.#oldest())
  }

  /** Whether nothing has begun, so that only the literals need to be looked for. */
  get idle(): boolean {
    return this.#candidates.length === 0 && this.#contexts.length === 0 && this.#flood < 0
  }

  /** Whether more has begun than can be followed with bounded work. */
  get crowded(): boolean {
    return this.#candidates.length > MOST_CANDIDATES || this.#contexts.length > MOST_CONTEXTS
  }

  /** Raw offset up to which all is decided, given that of the literals. */
  settled(literals: number): number {
    if (this.#flood >= 0) return Infinity
    let settled = this.receiver.past(literals)
    for (const { masked, certain, start, end } of this.#candidates)
      settled = Math.min(settled, (masked ? this.receiver : this.record).past(certain ? end : start))
    return settled
  }

  /** Raw offset before which no finding can change any more. */
  final(literals: number): number {
    let final = literals
    if (this.#flood >= 0) final = Math.min(final, this.#flood)
    for (const { start } of this.#candidates) final = Math.min(final, start)
    return final
  }

  /** Decoded index of the unit at a raw offset that `settled` gave; undefined for another. */
  unitAt(raw: number): number | undefined {
    for (const { start, unit, end, unitEnd } of this.#candidates) {
      if (start === raw) return unit
      if (end === raw) return unitEnd
    }
    return this.record.unitAt(raw) ?? this.receiver.unitAt(raw)
  }

  step(step: Step): void {
    const tick = ++this.#engine.tick
    const second = this.#afterHigh && step.unit >= 0xdc00 && step.unit <= 0xdfff
    this.#afterHigh = isHigh(step.unit)
    if (this.#flood >= 0) this.#swallow(step)
    else if (second) this.#widen(step)
    else {
      this.#stepCandidates(step, tick)
      if (this.#contexts.length > 0) this.#stepContexts(step, tick)
    }
  }

  /** Whether a decision has been waited for too long after the unit with this index. */
  overdue(index: number): boolean {
    return index - this.#doubt >= LONGEST_HOLD
  }

  /** Remembers the keywords among what a unit ends; before the unit is stepped, for it may decide. */
  hear(openings: readonly (Opening | Keyword)[]): void {
    for (const opening of openings) if ('keyword' in opening) this.#read.add(opening.keyword)
  }

  /** Starts what a literal that ends with `step` opens; `startOf` gives the raw place so many characters before its end. */
  open(openings: readonly (Opening | Keyword)[], step: Step, startOf: (back: number) => number): void {
    this.hear(openings)
    if (this.#flood >= 0) return
    if (this.idle) this.#engine.tick++
    this.#afterHigh = isHigh(step.unit)
    for (const opening of openings) {
      if ('keyword' in opening) continue
      const { program, context, secrets, length } = opening
      const from = step.index + 1 - length
      if (!mayPrecede(program, from, this.tape)) continue
      if (context) this.#contexts.push({ program, from, state: context })
      for (const { state, back } of secrets) {
        const candidate = this.#begin(program, state, startOf(back), step.index + 1 - back, step.outside, from)
        if (back > 0 && step.outside) candidate.bare = isNumberStart(this.tape.at(step.index + 1 - back))
        if (back > 0 && state.accept && !program.follow && !program.after && this.#decided(candidate, step))
          this.#candidates.pop()
      }
    }
  }

  /** Gives up on all that has begun and masks from `settled` on, until white space or the end of a string. */
  drown(settled: number, unit: number, step: Step): void {
    this.#flood = Math.min(settled, step.to)
    this.#floodUnit = Math.min(unit, step.index + 1)
    if (this.#flood < step.to) this.#cover({ ...this.#overlong(), end: step.to, unitEnd: step.index + 1 })
    for (const candidate of this.#candidates) this.#tell(candidate)
    this.#forget()
  }

  /** Masks [settled, edge) and whatever the live candidates eat from there on. Units are decoded indexes. */
  overflow(settled: number, unit: number, edge: number, unitEdge: number): void {
    this.#engine.tick++
    const forced = { ...OVERLONG, serial: ++this.#serial, start: settled, unit, end: edge, unitEnd: unitEdge }
    this.#cover(forced)
    for (const candidate of this.#candidates) {
      if (candidate.certain && candidate.end === edge) continue
      Object.assign(candidate, forced, { certain: true, forced: true })
    }
    this.#doubt = Infinity
  }

  /** The text ends at `edge`, after `index` decoded units. */
  end(edge: number, index: number): void {
    this.#engine.tick++
    for (const candidate of this.#candidates) {
      if (candidate.program.follow?.[END] && candidate.state.accept) this.#accept(candidate, edge, index)
      this.#close(candidate)
    }
    this.#forget()
    this.#flood = -1
  }

  #forget(): void {
    this.#candidates.length = 0
    this.#contexts.length = 0
    this.#doubt = Infinity
  }

  #oldest(): number {
    let oldest = Infinity
    for (const { program, from, unit } of this.#candidates) oldest = Math.min(oldest, sees(program) ? from : unit)
    for (const { program, from } of this.#contexts) if (sees(program)) oldest = Math.min(oldest, from)
    return oldest - (this.#engine.reach - this.#engine.literals.longest)
  }

  #stepCandidates(step: Step, tick: number): void {
    const candidates = this.#candidates
    let kept = 0
    let doubt = Infinity
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!
      if (!this.#survives(candidate, step, tick)) continue
      candidates[kept++] = candidate
      doubt = Math.min(doubt, candidate.certain ? candidate.unitEnd : candidate.unit)
    }
    candidates.length = kept
    this.#doubt = doubt
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
      if (state.accept)
        this.#begin(context.program, context.program.secret!.start, step.to, step.index + 1, step.outside, context.from)
    }
    contexts.length = kept
  }

  #survives(candidate: Candidate, step: Step, tick: number): boolean {
    const { unit, index, from, to, quote } = step
    const { follow, after, secret } = candidate.program
    const symbol = symbolOf(unit)
    if (follow?.[symbol] && candidate.state.accept && !candidate.forced) this.#accept(candidate, from, index)
    if (after && !candidate.forced) this.#follow(candidate, after, step)
    const state = quote || !secret ? null : secret.step(candidate.state, symbol)
    if (!state) {
      if (candidate.tails.length > 0) {
        candidate.state = PAST
        return true
      }
      this.#close(candidate)
      return false
    }
    if (candidate.bare && candidate.state === secret!.start) candidate.bare = isNumberStart(unit)
    candidate.state = state
    if (candidate.forced) {
      candidate.end = to
      candidate.unitEnd = index + 1
      this.#cover(candidate)
      return true
    }
    if (state.accept && !follow && !after && this.#decided(candidate, { unit, index, to })) return false
    return !this.#merged(candidate, state, tick)
  }

  /** Reads on after each place where the secret may have ended. */
  #follow(candidate: Candidate, after: Matcher, { unit, index, from, quote }: Step): void {
    const { state, end, tails } = candidate
    if (!state.accept && tails.length === 0) return
    const now = state.accept && end !== from ? [...tails, { state: after.start, end: from, unitEnd: index }] : tails
    const { tails: kept, counts } = stepTails(now, after, symbolOf(unit), quote)
    candidate.tails = kept
    if (counts && counts.end > end) this.#accept(candidate, counts.end, counts.unitEnd)
  }

  /** Takes a match that ends with this unit; true where it can be no longer, so that its candidate is done. */
  #decided(candidate: Candidate, { unit, index, to }: Pick<Step, 'unit' | 'index' | 'to'>): boolean {
    this.#accept(candidate, to, index + 1)
    if (!candidate.program.whole || !candidate.state.last || isHigh(unit)) return false
    this.#close(candidate)
    return true
  }

  /** Two candidates of one rule in one state have one future: the earlier one goes on for both. */
  #merged(candidate: Candidate, state: State, tick: number): boolean {
    const { check, whole, foreign } = candidate.program
    if (check || foreign?.judge) return false
    if (state.tick !== tick) {
      state.tick = tick
      state.holder = candidate
      return false
    }
    const holder = state.holder as Candidate
    if (holder.tails.length > 0 || candidate.tails.length > 0) return false
    if (whole && (holder.end >= 0 || candidate.end >= 0)) return false
    const { serial, start, unit, bare, certain, end, unitEnd } = candidate
    if (start < holder.start) Object.assign(holder, { serial, start, unit, bare, certain, end, unitEnd })
    return true
  }

  #accept(candidate: Candidate, end: number, unitEnd: number): void {
    candidate.end = end
    candidate.unitEnd = unitEnd
    if (candidate.program.whole) return
    candidate.certain = true
    this.#cover(candidate)
  }

  /** It cannot grow any more: its longest match stands, or there was none. */
  #close(candidate: Candidate): void {
    const { check, whole } = candidate.program
    if (candidate.end < 0) return
    if (!whole) {
      this.#tell(candidate)
      return
    }
    if (candidate.forced) return
    const value = this.tape.read(candidate.unit, candidate.unitEnd)!
    if (check && !check(value)) return
    if (!isAsked(candidate, value, this.#read, this.tape)) return
    this.#cover(candidate, this.#options.marks?.mark?.(candidate.rule, value))
    this.#tell(candidate, value)
  }

  /** Hands out the value of a match that is masked up to its end. */
  #tell(candidate: Candidate, value = this.#needsValue(candidate) ? this.#valueOf(candidate) : undefined): void {
    const { program, forced, certain, serial, rule, start, end } = candidate
    if (forced || !(certain || program.whole) || end < 0) return
    const verified = program.proof && value !== undefined ? program.proof(value) : program.proof && false
    const told = value === undefined ? undefined : this.#options.marks?.seen?.({ rule, start, end, verified }, value)
    this.record.tell(serial, start, verified, told)
  }

  #needsValue({ program }: Candidate): boolean {
    return program.proof !== undefined || this.#options.marks?.seen !== undefined
  }

  #valueOf({ unit, unitEnd }: Candidate): string | undefined {
    return this.tape.read(unit, unitEnd)
  }

  #cover(
    candidate: Omit<Candidate, 'program' | 'state' | 'certain' | 'forced' | 'from' | 'tails'>,
    mark?: string,
  ): void {
    this.record.cover(candidate, candidate.end, candidate.unitEnd, this.#engine.tick, mark)
    if (this.receiver !== this.record && candidate.masked)
      this.receiver.cover(candidate, candidate.end, candidate.unitEnd, this.#engine.tick, mark)
  }

  #overlong() {
    return { ...OVERLONG, serial: ++this.#serial, start: this.#flood, unit: this.#floodUnit }
  }

  #begin(program: Program, state: State, start: number, unit: number, outside: boolean, from: number): Candidate {
    const { rule, order } = program
    const masked = !this.#options.leave?.has(rule)
    const place = { serial: ++this.#serial, start, unit, bare: outside, masked }
    const candidate = {
      program,
      rule,
      order,
      ...place,
      state,
      end: -1,
      unitEnd: -1,
      certain: false,
      forced: false,
      from,
      tails: NO_TAILS,
    }
    this.#candidates.push(candidate)
    this.#doubt = Math.min(this.#doubt, unit)
    return candidate
  }

  /** The second half of a surrogate pair shares the fate of the first. */
  #widen({ from, to }: Step): void {
    this.record.widen(from, to)
    if (this.receiver !== this.record) this.receiver.widen(from, to)
    for (const candidate of this.#candidates) {
      const grows = candidate.end === from
      if (candidate.start === from) {
        candidate.start = to
        candidate.unit++
      }
      if (!grows) continue
      candidate.end = to
      candidate.unitEnd++
    }
  }

  #swallow({ unit, index, to, quote }: Step): void {
    if (quote || unit <= 32) this.#flood = -1
    else this.#cover({ ...this.#overlong(), end: to, unitEnd: index + 1 })
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isNumberStart(unit: number): boolean {
  return unit === 45 || (unit >= 48 && unit <= 57)
}
