/** The contexts and secrets that have begun in one lane, stepped a character at a time; never stores text without need. */
import type { Edits, Match } from './edits.ts'
import { END, type Engine, type Opening, type Program, symbolOf } from './engine.ts'
import type { State } from './matcher.ts'

/** Live ones past which everything up to the next white space is masked: fail closed, bounded work. */
const MOST_CANDIDATES = 256
const MOST_CONTEXTS = 1024
const OVERLONG = { rule: 'overlong', order: Infinity, bare: false } as const

/** A secret that has begun, in doubt or certain. */
interface Candidate extends Match {
  readonly program: Program
  rule: string
  order: number
  start: number
  bare: boolean
  state: State
  /** Raw end of the longest match so far, -1 where there is none. */
  end: number
  /** Whether all up to `end` is masked for certain. */
  certain: boolean
  /** For rules with a check: the decoded secret, and how much of it the longest match takes. */
  text: string
  matched: number
  /** Swallows whatever it eats: the hold was too long. */
  forced: boolean
}

/** A rule's context that has begun; where its secret may start, a candidate is born. */
interface Context {
  readonly program: Program
  state: State
}

/** One decoded unit and its raw place; `quote` marks the quotes around JSON strings, which end every secret. */
export interface Step {
  unit: number
  from: number
  to: number
  quote: boolean
  /** Whether the unit stands outside all strings of a JSON text. */
  outside: boolean
}

export class Hunt {
  readonly #engine: Engine
  readonly #edits: Edits
  readonly #candidates: Candidate[] = []
  readonly #contexts: Context[] = []
  #afterHigh = false
  /** Raw offset from which everything is masked, -1 where that is not so. */
  #flood = -1

