/** Reads one lane unit by unit: what begins, goes on and ends with each. Keeps those units alone that a decision may still need. */
import type { Engine } from './engine.ts'
import { Unescaper } from './escapes.ts'
import { Gate } from './gate.ts'
import { Hunt } from './hunt.ts'
import type { LaneOptions } from './marks.ts'
import type { State } from './matcher.ts'
import { symbolOf } from './pattern.ts'
import { Places } from './places.ts'
import { mayStand } from './prior.ts'
import { FRESH, type RunTable } from './runs.ts'
import type { Step } from './step.ts'
import { Tape } from './tape.ts'
import { isUnseen } from './units.ts'

const NO_HITS: readonly number[] = []

/** Offsets and modes are those of its lane. */
export class Reading {
  /** Raw units that were read. */
  length = 0
  readonly hunt: Hunt
  readonly #engine: Engine
  readonly #tape: Tape
  readonly #json: Unescaper | undefined
  /** Where units do not stand one by one: in JSON, and in text from its first unseen unit on. */
  #places: Places | undefined
  readonly #step: Step = { unit: 0, index: 0, from: 0, to: 0, quote: false, outside: false }
  /** Decoded units read. */
  #units = 0
  /** State of the literals' automaton, and of that of the runs in `#table`. */
  #state = 0
  #run = 0
  #table: RunTable
  /** Decoded index where the run that is being tried began. */
  #runStart = 0
  /** In text mode: what is being pushed, which begins at `#base`, and the last units of what came before. */
  #text = ''
  #base = 0
  #tail = ''

