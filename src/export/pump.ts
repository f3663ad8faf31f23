/** Carries entries to one sink, in order, at least once: the cursor moves after the acknowledgement, never before. */
import { type Fault, faultOf } from '#exchange'
import type { SealState, Trail } from '#trail'
import { entriesIn, keepPlace, owing, type Place, placeOf, type Stretch, strangeAt, type Untaken } from './cursor.ts'
import { Delivery } from './delivery.ts'
import { type Gathered, gather, type Reach, type Wanted } from './gather.ts'
import { Patience } from './patience.ts'
import type { Log, Row } from './row.ts'
import type { Sink } from './sink.ts'
import { type Offering, offeredAgain, passedOver, refusedAgain, stuckOn } from './untaken.ts'

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

/** How far a delivery came. */
interface Came {
  readonly seq: number
  readonly untaken: readonly Untaken[]
  /** The row that its receiver never took. */
  readonly passedOver?: number
}

type Tried = { readonly came: Came; readonly fault?: Fault } | { readonly came?: undefined; readonly fault: Fault }

/** The row of a delivery that is nothing but one row, and was refused. */
const refusedAlone = ({ rows: [row, ...others] }: Gathered, { code }: Fault) =>
  code === 'export.refused' && others.length === 0 ? row : undefined

export class Pump {
  readonly #o: PumpOptions
  readonly #stopped = new AbortController()
  readonly #done: Promise<void>
  readonly #patience: Patience
  readonly #delivery: Delivery
  #place: Place | undefined
  /** Up to this seq rows are sent one at a time, to find the one that is refused. */
  #oneByOne = 0
  /** The same for what is owed. */
  #owedOneByOne = 0
  /** Whether what is owed comes before what is new: in turns, so that neither waits for the other. */
  #owedFirst = false
  #fault: Fault | undefined
  #since: number | undefined
  #retryMs: number
  #alarmed = false
  /** Whether an entry was written since the record was last looked at, and whom that wakes. */
  #news = false
  #wake: () => void = () => undefined

  constructor(options: PumpOptions) {
    this.#o = options
    this.#retryMs = options.retryMs
    this.#patience = new Patience(options.now)
    this.#delivery = new Delivery(options.sink, options.timeoutMs, this.#stopped.signal)
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
        if (this.#delivery.any || !this.#fault?.code.startsWith('export.')) this.#well()
        if (next === 'wait' && !this.#news) await this.#rest(undefined)
        await this.#rest(next === 'on' ? 0 : this.#o.gatherMs)
      } catch (error) {
        this.#ill(faultOf(error))
        await this.#rest(this.#retryMs * (0.75 + Math.random() / 2))
        this.#retryMs = Math.min(MOST_RETRY_MS, this.#retryMs * 2)
      }
    }
  }

  /**
   * A cursor above the record's head is one of a record that was put back: what is new is sent from that head on. One that
   * somebody else put there says nothing: all that is kept is sent.
   */
  async #begin(): Promise<Place> {
    const { trail, name, from, tell } = this.#o
    const [known, head] = [await placeOf(trail, name), await trail.highest()]
    if (known !== undefined && known.seq <= head) {
      const untaken = await offeredAgain(this.#offering, known.untaken)
      return untaken.length < known.untaken.length ? this.#keep({ ...known, untaken }) : known
    }
    const strange = known === undefined ? await strangeAt(trail, name) : undefined
    const seq = strange || (known === undefined && from === 'start') ? 0 : head
    if (strange)
      tell(`export ${name}: ${strange.message}. It begins again with the oldest entry that is kept. ${strange.remedy}`)
    if (known !== undefined)
      tell(
        `export ${name}: its cursor ${known.seq} is above the record’s ${head}, and it goes on from there (document export ${name} of head.db). If no copy was put back, entries are gone: gatelog verify`,
      )
    return this.#keep({ seq, owed: [], untaken: [] })
  }

  async #keep(place: Place): Promise<Place> {
    await keepPlace(this.#o.trail, this.#o.name, place, this.#o.now())
    this.#place = place
    return place
  }

