/** Carries entries to one sink, in order, at least once: the cursor moves after the acknowledgement, never before. */
import { Fault, faultOf } from '#exchange'
import type { Trail } from '#trail'
import { cursorOf, moveCursor } from './cursor.ts'
import { gather, type Wanted } from './gather.ts'
import type { Log, Row } from './row.ts'
import type { Sink } from './sink.ts'

export interface PumpOptions extends Wanted {
  readonly name: string
  readonly sink: Sink
  readonly trail: Trail
  readonly from: 'start' | 'now'
  readonly timeoutMs: number
  /** How long rows are gathered before a batch that is not full leaves, ms. */
  readonly gatherMs: number
  /** How long after a failure it is tried again at first; doubled each time, up to a minute. */
  readonly retryMs: number
  log(): Log | undefined
  now(): number
  tell(line: string): void
}

const MOST_RETRY_MS = 60_000

export interface PumpState {
  /** Entries up to this seq are delivered; undefined before the record was first looked at. */
  readonly cursor: number | undefined
  readonly fault: Fault | undefined
  /** Since when it fails, ms since the Unix epoch. */
  readonly since: number | undefined
}

export class Pump {
  readonly #o: PumpOptions
  readonly #stopped = new AbortController()
  readonly #done: Promise<void>
  #cursor: number | undefined
  #fault: Fault | undefined
  #since: number | undefined
  #retryMs: number
  /** Whether an entry was written since the record was last looked at, and whom that wakes. */
  #news = false
  #wake: () => void = () => undefined

  constructor(options: PumpOptions) {
    this.#o = options
    this.#retryMs = options.retryMs
    const stop = options.trail.tail(() => {
      this.#news = true
      this.#wake()
    })
    this.#done = this.#run().finally(stop)
  }

  get state(): PumpState {
    return { cursor: this.#cursor, fault: this.#fault, since: this.#since }
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        this.#cursor ??= await this.#begin()
        this.#news = false
        const next = await this.#step(this.#cursor)
        this.#well()
        if (next === 'wait' && !this.#news) await this.#rest(undefined)
        await this.#rest(next === 'on' ? 0 : this.#o.gatherMs)
      } catch (error) {
        this.#ill(faultOf(error))
        await this.#rest(this.#retryMs * (0.75 + Math.random() / 2))
        this.#retryMs = Math.min(MOST_RETRY_MS, this.#retryMs * 2)
      }
    }
  }

  /** A cursor above the record's head is one of a record that was put back: what is new is sent from that head on. */
  async #begin(): Promise<number> {
    const { trail, name, from, tell, now } = this.#o
    const [known, head] = [await cursorOf(trail, name), await trail.highest()]
    if (known !== undefined && known <= head) return known
    const seq = known === undefined && from === 'start' ? 0 : head
    if (known !== undefined)
      tell(`export ${name}: its cursor ${known} is above the record’s ${head}; it goes on from there`)
    await moveCursor(trail, name, seq, now())
    return seq
  }

  /** What is to be done then: go `on` at once, look again `soon`, `wait` for the next entry. */
  async #step(cursor: number): Promise<'on' | 'soon' | 'wait'> {
    const { trail, name, now, log } = this.#o
    const { rows, seq, full, unsealed } = await gather(trail, cursor, this.#o, { log: log(), now: now() })
    if (rows.length > 0) await this.#deliver(rows)
    if (seq !== cursor) await moveCursor(trail, name, seq, now())
    this.#cursor = seq
    return full ? 'on' : unsealed ? 'soon' : 'wait'
  }

  /** A sink that never settles is left alone once its time is up. */
  async #deliver(rows: readonly Row[]): Promise<void> {
    const { sink, timeoutMs } = this.#o
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(timeoutMs)])
    const { promise, reject } = Promise.withResolvers<never>()
    const stop = () => reject(new Fault('export.unreachable', `no acknowledgement within ${timeoutMs} ms`))
    signal.addEventListener('abort', stop, { once: true })
    await Promise.race([sink.deliver(rows, signal), promise]).finally(() => signal.removeEventListener('abort', stop))
  }

  #well(): void {
    if (this.#fault) this.#o.tell(`export ${this.#o.name}: delivers again`)
    this.#fault = undefined
    this.#since = undefined
    this.#retryMs = this.#o.retryMs
  }

  /** Told once, until it works again. */
  #ill(fault: Fault): void {
    if (this.#stopped.signal.aborted) return
    if (!this.#fault) this.#o.tell(`export ${this.#o.name}: ${fault.message}. ${fault.remedy}`)
    this.#fault = fault
    this.#since ??= this.#o.now()
  }

  /** So long, or until an entry is written; less where the pump is to end. */
  async #rest(ms: number | undefined): Promise<void> {
    const { signal } = this.#stopped
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    const timer = ms === undefined ? undefined : setTimeout(wake, ms)
    if (ms === undefined) this.#wake = wake
    signal.addEventListener('abort', wake, { once: true })
    await promise
    signal.removeEventListener('abort', wake)
    clearTimeout(timer)
    this.#wake = () => undefined
  }

  /** Lets go at once: what was not acknowledged is sent again by the next process. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#done
    await this.#o.sink.close()
  }
}