  constructor(engine: Engine, mode: 'text' | 'json', options: LaneOptions) {
    this.#engine = engine
    this.#table = engine.runs.table
    this.#tape = new Tape(engine.reach, () => this.#needed())
    this.hunt = new Hunt(engine, options, this.#tape)
    if (mode === 'text') return
    this.#json = new Unescaper((unit, from, to, quote) => this.#read(unit, from, to, quote))
    this.#places = new Places(() => this.#needed())
  }

  push(text: string): void {
    if (this.#table !== this.#engine.runs.table) this.#renew()
    if (this.#json) this.#json.push(text, this.length)
    else this.#readText(text)
    this.length += text.length
  }

  /** No more text will come. */
  end(): void {
    this.hunt.end(this.#edge, this.#units)
  }

  /** Raw offset up to which all is decided. */
  get settled(): number {
    return this.#settledAt(this.#edge)
  }

  /** Raw offset before which no finding can change any more. */
  get final(): number {
    return this.hunt.final(this.#begun(this.#edge))
  }

  /** Masks all from `settled` to now, and goes on until the candidates end. */
  overflow(): void {
    this.#overflowAt(this.#edge)
  }

  /** Raw end of what was read; an escape that is not complete is not. */
  get #edge(): number {
    return this.#json && this.#json.pending >= 0 ? this.#json.pending : this.length
  }

  #settledAt(edge: number): number {
    return Math.min(edge, this.hunt.settled(this.#begun(edge)))
  }

  /** Raw place where what may be the start of a secret begins: of a literal's, or of a run's. */
  #begun(edge: number): number {
    const held = this.#engine.literals.holdAt(this.#state, this.#units, this.#unitAt)
    const suspect = this.#runStart + this.#table.at(this.#run).late
    return this.#rawAt(Math.min(this.#units - held, suspect), edge)
  }

  /** Raw start of the unit with this decoded index; `edge` where it has not come yet. */
  #rawAt(index: number, edge: number): number {
    if (index >= this.#units) return edge
    return this.#places ? this.#places.at(index) : index
  }

  readonly #unitAt = (index: number): number => {
    if (this.#places) return this.#tape.at(index)
    if (index >= this.#base) return this.#text.charCodeAt(index - this.#base)
    const place = this.#tail.length - (this.#base - index)
    return place < 0 ? -1 : this.#tail.charCodeAt(place)
  }

  /** Decoded index of the oldest unit that may still be needed. */
  #needed(): number {
    return Math.min(this.hunt.oldest, this.#oldest())
  }

  /** The same for what has not become a candidate. */
  #oldest(): number {
    const run = this.#table.at(this.#run).late === Infinity ? Infinity : this.#runStart - this.#engine.surroundings
    return Math.max(0, Math.min(run, this.#units - this.#engine.reach))
  }

  #readText(text: string): void {
    if (this.#places) {
      this.#readPlaced(text, 0)
      return
    }
    this.#text = text
    this.#base = this.#units
    while (this.#units < this.#base + text.length) {
      if (this.hunt.idle) this.#skip()
      const index = this.#units
      const at = index - this.#base
      if (at === text.length) break
      if (isUnseen(text.charCodeAt(at))) {
        this.#beginPlaces()
        this.#readPlaced(text, at)
        return
      }
      this.#take(text.charCodeAt(at), index, index + 1, false)
    }
    this.#keepTail()
  }

  /** From the first unseen unit on, which is no part of what is read. */
  #beginPlaces(): void {
    if (this.hunt.idle) this.#retape()
    this.#places = new Places(() => this.#needed())
    this.#places.continue(this.#units)
  }

  #readPlaced(text: string, from: number): void {
    for (let i = from; i < text.length; i++) {
      const at = this.length + i
      this.#read(text.charCodeAt(i), at, at + 1, false)
    }
  }

  #keepTail(): void {
    const text = this.#text
    const length = this.#units - this.#oldest()
    this.#tail = text.length >= length ? text.slice(text.length - length) : (this.#tail + text).slice(-length)
    this.#text = ''
    this.#base = this.#units
  }

  /** Passes over units as long as nothing begins; stops before the one with which something does. */
  #skip(): void {
    if (this.#engine.runs.any) this.#skipWithRuns()
    else this.#skipLiterals()
  }

  #skipLiterals(): void {
    const { literals } = this.#engine
    const { classes, next, firstHit } = literals
    const text = this.#text
    let i = this.#units - this.#base
    let state = this.#state
    for (; i < text.length; i++) {
      const to = next[state + classes[text.charCodeAt(i)]!]!
      if (to >= firstHit && literals.hasHit(to, this.#base + i, this.#unitAt)) break
      state = to
    }
    this.#state = state
    this.#units = this.#base + i
  }

  #skipWithRuns(): void {
    const { literals, runs } = this.#engine
    const { classes, next, firstHit } = literals
    const { next: moves } = this.#table
    const runClasses = runs.classes
    const text = this.#text
    let i = this.#units - this.#base
    let state = this.#state
    let run = this.#run
    let start = -1
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const to = next[state + classes[unit]!]!
      const move = moves[run + runClasses[unit]!]!
      if (move < 0 || (to >= firstHit && literals.hasHit(to, this.#base + i, this.#unitAt))) break
      state = to
      run = move >> 1
      if (move & FRESH) start = i
    }
    this.#state = state
    this.#run = run
    if (start >= 0) this.#runStart = this.#base + start
    this.#units = this.#base + i
  }

  /** One decoded unit whose place must be kept. */
  #read(unit: number, from: number, to: number, quote: boolean): void {
    if (isUnseen(unit)) return
    this.#places!.add(from)
    const { literals, runs } = this.#engine
    const state = literals.next[this.#state + literals.classes[unit]!]!
    const move = runs.any ? this.#table.next[this.#run + runs.classes[unit]!]! : 0
    if (quote || state >= literals.firstHit || move < 0 || !this.hunt.idle) this.#take(unit, from, to, quote)
    else {
      this.#tape.write(unit)
      if (move & FRESH) this.#runStart = this.#units
      this.#units++
      this.#state = state
      this.#run = move >> 1
    }
  }

  /** One unit, with all that it ends, goes on with or begins. */
  #take(unit: number, from: number, to: number, quote: boolean): void {
    const { literals, runs } = this.#engine
    const step = this.#place(unit, this.#units, from, to, quote)
    if (this.hunt.idle && !this.#places) this.#retape()
    const ripe = runs.any && this.#stepRun(step)
    this.#tape.write(unit)
    this.#units++
    this.#state = quote ? 0 : literals.next[this.#state + literals.classes[unit]!]!
    const hits = this.#state >= literals.firstHit ? literals.hitsAt(this.#state, step.index, this.#unitAt) : NO_HITS
    if (this.#engine.hasKeywords) this.#hear(hits)
    if (!this.hunt.idle) this.hunt.step(step)
    if (hits.length > 0) this.#open(hits, step)
    if (ripe) {
      this.#adopt(this.#table, this.#run, step)
      this.#run = runs.emptied(this.#run)
      this.#table = runs.table
    }
    if (this.hunt.crowded) this.#drown(step)
    if (this.hunt.overdue(step.index)) this.#overflowAt(to)
  }

  #hear(hits: readonly number[]): void {
    for (const hit of hits) {
      const opening = this.#engine.openings[hit]!
      if ('keyword' in opening) this.hunt.hear(opening.keyword)
    }
  }

  #open(hits: readonly number[], step: Step): void {
    for (const hit of hits) {
      const opening = this.#engine.openings[hit]!
      if ('keyword' in opening) continue
      if (mayStand(opening.program, step.index + 1 - opening.literal.length, this.#unitAt))
        this.hunt.open(opening, step, (back) => this.#rawAt(step.index + 1 - back, step.to))
    }
  }

  /** The run goes on by one unit; true where a secret of it may end here. */
  #stepRun({ unit, index, from, quote, outside }: Step): boolean {
    const { runs } = this.#engine
    if (quote) {
      this.#run = runs.after(unit)
      this.#table = runs.table
      return false
    }
    const [table, before] = [this.#table, this.#run]
    const move = runs.move(before, unit)
    const wantsLook = table.next[before + runs.classes[unit]!]! < 0
    if (move & FRESH) {
      const last = { unit: this.#unitAt(index - 1), index: index - 1, from, to: from, quote: false, outside }
      if (wantsLook) this.#adopt(table, before, last)
      this.#runStart = index
    }
    this.#run = move >> 1
    this.#table = runs.table
    return wantsLook && this.#table.at(this.#run).accepts
  }

  /** Makes a candidate of the run up to `step` for every rule that is still possible. */
  #adopt(table: RunTable, run: number, step: Step): void {
    const { rules, gate } = table.at(run)
    for (const rule of rules) {
      const { program, late, mixed } = this.#engine.runs.rule(rule)
      if (!mayStand(program, this.#runStart, this.#unitAt)) continue
      let state: State | null = program.secret.start
      for (let i = this.#runStart; i <= step.index && state; i++)
        state = program.secret.step(state, symbolOf(this.#unitAt(i)))
      const suspect = this.#runStart + late
      const start = suspect > step.index ? step.to : this.#rawAt(suspect, step.to)
      const beginning = {
        start,
        unit: this.#runStart,
        late: Math.max(0, suspect - step.index - 1),
        from: this.#runStart,
        gate: mixed ? gate : Gate.PASSED,
      }
      if (state) this.hunt.adopt(program, state, beginning, step)
    }
  }

  #renew(): void {
    this.#run = this.#engine.runs.translated(this.#table, this.#run)
    this.#table = this.#engine.runs.table
  }

  /** In text mode nothing is kept while nothing has begun: what may still be needed is written to the tape now. */
  #retape(): void {
    const start = this.#oldest()
    this.#tape.restart(start)
    for (let index = start; index < this.#units; index++) this.#tape.write(this.#unitAt(index))
  }

  #drown(step: Step): void {
    const settled = this.#settledAt(step.to)
    this.hunt.drown(settled, this.#indexOf(settled, step.to), step)
  }

  #overflowAt(edge: number): void {
    const settled = this.#settledAt(edge)
    if (settled < edge) this.hunt.overflow(settled, this.#indexOf(settled, edge), edge, this.#units)
  }

  /** Decoded index of the unit at the raw offset `settled`, which is not past `edge`. */
  #indexOf(settled: number, edge: number): number {
    if (!this.#places) return settled
    if (settled >= edge) return this.#units
    return this.#places.indexOf(settled, this.#engine.reach) ?? this.hunt.unitAt(settled) ?? this.#units
  }

  #place(unit: number, index: number, from: number, to: number, quote: boolean): Step {
    const step = this.#step
    step.unit = unit
    step.index = index
    step.from = from
    step.to = to
    step.quote = quote
    step.outside = this.#json !== undefined && !this.#json.inside
    return step
  }
}
