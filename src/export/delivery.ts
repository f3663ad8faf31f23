/** One sink's deliveries: each ends in its time, and tells how far it came. Keeps no cursor and tries nothing again. */
import { Fault } from '#exchange'
import type { Row } from './row.ts'
import type { Sink } from './sink.ts'

export class Delivery {
  readonly #sink: Sink
  readonly #timeoutMs: number
  readonly #stopped: AbortSignal
  #taken = 0
  #any = false

  /** `stopped` ends whatever is under way. */
  constructor(sink: Sink, timeoutMs: number, stopped: AbortSignal) {
    this.#sink = sink
    this.#timeoutMs = timeoutMs
    this.#stopped = stopped
  }

  /** Of the newest delivery: how many of its first rows were acknowledged one by one. */
  get taken(): number {
    return this.#taken
  }

  /** Whether anything was acknowledged since this was asked last. */
  get any(): boolean {
    const any = this.#any
    this.#any = false
    return any
  }

  /** A sink that never settles is left alone once its time is up. @throws export.* */
  async deliver(rows: readonly Row[]): Promise<void> {
    this.#taken = 0
    const signal = AbortSignal.any([this.#stopped, AbortSignal.timeout(this.#timeoutMs)])
    const { promise, reject } = Promise.withResolvers<never>()
    const stop = () => reject(new Fault('export.unreachable', `no acknowledgement within ${this.#timeoutMs} ms`))
    signal.addEventListener('abort', stop, { once: true })
    const taken = (count: number) => {
      if (signal.aborted) return
      this.#taken = count
      this.#any = true
    }
    await Promise.race([this.#sink.deliver(rows, signal, taken), promise]).finally(() =>
      signal.removeEventListener('abort', stop),
    )
    this.#any = true
  }
}
