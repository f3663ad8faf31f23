/** The trail's one line of batches: appends and journals in groups, latches. No promise resolves before its durability. */
import { type Entry, Fault, type Keyring } from '#exchange'
import type { AckedMark } from './acked.ts'
import { Answers } from './answers.ts'
import { type DayFiles, dayFilesOf } from './dayfiles.ts'
import { isExchangeId } from './days.ts'
import { type Documents, documentsOf, writing } from './documents.ts'
import { isCustodyNote, type Journal, journalled } from './journal.ts'
import { type KeyCare, keyCareOf } from './key-care.ts'
import { type LateLines, lateLinesOf } from './late-lines.ts'
import { type LineRetention, retained } from './line-retention.ts'
import { barrierOf, earliest, type Group, Queue } from './queue.ts'
import type { Committed, Store } from './store.ts'
import type { Trail, TrailState } from './trail.ts'

/** Reply bytes wait so long for an entry to ride with, in milliseconds. */
const JOURNAL_MS = 4

type Listener = (entry: Entry, seq: number) => void

/** What stands around a trail. */
interface Around {
  readonly keyring: Pick<Keyring, 'digest'>
  readonly onLatch?: (fault: Fault) => void
  readonly journal?: Journal
  readonly acked?: AckedMark
  retention?(): LineRetention
}

/** A trail over a store, with one batch in flight. */
export class GroupTrail extends Answers implements Trail {
  readonly documents: Documents
  readonly keys: KeyCare
  readonly dayFiles: DayFiles
  readonly late: LateLines
  readonly #store: Store
  readonly #onLatch: ((fault: Fault) => void) | undefined
  readonly #journal: Journal | undefined
  readonly #retention: Around['retention']
  readonly #acked: AckedMark | undefined
  readonly #queue = new Queue()
  readonly #listeners = new Set<Listener>()
  #state: TrailState = { kind: 'open' }
  #flight: { group: Group; done: Promise<void> } | undefined
  /** performance.now() of the first byte that will never be durable. */
  #lost: number | undefined
  #timer: NodeJS.Timeout | undefined
  #starting = false
  #closed: Promise<void> | undefined

  constructor(store: Store, { keyring, onLatch, journal, retention, acked }: Around) {
    super(store, keyring)
    this.#store = store
    this.#acked = acked
    this.#retention = retention
    this.#journal = journal
    this.#onLatch = onLatch
    const write = writing(
      () => this.refusal(),
      (fault) => this.latch(fault),
    )
    const documents = documentsOf(store, write)
    this.documents = journal ? journalled(documents, journal) : documents
    this.keys = keyCareOf(store, write)
    this.dayFiles = dayFilesOf(store, write)
    this.late = lateLinesOf(store, write)
  }

  get state(): TrailState {
    return this.#state
  }

