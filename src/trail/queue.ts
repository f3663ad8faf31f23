/** What waits to become durable, parted by the day of its exchange. Holds promises and bytes; never touches a store. */
import { adjoined, type Entry, type Fault } from '#exchange'
import { dayOfExchange } from './days.ts'
import { isBare, isOpening } from './entries.ts'
import type { Batch, Piece } from './store.ts'

interface Waiting {
  readonly entry: Entry
  readonly resolve: (seq: number) => void
  readonly reject: (fault: Fault) => void
}

/** Told once the reply bytes of a group are durable, or why they are not. */
type Barrier = PromiseWithResolvers<void>

/** A batch with the promises that hang on it. `since`: performance.now() of its oldest reply byte. */
export interface Group {
  readonly day: string
  readonly batch: Batch
  readonly waiting: readonly Waiting[]
  readonly since: number | undefined
  barrier: Barrier | undefined
}

interface Lot {
  waiting: Waiting[]
  pieces: Piece[]
  /** The last piece of each exchange that came since the lot was begun; nobody has taken it yet. */
  readonly newest: Map<string, { exchange: string; bytes: Uint8Array }>
  since: number | undefined
  barrier: Barrier | undefined
}

/** A batch takes at most so many entries, and no further one once their bodies have so many bytes. */
const MOST = { entries: 256, bytes: 16 * 2 ** 20 } as const

/** The queue of a trail: days in the order in which they were first waited for. */
export class Queue {
  readonly #lots = new Map<string, Lot>()

  get empty(): boolean {
    return this.#lots.size === 0
  }

  /** Whether somebody waits for an entry or for reply bytes, so that the next batch should leave at once. */
  get urgent(): boolean {
    return [...this.#lots.values()].some(({ waiting, barrier }) => waiting.length > 0 || barrier !== undefined)
  }

  /** performance.now() of the oldest reply byte that waits. */
  get since(): number | undefined {
    return earliest(Array.from(this.#lots.values(), ({ since }) => since))
  }

  add(entry: Entry): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#lot(dayOfExchange(entry.exchange)).waiting.push({ entry, resolve, reject })
    return promise
  }

  /** Bytes that go on where the exchange's last ones ended in memory are one piece with them. */
  addPiece({ exchange, bytes }: Piece, now: number): void {
    const lot = this.#lot(dayOfExchange(exchange))
    const last = lot.newest.get(exchange)
    const both = last && adjoined(last.bytes, bytes)
    if (both) last.bytes = both
    else {
      const piece = { exchange, bytes }
      lot.pieces.push(piece)
      lot.newest.set(exchange, piece)
    }
    lot.since ??= now
  }

  /** One promise for each day whose reply bytes wait: it settles when those of now, or later ones too, are durable. */
  barriers(): Promise<void>[] {
    const lots = [...this.#lots.values()].filter(({ pieces }) => pieces.length > 0)
    return lots.map(barrierOf)
  }

  /** What waits for the day that has waited longest, up to the size of a batch. */
  take(): Group | undefined {
    const [first] = this.#lots
    if (!first) return undefined
    const [day, lot] = first
    this.#lots.delete(day)
    const taken = fitting(lot.waiting)
    if (taken < lot.waiting.length) return this.#takePart(day, lot, taken)
    const batch = { entries: lot.waiting.map(({ entry }) => entry), pieces: lot.pieces }
    return { day, batch, waiting: lot.waiting, since: lot.since, barrier: lot.barrier }
  }

  /** Bytes of an exchange whose opening stays behind stay behind with it. */
  #takePart(day: string, lot: Lot, taken: number): Group {
    const waiting = lot.waiting.slice(0, taken)
    const rest = lot.waiting.slice(taken)
    const unopened = new Set(rest.flatMap(({ entry }) => (isOpening(entry) ? entry.exchange : [])))
    const [pieces, held] = [lot.pieces.filter(not(unopened)), lot.pieces.filter(has(unopened))]
    const [since, barrier] = [lot.since, lot.barrier]
    const holding = held.length > 0 ? { since, barrier } : { since: undefined, barrier: undefined }
    this.#lots.set(day, { waiting: rest, pieces: held, newest: new Map(), ...holding })
    const batch = { entries: waiting.map(({ entry }) => entry), pieces }
    return { day, batch, waiting, since, barrier: held.length > 0 ? undefined : barrier }
  }

  /** Puts reply bytes that did not become durable back before those that came later. */
  giveBack({ day, batch, since }: Group): void {
    if (batch.pieces.length === 0) return
    const lot = this.#lot(day)
    lot.pieces = [...batch.pieces, ...lot.pieces]
    lot.since = since
  }

  #lot(day: string): Lot {
    const known = this.#lots.get(day)
    if (known) return known
    const lot: Lot = { waiting: [], pieces: [], newest: new Map(), since: undefined, barrier: undefined }
    this.#lots.set(day, lot)
    return lot
  }
}

/** The promise that the reply bytes of a lot or a group become durable. */
export function barrierOf(of: { barrier: Barrier | undefined }): Promise<void> {
  of.barrier ??= Promise.withResolvers<void>()
  return of.barrier.promise
}

/** The least of those that are. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  let least: number | undefined
  for (const time of times) if (time !== undefined && (least === undefined || time < least)) least = time
  return least
}

const has = (exchanges: ReadonlySet<string>) => (piece: Piece) => exchanges.has(piece.exchange)
const not = (exchanges: ReadonlySet<string>) => (piece: Piece) => !exchanges.has(piece.exchange)

/** How many of the first entries make one batch. */
function fitting(waiting: readonly Waiting[]): number {
  let bytes = 0
  for (const [at, { entry }] of waiting.entries()) {
    if (at === MOST.entries || bytes > MOST.bytes) return at
    bytes += isBare(entry) ? 0 : (entry.body?.bytes.byteLength ?? 0)
  }
  return waiting.length
}
