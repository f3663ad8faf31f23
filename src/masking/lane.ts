/** One text that arrives in parts, and what of it must be masked; stores no more of it than a decision still needs. */
import { Fault } from '#exchange'
import type { LaneFinding } from './edits.ts'
import type { Engine } from './engine.ts'
import type { Hunt } from './hunt.ts'
import type { LaneOptions } from './marks.ts'
import { Reading } from './reading.ts'

const NO_OPTIONS: LaneOptions = {}

/**
 * What is masked depends on the characters alone, never on how they were cut into pushes. All offsets are UTF-16 units
 * of the raw text, end exclusive. In `json` mode the raw text is JSON and secrets are sought in what it means.
 */
export class Lane {
  readonly #reading: Reading
  readonly #hunt: Hunt
  #ended = false
  #rendered = 0

  constructor(engine: Engine, mode: 'text' | 'json', options: LaneOptions = NO_OPTIONS) {
    this.#reading = new Reading(engine, mode, options)
    this.#hunt = this.#reading.hunt
  }

  /** Whether no more text will come. */
  get ended(): boolean {
    return this.#ended
  }

  /** Raw units pushed so far. */
  get length(): number {
    return this.#reading.length
  }

  /** A copy of what was found and not taken, in order; stretches past `settled` may still grow or unite. */
  get findings(): readonly LaneFinding[] {
    return this.#hunt.record.list
  }

  /** Raw offset up to which the output is decided. It never falls. */
  get settled(): number {
    return this.#ended ? this.#reading.length : this.#reading.settled
  }

  /** @throws Fault gateway.internal after `end`. */
  push(text: string): void {
    if (this.#ended) throw new Fault('gateway.internal', 'a masking lane was pushed after its end')
    this.#reading.push(text)
  }

  /** No more text will come: every suspicion is decided. */
  end(): void {
    if (this.#ended) return
    this.#reading.end()
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
    const upTo = Math.min(this.#rendered, this.#ended ? this.#reading.length : this.#reading.final)
    if (this.#hunt.receiver !== this.#hunt.record) this.#hunt.receiver.take(upTo)
    return this.#hunt.record.take(upTo)
  }

  /** Too much waits elsewhere: masks all from `settled` to now as `overlong`, and goes on until the candidates end. */
  overflow(): void {
    if (!this.#ended) this.#reading.overflow()
  }

  #mayRender(to: number): void {
    if (to > this.settled) throw new Fault('gateway.internal', 'an unsettled text was to be rendered')
    this.#rendered = Math.max(this.#rendered, to)
  }
}
