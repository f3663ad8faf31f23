/** One text that arrives in parts, and what of it must be masked; stores no more of it than a decision still needs. */
import { Fault } from '#exchange'
import type { LaneFinding } from './edits.ts'
import type { Engine } from './engine.ts'
import { Unescaper } from './escapes.ts'
import { Hunt } from './hunt.ts'
import type { LaneOptions } from './marks.ts'
import type { Step } from './step.ts'

const NO_OPTIONS: LaneOptions = {}

/**
 * What is masked depends on the characters alone, never on how they were cut into pushes. All offsets are UTF-16 units
 * of the raw text, end exclusive. In `json` mode the raw text is JSON and secrets are sought in what it means.
 */
export class Lane {
  readonly #engine: Engine
  readonly #hunt: Hunt
  readonly #json: Unescaper | undefined
  /** In json mode: raw starts of the last decoded units, a ring. */
  readonly #starts: Float64Array
  readonly #step: Step = { unit: 0, index: 0, from: 0, to: 0, quote: false, outside: false }
  #units = 0
  #length = 0
  #ended = false
  #rendered = 0
  /** State of the literal automaton. */
  #state = 0
  /** In text mode: the last units of what was pushed before, as many as a literal may need. */
  #tail = ''

  constructor(engine: Engine, mode: 'text' | 'json', options: LaneOptions = NO_OPTIONS) {
    this.#engine = engine
    this.#hunt = new Hunt(engine, options)
    this.#json =
      mode === 'json' ? new Unescaper((unit, from, to, quote) => this.#read(unit, from, to, quote)) : undefined
    this.#starts = new Float64Array(this.#json ? 2 ** Math.ceil(Math.log2(engine.literals.longest + 1)) : 0)
  }

  /** Raw units pushed so far. */
  get length(): number {
    return this.#length
  }

  /** A copy of what was found and not taken, in order; stretches past `settled` may still grow or unite. */
  get findings(): readonly LaneFinding[] {
    return this.#hunt.record.list
  }

  /** Raw offset up to which the output is decided. It never falls. */
  get settled(): number {
    return this.#ended ? this.#length : this.#settledAt(this.#edge)
  }

  /** @throws Fault gateway.internal after `end`. */
  push(text: string): void {
    if (this.#ended) throw new Fault('gateway.internal', 'a masking lane was pushed after its end')
    if (this.#json) this.#json.push(text, this.#length)
    else this.#readText(text, this.#length)
    this.#length += text.length
  }

  /** No more text will come: every suspicion is decided. */
  end(): void {
    if (this.#ended) return
    this.#hunt.end(this.#edge, this.#json ? this.#units : this.#length)
    this.#ended = true
  }

  /**
   * The text for the receiver instead of `value`, which was pushed at raw offset `from`; undefined where it stays as it
   * is. The placeholder goes where a secret starts, the rest of it is left out, also of later values.
   * @throws Fault gateway.internal beyond `settled`.
   */
  render(from: number, value: string): string | undefined {
    this.#mayRender(from + value.length)
    return this.#hunt.receiver.render(from, value)
  }

  /** The same for the record, in which every finding is masked, also those that are only told. */
  renderRecord(from: number, value: string): string | undefined {
    this.#mayRender(from + value.length)
    return this.#hunt.record.render(from, value)
  }

  /**
   * Findings that are final and whose place was rendered, in order; the lane forgets them. A long lane stays small when
   * they are taken now and then; what was taken must not be rendered again.
   */
  take(): readonly LaneFinding[] {
    const upTo = Math.min(this.#rendered, this.#ended ? this.#length : this.#hunt.final(this.#begun(this.#edge)))
    if (this.#hunt.receiver !== this.#hunt.record) this.#hunt.receiver.take(upTo)
    return this.#hunt.record.take(upTo)
  }

  /** Too much waits elsewhere: masks all from `settled` to now as `overlong`, and goes on until the candidates end. */
  overflow(): void {
    if (!this.#ended) this.#overflowAt(this.#edge, this.#json ? this.#units : this.#length)
  }

  #mayRender(to: number): void {
    if (to > this.settled) throw new Fault('gateway.internal', 'an unsettled text was to be rendered')
    this.#rendered = Math.max(this.#rendered, to)
  }

  /** Raw end of what was read; an escape that is not complete is not. */
  get #edge(): number {
    return this.#json && this.#json.pending >= 0 ? this.#json.pending : this.#length
  }

  #settledAt(edge: number): number {
    return Math.min(edge, this.#hunt.settled(this.#begun(edge)))
  }

  /** Raw place where what may be the start of a literal begins. */
  #begun(edge: number): number {
    const { holds, width } = this.#engine.literals
    return this.#startOf(holds[this.#state / width]!, edge)
  }

  /** Raw place of the unit that lies `back` units before `end`. */
  #startOf(back: number, end: number): number {
    if (!this.#json) return end - back
    return back === 0 ? end : this.#starts[(this.#units - back) & (this.#starts.length - 1)]!
  }

  #readText(text: string, base: number): void {
    const { classes, next, firstHit } = this.#engine.literals
    const { reach } = this.#engine
    for (let i = 0; i < text.length; i++) {
      if (!this.#hunt.idle) {
        this.#advance(text.charCodeAt(i), base + i, base + i, base + i + 1, false)
        continue
      }
      let state = this.#state
      for (; i < text.length; i++) {
        state = next[state + classes[text.charCodeAt(i)]!]!
        if (state >= firstHit) break
      }
      this.#state = state
      if (i === text.length) break
      this.#retape(text, i, base)
      this.#open(text.charCodeAt(i), base + i, base + i, base + i + 1, false)
    }
    this.#tail = text.length >= reach ? text.slice(-reach) : (this.#tail + text).slice(-reach)
  }

  /** Writes the units of the literal that ends at text[i] to the tape: nothing was kept while nothing had begun. */
  #retape(text: string, i: number, base: number): void {
    const { tape } = this.#hunt
    const from = Math.max(i + 1 - this.#engine.reach, -this.#tail.length)
    tape.restart(base + from)
    for (let at = from; at <= i; at++)
      tape.write(at < 0 ? this.#tail.charCodeAt(this.#tail.length + at) : text.charCodeAt(at))
  }

  /** One decoded unit of JSON. */
  #read(unit: number, from: number, to: number, quote: boolean): void {
    const index = this.#units++
    this.#starts[index & (this.#starts.length - 1)] = from
    if (!this.#hunt.idle) {
      this.#advance(unit, index, from, to, quote)
      return
    }
    this.#hunt.tape.write(unit)
    const { classes, next, firstHit } = this.#engine.literals
    this.#state = quote ? 0 : next[this.#state + classes[unit]!]!
    if (this.#state >= firstHit) this.#open(unit, index, from, to, quote)
  }

  /** One unit while something has begun. */
  #advance(unit: number, index: number, from: number, to: number, quote: boolean): void {
    const { classes, next, firstHit } = this.#engine.literals
    this.#hunt.tape.write(unit)
    const state = quote ? 0 : next[this.#state + classes[unit]!]!
    if (state >= firstHit && this.#engine.hasKeywords) this.#hunt.hear(this.#openings(state))
    this.#hunt.step(this.#place(unit, index, from, to, quote))
    this.#state = state
    if (state >= firstHit) this.#open(unit, index, from, to, quote)
    else if (this.#hunt.crowded) this.#drown()
    if (this.#hunt.overdue(index)) this.#overflowAt(to, index + 1)
  }

  #open(unit: number, index: number, from: number, to: number, quote: boolean): void {
    this.#hunt.open(this.#openings(this.#state), this.#place(unit, index, from, to, quote), (back) =>
      this.#startOf(back, to),
    )
    if (this.#hunt.crowded) this.#drown()
  }

  #openings(state: number) {
    const { hits, width } = this.#engine.literals
    return hits[state / width]!.map((literal) => this.#engine.openings[literal]!)
  }

  #drown(): void {
    const { to, index } = this.#step
    const settled = this.#settledAt(to)
    this.#hunt.drown(settled, this.#unitAt(settled, to, index + 1), this.#step)
  }

  #overflowAt(edge: number, units: number): void {
    const settled = this.#settledAt(edge)
    if (settled < edge) this.#hunt.overflow(settled, this.#unitAt(settled, edge, units), edge, units)
  }

  /** Decoded index of the unit at the raw offset `settled`, not past `edge`, which stands after `units` units. */
  #unitAt(settled: number, edge: number, units: number): number {
    if (!this.#json) return units - (edge - settled)
    if (settled >= edge) return units
    for (let back = 1; back <= this.#engine.literals.longest; back++)
      if (this.#startOf(back, edge) === settled) return units - back
    return this.#hunt.unitAt(settled) ?? units
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
