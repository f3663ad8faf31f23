/** Carries entries to one sink, in order, at least once: the cursor moves after the acknowledgement, never before. */
import { Fault, faultOf } from '#exchange'
import type { SealState, Trail } from '#trail'
import { entriesIn, keepPlace, owing, type Place, placeOf, type Stretch, type Untaken } from './cursor.ts'
import { type Gathered, gather, type Reach, type Wanted } from './gather.ts'
import { Patience } from './patience.ts'
import type { Log, Row } from './row.ts'
import type { Sink } from './sink.ts'
import { type Offering, offeredAgain, passedOver, stuckOn } from './untaken.ts'

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
  /** How long one row is refused, while what follows it is taken, before it is passed over, ms; 0: for ever. */
  readonly skipAfterMs: number
  log(): Log | undefined
  /** What the sealer does; asked of the trail where nobody else says. */
  sealing?(): Promise<SealState>
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
  readonly untaken: readonly Untaken[]
  /** Entries that left without their place in the log, and are sent again with it. */
  readonly owed: number
}

export class Pump {
  readonly #o: PumpOptions
  readonly #stopped = new AbortController()
  readonly #done: Promise<void>
  readonly #patience: Patience
  #place: Place | undefined
  /** Up to this seq rows are sent one at a time, to find the one that is refused. */
  #oneByOne = 0
  /** Whether what is owed comes before what is new: in turns, so that neither waits for the other. */
  #owedFirst = false
  #fault: Fault | undefined
  #since: number | undefined
  #retryMs: number
  /** Whether an entry was written since the record was last looked at, and whom that wakes. */
  #news = false
  #wake: () => void = () => undefined

  constructor(options: PumpOptions) {
    this.#o = options
    this.#retryMs = options.retryMs
    this.#patience = new Patience(options.now)
    const stop = options.trail.tail(() => {
      this.#news = true
      this.#wake()
    })
    this.#done = this.#run().finally(stop)
  }

  get state(): PumpState {
    const { seq, untaken = [], owed = [] } = this.#place ?? {}
    return { cursor: seq, fault: this.#fault, since: this.#since, untaken, owed: entriesIn(owed) }
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        this.#place ??= await this.#begin()
        this.#news = false
        const next = await this.#step(this.#place)
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
  async #begin(): Promise<Place> {
    const { trail, name, from, tell } = this.#o
    const [known, head] = [await placeOf(trail, name), await trail.highest()]
    if (known !== undefined && known.seq <= head) {
      const untaken = await offeredAgain(this.#offering, known.untaken)
      return untaken.length < known.untaken.length ? this.#keep({ ...known, untaken }) : known
    }
    const seq = known === undefined && from === 'start' ? 0 : head
    if (known !== undefined)
      tell(`export ${name}: its cursor ${known.seq} is above the record’s ${head}; it goes on from there`)
    return this.#keep({ seq, owed: [], untaken: [] })
  }

  async #keep(place: Place): Promise<Place> {
    await keepPlace(this.#o.trail, this.#o.name, place, this.#o.now())
    this.#place = place
    return place
  }

  #gather(after: number, rows: number, reach: Omit<Reach, 'log'>): Promise<Gathered> {
    return gather(this.#o.trail, after, { ...this.#o, rows }, { log: this.#o.log(), ...reach })
  }

  get #offering(): Offering {
    const { name, skipAfterMs, now, tell } = this.#o
    const gather = (after: number, rows: number, reach: Omit<Reach, 'log'>) => this.#gather(after, rows, reach)
    return { name, skipAfterMs, now, tell, gather, deliver: (rows) => this.#deliver(rows) }
  }

  /** What is to be done then: go `on` at once, look again `soon`, `wait` for the next entry. */
  async #step(place: Place): Promise<'on' | 'soon' | 'wait'> {
    const [debt] = place.owed
    const isDue = debt !== undefined && (this.#o.log()?.size ?? 0) >= debt[0]
    this.#owedFirst = !this.#owedFirst
    if (isDue && this.#owedFirst) {
      await this.#payBack(place, debt)
      return 'on'
    }
    const state = await (this.#o.sealing?.() ?? this.#o.trail.sealed())
    const most = place.seq < this.#oneByOne ? 1 : this.#o.rows
    const found = await this.#gather(place.seq, most, { waits: this.#patience.waits(state) })
    const untaken = found.rows.length > 0 ? await this.#send(place, found) : place.untaken
    const owed = state.kind === 'on' ? owing(place.owed, found.unproven) : place.owed
    if (found.seq !== place.seq) await this.#keep({ seq: found.seq, owed, untaken })
    return found.full || isDue ? 'on' : found.unsealed || owed.length > 0 ? 'soon' : 'wait'
  }

  /** Sends again what left without its place in the log, now with it. */
  async #payBack(place: Place, [first, last]: Stretch): Promise<void> {
    const upTo = Math.min(last, this.#o.log()?.size ?? 0)
    const found = await this.#gather(first - 1, this.#o.rows, { waits: false, last: upTo })
    if (found.rows.length > 0) await this.#deliver(found.rows)
    const reached = found.full ? found.seq : upTo
    const rest: readonly Stretch[] = reached < last ? [[reached + 1, last]] : []
    await this.#keep({ ...place, owed: [...rest, ...place.owed.slice(1)] })
  }

  /** Delivers rows; what is untaken then. @throws what the sink does, unless one row is passed over */
  async #send(place: Place, found: Gathered): Promise<readonly Untaken[]> {
    try {
      await this.#deliver(found.rows)
      return place.untaken
    } catch (error) {
      const fault = faultOf(error)
      if (fault.code !== 'export.refused') throw fault
      this.#oneByOne = Math.max(this.#oneByOne, found.seq)
      const [row, ...others] = found.rows
      if (!row || others.length > 0) throw fault
      const stuck = stuckOn(place, row, this.#o.now())
      const own = stuck === place.stuck ? place : await this.#keep({ ...place, stuck })
      const untaken = await passedOver(this.#offering, own, found, fault)
      if (!untaken) throw fault
      return untaken
    }
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