  get unjournalled(): number | undefined {
    return earliest([this.#lost, this.#flight?.group.since, this.#queue.since])
  }

  append(entry: Entry): Promise<number> {
    const refusal = this.refusal()
    if (refusal) return Promise.reject(refusal)
    if (!isExchangeId(entry.exchange)) return Promise.reject(new Fault('gateway.internal', 'not an exchange id'))
    if (this.#journal && isCustodyNote(entry))
      return this.#journal.note({ kind: 'entry', entry }).then(() => this.#append(entry))
    return this.#append(entry)
  }

  #append(entry: Entry): Promise<number> {
    const refusal = this.refusal()
    if (refusal) return Promise.reject(refusal)
    const promise = this.#queue.add(retained(entry, this.#retention?.()))
    this.#soon()
    return promise
  }

  journal(exchange: string, bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || !isExchangeId(exchange)) return
    if (this.refusal()) this.#lost ??= performance.now()
    else this.#queue.addPiece({ exchange, bytes }, performance.now())
    this.#later()
  }

  async journalled(): Promise<void> {
    const refusal = this.refusal()
    if (refusal) throw refusal
    const flying = this.#flight?.group
    const barriers = this.#queue.barriers()
    if (flying && flying.since !== undefined) barriers.push(barrierOf(flying))
    if (barriers.length > 0) this.#soon()
    await Promise.all(barriers)
  }

  /** Why nothing can be written any more, if so. */
  refusal(): Fault | undefined {
    if (this.#state.kind === 'latched') return this.#state.fault
    return this.#closed && new Fault('trail.unavailable', 'the trail is closed')
  }

  /** Shuts the trail for good. */
  latch(fault: Fault): void {
    if (this.#state.kind === 'latched') return
    this.#lost = this.unjournalled
    this.#state = { kind: 'latched', fault }
    this.#rejectAll(fault)
    this.#onLatch?.(fault)
  }

  #rejectAll(fault: Fault): void {
    for (let group = this.#queue.take(); group; group = this.#queue.take()) reject(group, fault)
  }

  /** At the end of this turn of the event loop, so that all that came in with it is one batch: a batch costs more CPU than an entry. */
  #soon(): void {
    if (this.#flight || this.#starting) return
    this.#starting = true
    setImmediate(() => {
      this.#starting = false
      this.#start()
    })
  }

  #later(): void {
    if (this.#flight || this.#timer || this.#queue.empty) return
    this.#timer = setTimeout(() => this.#start(), JOURNAL_MS)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#flight) return
    const group = this.#queue.take()
    if (!group) return
    this.#flight = { group, done: this.#commit(group) }
  }

  /** After a failure only an entry or somebody who waits makes the next attempt. */
  #next(): void {
    if (this.#queue.urgent) this.#soon()
    else if (this.#state.kind === 'open') this.#later()
  }

  /** The flight is over before anything settles, so that whoever hears of it finds the next state. */
  async #commit(group: Group): Promise<void> {
    const committed = await this.#store.commit(group.batch).catch((error) => allFailed(group, trailFault(error)))
    const { outcomes, piecesFault } = committed
    const faults = [...outcomes, piecesFault].filter((outcome) => outcome instanceof Fault)
    this.#judge(faults.find(({ code }) => code === 'trail.broken') ?? faults.find(isTrailFault))
    this.#flight = undefined
    this.#reached(outcomes)
    for (const [at, waiting] of group.waiting.entries()) this.#settle(waiting, outcomes[at])
    if (!piecesFault) group.barrier?.resolve()
    else group.barrier?.reject(piecesFault)
    if (piecesFault && this.#state.kind !== 'latched') this.#queue.giveBack(group)
    this.#next()
  }

  /** How far entries are durable is remembered before anybody hears of it. */
  #reached(outcomes: Committed['outcomes']): void {
    if (!this.#acked) return
    const last = outcomes.reduce<number>((most, one) => (typeof one === 'number' ? Math.max(most, one) : most), 0)
    if (last > 0) this.#acked.reach(last)
  }

  /** What a commit says about the store: it works, or why it does not. */
  #judge(fault: Fault | undefined): void {
    if (this.#state.kind === 'latched') return
    if (fault?.code === 'trail.broken') this.latch(fault)
    else this.#state = fault ? { kind: 'refusing', fault } : { kind: 'open' }
  }

  #settle({ entry, resolve, reject }: Group['waiting'][number], outcome: number | Fault | undefined): void {
    if (typeof outcome !== 'number') {
      reject(outcome ?? new Fault('gateway.internal', 'the store said nothing of an entry'))
      return
    }
    resolve(outcome)
    if (outcome === 0) return // it waits outside of the log
    for (const listener of this.#listeners) queueMicrotask(() => this.#call(listener, entry, outcome))
  }

  /** A listener that throws hears no more. */
  #call(listener: Listener, entry: Entry, seq: number): void {
    try {
      listener(entry, seq)
    } catch {
      this.#listeners.delete(listener)
    }
  }

  tail(listener: (entry: Entry, seq: number) => void): () => void {
    const own = (entry: Entry, seq: number) => listener(entry, seq)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  close(): Promise<void> {
    this.#closed ??= this.#flush()
    return this.#closed
  }

  /** Bytes in flight that a full disk would not take are given up: what became of them stands in their endings. */
  async #flush(): Promise<void> {
    do {
      this.#start()
      await this.#flight?.done
    } while (this.#flight || this.#queue.urgent || (this.#state.kind === 'open' && !this.#queue.empty))
    clearTimeout(this.#timer)
    this.#rejectAll(new Fault('trail.unavailable', 'the trail is closed'))
    await this.#store.close()
  }
}

function reject({ waiting, barrier }: Group, fault: Fault): void {
  for (const one of waiting) one.reject(fault)
  barrier?.reject(fault)
}

const allFailed = ({ batch }: Group, fault: Fault): Committed => ({
  outcomes: batch.entries.map(() => fault),
  ...(batch.pieces.length > 0 && { piecesFault: fault }),
})

const isTrailFault = ({ code }: Fault): boolean => code.startsWith('trail.')

const trailFault = (error: unknown): Fault =>
  error instanceof Fault ? error : new Fault('trail.unavailable', String(error), { cause: error })