  #gather(after: number, rows: number, reach: Omit<Reach, 'log' | 'now'>): Promise<Gathered> {
    return gather(this.#o.trail, after, { ...this.#o, rows }, { log: this.#o.log(), now: this.#o.now(), ...reach })
  }

  get #offering(): Offering {
    const { name, skipAfterMs, now, tell } = this.#o
    const gather = (after: number, rows: number, reach: Omit<Reach, 'log' | 'now'>) => this.#gather(after, rows, reach)
    return { name, skipAfterMs, now, tell, gather, deliver: (rows) => this.#delivery.deliver(rows) }
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
    this.#alarm(found.rows)
    const came = found.rows.length > 0 ? await this.#send(place, found) : { seq: found.seq, untaken: place.untaken }
    const debts = found.unproven.filter((seq) => seq <= came.seq && seq !== came.passedOver)
    const owed = state.kind === 'on' ? owing(place.owed, debts) : place.owed
    if (came.seq !== place.seq) await this.#keep({ seq: came.seq, owed, untaken: came.untaken })
    if (came.seq < found.seq) return 'on'
    return found.full || isDue ? 'on' : found.unsealed || owed.length > 0 ? 'soon' : 'wait'
  }

  /** Sends again what left without its place in the log, now with it. */
  async #payBack(place: Place, [first, last]: Stretch): Promise<void> {
    const upTo = Math.min(last, this.#o.log()?.size ?? 0)
    const most = first <= this.#owedOneByOne ? 1 : this.#o.rows
    const found = await this.#gather(first - 1, most, { waits: false, last: upTo })
    const came =
      found.rows.length > 0 ? await this.#sendAgain(place, found) : { seq: found.seq, untaken: place.untaken }
    const reached = found.full || came.seq < found.seq ? came.seq : upTo
    const rest: readonly Stretch[] = reached < last ? [[reached + 1, last]] : []
    await this.#keep({ ...place, untaken: came.untaken, owed: [...rest, ...place.owed.slice(1)] })
  }

  /** Delivers what is owed. A row that is refused alone is a debt no more: it was taken once, and is told as untaken. */
  async #sendAgain(place: Place, found: Gathered): Promise<Came> {
    const { came, fault } = await this.#tried(place, found)
    if (fault?.code === 'export.refused') this.#owedOneByOne = Math.max(this.#owedOneByOne, found.seq)
    if (came) return came
    const row = refusedAlone(found, fault)
    const untaken = row && refusedAgain(this.#offering, place.untaken, row, fault)
    if (!untaken) throw fault
    return { seq: found.seq, untaken }
  }

  /** Delivers rows. @throws what the sink does, unless it came further or one row is passed over */
  async #send(place: Place, found: Gathered): Promise<Came> {
    const { came, fault } = await this.#tried(place, found)
    if (fault?.code === 'export.refused') this.#oneByOne = Math.max(this.#oneByOne, found.seq)
    if (came) return came
    const row = refusedAlone(found, fault)
    if (!row) throw fault
    const stuck = stuckOn(place, row, this.#o.now())
    const own = stuck === place.stuck ? place : await this.#keep({ ...place, stuck })
    const untaken = await passedOver(this.#offering, own, found, fault)
    if (!untaken) throw fault
    return { seq: found.seq, untaken, passedOver: row.seq }
  }

  /** How far rows came, and why no further. What was acknowledged before the rest failed, or its time was up, is not sent again. */
  async #tried({ untaken }: Place, { rows, seq }: Gathered): Promise<Tried> {
    try {
      await this.#delivery.deliver(rows)
      return { came: { seq, untaken } }
    } catch (error) {
      const fault = faultOf(error)
      const last = rows[this.#delivery.taken - 1]
      return last ? { came: { seq: last.seq, untaken }, fault } : { fault }
    }
  }

  /** Told once: the rows say it of each. */
  #alarm(rows: readonly Row[]): void {
    const row = rows.find(({ seal }) => seal !== undefined)
    if (!row || this.#alarmed) return
    this.#alarmed = true
    this.#o.tell(`export ${this.#o.name}: entry ${row.seq} is ${row.seal}, and its row says so: gatelog verify`)
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