  constructor(engine: Engine, edits: Edits) {
    this.#engine = engine
    this.#edits = edits
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
    let settled = this.#edits.past(literals)
    for (const candidate of this.#candidates)
      settled = Math.min(settled, this.#edits.past(candidate.certain ? candidate.end : candidate.start))
    return settled
  }

  step(step: Step): void {
    const tick = ++this.#engine.tick
    const second = this.#afterHigh && step.unit >= 0xdc00 && step.unit <= 0xdfff
    this.#afterHigh = isHigh(step.unit)
    if (this.#flood >= 0) this.#swallow(step)
    else if (second) this.#widen(step)
    else {
      this.#stepCandidates(step, tick)
      this.#stepContexts(step, tick)
    }
  }

  /** Starts what a literal that ends with `step` opens; `startOf` gives the raw place so many characters before its end. */
  open(openings: readonly Opening[], step: Step, startOf: (back: number) => number): void {
    if (this.#flood >= 0) return
    if (this.idle) this.#engine.tick++
    this.#afterHigh = isHigh(step.unit)
    for (const { program, context, secrets } of openings) {
      if (context) this.#contexts.push({ program, state: context })
      for (const { state, back, text } of secrets) {
        const candidate = this.#begin(program, state, startOf(back), step.outside, text)
        if (text !== '' && state.accept && !program.follow) this.#accept(candidate, step.to)
      }
    }
  }

  /** Gives up on all that has begun and masks from `settled` on, until white space or the end of a string. */
  drown(settled: number, to: number): void {
    this.#flood = Math.min(settled, to)
    if (this.#flood < to) this.#edits.cover({ ...OVERLONG, start: this.#flood }, to, this.#engine.tick)
    this.#candidates.length = 0
    this.#contexts.length = 0
  }

  /** Masks [settled, edge) and whatever the live candidates eat from there on. */
  overflow(settled: number, edge: number): void {
    this.#edits.cover({ ...OVERLONG, start: settled }, edge, ++this.#engine.tick)
    for (const candidate of this.#candidates) {
      if (candidate.certain && candidate.end === edge) continue
      Object.assign(candidate, OVERLONG, { start: settled, end: edge, certain: true, forced: true })
    }
  }

  /** The text ends at `edge`. */
  end(edge: number): void {
    this.#engine.tick++
    for (const candidate of this.#candidates) {
      if (candidate.program.follow?.[END] && candidate.state.accept) this.#accept(candidate, edge)
      this.#close(candidate)
    }
    this.#candidates.length = 0
    this.#contexts.length = 0
    this.#flood = -1
  }

  #stepCandidates(step: Step, tick: number): void {
    const candidates = this.#candidates
    let kept = 0
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!
      if (this.#survives(candidate, step, tick)) candidates[kept++] = candidate
    }
    candidates.length = kept
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
      if (state.accept) this.#begin(context.program, context.program.secret!.start, step.to, step.outside, '')
    }
    contexts.length = kept
  }

  #survives(candidate: Candidate, { unit, from, to, quote }: Step, tick: number): boolean {
    const { follow, secret, check } = candidate.program
    const symbol = symbolOf(unit)
    if (follow?.[symbol] && candidate.state.accept && !candidate.forced) this.#accept(candidate, from)
    const state = quote || !secret ? null : secret.step(candidate.state, symbol)
    if (!state) {
      this.#close(candidate)
      return false
    }
    if (candidate.bare && candidate.state === secret!.start) candidate.bare = isNumberStart(unit)
    candidate.state = state
    if (candidate.forced) {
      candidate.end = to
      this.#edits.cover(candidate, to, tick)
      return true
    }
    if (check) candidate.text += String.fromCharCode(unit)
    if (state.accept && !follow) this.#accept(candidate, to)
    return check !== undefined || !this.#merged(candidate, state, tick)
  }

  /** Two candidates of one rule in one state have one future: the earlier one goes on for both. */
  #merged(candidate: Candidate, state: State, tick: number): boolean {
    if (state.tick !== tick) {
      state.tick = tick
      state.holder = candidate
      return false
    }
    const holder = state.holder as Candidate
    if (candidate.start < holder.start) {
      holder.start = candidate.start
      holder.bare = candidate.bare
      holder.certain = candidate.certain
      holder.end = candidate.end
    }
    return true
  }

  #accept(candidate: Candidate, end: number): void {
    candidate.end = end
    candidate.matched = candidate.text.length
    if (candidate.program.check) return
    candidate.certain = true
    this.#edits.cover(candidate, end, this.#engine.tick)
  }

  #close(candidate: Candidate): void {
    const { check } = candidate.program
    if (!check || candidate.end < 0 || candidate.forced) return
    if (check(candidate.text.slice(0, candidate.matched)))
      this.#edits.cover(candidate, candidate.end, this.#engine.tick)
  }

  #begin(program: Program, state: State, start: number, outside: boolean, text: string): Candidate {
    const { rule, order, check } = program
    const bare = outside && (text === '' || isNumberStart(text.charCodeAt(0)))
    const kept = check ? text : ''
    const candidate = {
      program,
      rule,
      order,
      start,
      bare,
      state,
      end: -1,
      certain: false,
      text: kept,
      matched: 0,
      forced: false,
    }
    this.#candidates.push(candidate)
    return candidate
  }

  /** The second half of a surrogate pair shares the fate of the first. */
  #widen({ unit, from, to }: Step): void {
    this.#edits.widen(from, to)
    for (const candidate of this.#candidates) {
      const grows = candidate.end === from
      if (candidate.start === from) candidate.start = to
      else if (candidate.program.check) candidate.text += String.fromCharCode(unit)
      if (!grows) continue
      candidate.end = to
      candidate.matched = candidate.text.length
    }
  }

  #swallow({ unit, to, quote }: Step): void {
    if (quote || unit <= 32) this.#flood = -1
    else this.#edits.cover({ ...OVERLONG, start: this.#flood }, to, this.#engine.tick)
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isNumberStart(unit: number): boolean {
  return unit === 45 || (unit >= 48 && unit <= 57)
}
