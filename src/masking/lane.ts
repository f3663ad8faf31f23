/** One text that arrives in parts, and what of it must be masked; never stores the text, only its state and its edits. */
import { Fault } from '#exchange'
import { Edits, type LaneFinding } from './edits.ts'
import type { Engine } from './engine.ts'
import { Unescaper } from './escapes.ts'
import { Hunt, type Step } from './hunt.ts'

/**
 * What is masked depends on the characters alone, never on how they were cut into pushes. All offsets are UTF-16 units
 * of the raw text, end exclusive. In `json` mode the raw text is JSON and secrets are sought in what it means.
 */
export class Lane {
  readonly #engine: Engine
  readonly #edits = new Edits()
  readonly #hunt: Hunt
  readonly #json: Unescaper | undefined
  /** In json mode: raw starts of the last decoded units, a ring. */
  readonly #starts: Float64Array
  readonly #step: Step = { unit: 0, from: 0, to: 0, quote: false, outside: false }
  #units = 0
  #length = 0
  #ended = false
  /** State of the literal automaton. */
  #state = 0

  constructor(engine: Engine, mode: 'text' | 'json') {
    this.#engine = engine
    this.#hunt = new Hunt(engine, this.#edits)
    this.#json =
      mode === 'json' ? new Unescaper((unit, from, to, quote) => this.#read(unit, from, to, quote)) : undefined
    this.#starts = new Float64Array(this.#json ? 2 ** Math.ceil(Math.log2(engine.literals.longest + 1)) : 0)
  }

  /** Raw units pushed so far. */
  get length(): number {
    return this.#length
  }

  /** A copy of what is masked, in order; stretches past `settled` may still grow or unite. */
  get findings(): readonly LaneFinding[] {
    return this.#edits.list
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
    this.#hunt.end(this.#edge)
    this.#ended = true
  }

  /**
   * The text to send instead of `value`, which was pushed at raw offset `from`; undefined where it stays as it is.
   * The placeholder goes where a secret starts, the rest of it is left out, also of later values.
   * @throws Fault gateway.internal beyond `settled`.
   */
  render(from: number, value: string): string | undefined {
    if (from + value.length > this.settled) throw new Fault('gateway.internal', 'an unsettled text was to be rendered')
    return this.#edits.render(from, value)
  }

  /** The hold is too long: masks all from `settled` to now as `overlong`, and goes on until the candidates end. */
  overflow(): void {
    const settled = this.settled
    if (!this.#ended && settled < this.#edge) this.#hunt.overflow(settled, this.#edge)
  }

  /** Raw end of what was read; an escape that is not complete is not. */
  get #edge(): number {
    return this.#json && this.#json.pending >= 0 ? this.#json.pending : this.#length
  }

  #settledAt(edge: number): number {
    const { holds, width } = this.#engine.literals
    return Math.min(edge, this.#hunt.settled(this.#startOf(holds[this.#state / width]!, edge)))
  }

  /** Raw place of the unit that lies `back` units before `end`. */
  #startOf(back: number, end: number): number {
    if (!this.#json) return end - back
    return back === 0 ? end : this.#starts[(this.#units - back) & (this.#starts.length - 1)]!
  }

  #readText(text: string, base: number): void {
    const { classes, next, firstHit } = this.#engine.literals
    for (let i = 0; i < text.length; i++) {
      if (!this.#hunt.idle) {
        this.#advance(text.charCodeAt(i), base + i, base + i + 1, false)
        continue
      }
      let state = this.#state
      for (; i < text.length; i++) {
        state = next[state + classes[text.charCodeAt(i)]!]!
        if (state >= firstHit) break
      }
      this.#state = state
      if (i < text.length) this.#open(text.charCodeAt(i), base + i, base + i + 1, false)
    }
  }

  /** One decoded unit of JSON. */
  #read(unit: number, from: number, to: number, quote: boolean): void {
    this.#starts[this.#units++ & (this.#starts.length - 1)] = from
    if (!this.#hunt.idle) {
      this.#advance(unit, from, to, quote)
      return
    }
    const { classes, next, firstHit } = this.#engine.literals
    this.#state = quote ? 0 : next[this.#state + classes[unit]!]!
    if (this.#state >= firstHit) this.#open(unit, from, to, quote)
  }

  /** One unit while something has begun. */
  #advance(unit: number, from: number, to: number, quote: boolean): void {
    const { classes, next, firstHit } = this.#engine.literals
    this.#hunt.step(this.#place(unit, from, to, quote))
    this.#state = quote ? 0 : next[this.#state + classes[unit]!]!
    if (this.#state >= firstHit) this.#open(unit, from, to, quote)
    else if (this.#hunt.crowded) this.#hunt.drown(this.#settledAt(to), to)
  }

  #open(unit: number, from: number, to: number, quote: boolean): void {
    const { hits, width } = this.#engine.literals
    const openings = hits[this.#state / width]!.map((index) => this.#engine.openings[index]!)
    this.#hunt.open(openings, this.#place(unit, from, to, quote), (back) => this.#startOf(back, to))
    if (this.#hunt.crowded) this.#hunt.drown(this.#settledAt(to), to)
  }

  #place(unit: number, from: number, to: number, quote: boolean): Step {
    const step = this.#step
    step.unit = unit
    step.from = from
    step.to = to
    step.quote = quote
    step.outside = this.#json !== undefined && !this.#json.inside
    return step
  }
}
