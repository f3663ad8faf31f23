/** Seals what became durable, in its order, behind the appends: nobody waits for it. Runs beside the store; no SQL. */
import { Fault, faultOf } from '#exchange'
import type { Head } from './files.ts'
import { sha256 } from './hashes.ts'
import { absentLeaf, commitmentsOf, printLeaf, type Salts, unprovenLeaf } from './leaf.ts'
import { TILE } from './tiles.ts'
import type { LogWriter } from './writer.ts'

/** How long an entry waits to be sealed at most, in ms, and how many wait at most before it begins at once. */
const SEAL = { ms: 1000, entries: TILE } as const
/**
 * Entries made into leaves at a time: a commit waits for these. Where more waits it is a quarter of that, so that sealing keeps up
 * with whatever is written.
 */
const STEP = { least: 32, most: 2048 } as const
/** Leaves for one head at most. A head takes the same few turns whatever it covers. */
const MOST = TILE ** 2

/** An entry that is durable and not sealed. */
export interface Sealable {
  readonly seq: number
  /** As `printEntry` wrote it; undefined where there is no such entry any more. */
  readonly json: string | undefined
  readonly salts: Salts
  /** SHA-256 of the body's bytes where somebody took it; else `bytes` gives them. */
  readonly body: Uint8Array | undefined
  bytes(): Uint8Array | undefined
  /** Whether it was written by who had the record’s key; `body` is SHA-256 of its body’s bytes. @throws trail.* */
  isProven(body: Uint8Array | undefined): boolean
}

/** What is to be sealed. */
export interface Unsealed {
  /** The seq of the last durable entry. */
  readonly last: number
  /** The entries from `seq` on, in their order and without a hole, at most `most`. @throws trail.* */
  take(seq: number, most: number): readonly Sealable[]
}

/** What the sealer is doing. `size`: how many entries are sealed. */
export type SealState =
  | {
      readonly kind: 'off'
      readonly why: string
      readonly size: number
      readonly head?: string
      /** Entries were sealed before, and the log is gone. */
      readonly lost?: true
    }
  | {
      readonly kind: 'on'
      readonly vkey: string
      readonly size: number
      /** The signed head, once there is one. */
      readonly head?: string
      /** Why the last round failed, and the code of that; it is tried again. */
      readonly fault?: string
      readonly code?: string
    }

/** The origin of the log: its head's, or that of the key that seals; undefined where neither is known. */
export const originOf = (state: SealState): string | undefined =>
  state.head?.split('\n')[0] ?? (state.kind === 'on' ? state.vkey.split('+')[0] : undefined)

export interface SealerOptions {
  /** Opens the log; again after a failure. */
  open(): Promise<LogWriter>
  readonly unsealed: Unsealed
  /** Runs a work that reads a body, with the keys that it takes; undefined where the body can be read no more. */
  reading(work: () => Uint8Array | undefined): Promise<Uint8Array | undefined>
  /** A head over so many entries is shown: told of the first one and of the last. */
  shown(size: number): void
  /** Told of a fault of the disk. */
  failed(error: unknown): void
}

/** One sealer for one store. It tries again after a failure, a second later. */
export class Sealer {
  readonly #o: SealerOptions
  #log: LogWriter | undefined
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #fault: Fault | undefined
  #closing = false
  #shown = false

  constructor(options: SealerOptions) {
    this.#o = options
  }

  get head(): Head | undefined {
    return this.#log?.head
  }

  /** The last failure, until a round succeeds. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  /** Opens the log. A key that does not fit is told at once; all else is tried again. @throws seal.key */
  async open(): Promise<void> {
    try {
      this.#log = await this.#o.open()
    } catch (error) {
      this.#failed(error)
      if (faultOf(error).code === 'seal.key') throw error
    }
    this.wake()
  }

  #failed(error: unknown): void {
    this.#fault = faultOf(error)
    this.#log = undefined
    this.#o.failed(error)
  }

  /** Entries became durable. */
  wake(): void {
    const sealed = this.#log?.size ?? 0
    const waiting = this.#o.unsealed.last - sealed
    if (this.#closing || (this.#log && waiting <= 0)) return
    if (waiting >= SEAL.entries && !this.#fault) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), SEAL.ms)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#round ??= this.#seal().finally(() => {
      this.#round = undefined
      this.wake()
    })
  }

  /**
   * Where the next head ends: with the last entry, or, where as much waits as fills a tile, with the last whole tile. So no
   * partial tile is written that gives way within a second; what is left waits at most as long as always.
   */
  #until(size: number): number {
    const last = Math.min(this.#o.unsealed.last, size + MOST)
    return last - size >= TILE && !this.#closing ? last - (last % TILE) : last
  }

  /** One head over what waits, up to `MOST` leaves. Never rejects. */
  async #seal(): Promise<void> {
    try {
      this.#log ??= await this.#o.open()
      const until = this.#until(this.#log.size)
      while (this.#log.size < until) {
        const some = this.#o.unsealed.take(this.#log.size + 1, Math.min(this.#step(), until - this.#log.size))
        for (const entry of some) this.#log.add(Buffer.from(await this.#leaf(entry)))
        await new Promise(setImmediate)
      }
      await this.#log.publish()
      this.#fault = undefined
      if (!this.#shown && this.#log.head) this.#o.shown(this.#log.head.size)
      this.#shown ||= this.#log.head !== undefined
    } catch (error) {
      this.#failed(error)
    }
  }

  #step(): number {
    const waiting = this.#o.unsealed.last - (this.#log?.size ?? 0)
    return Math.min(Math.max(STEP.least, waiting >> 2), STEP.most)
  }

  /** The leaf of an entry, or of the hole where it was; the log vouches for nothing that somebody else wrote. */
  async #leaf({ seq, json, salts, body, bytes, isProven }: Sealable): Promise<string> {
    const entry = parsed(json)
    if (!entry) return absentLeaf(seq)
    const own = entry['body'] === undefined || body ? body : await this.#o.reading(bytes)
    const digest = own === body ? body : own && sha256(own)
    return isProven(digest) ? printLeaf(seq, entry, commitmentsOf(entry, salts, digest)) : unprovenLeaf(seq)
  }

  /** Resolves once all is sealed that is durable now: asked by whoever is about to remove some of it. @throws trail.unavailable */
  async reach(): Promise<void> {
    const { last } = this.#o.unsealed
    while ((this.#log?.head?.size ?? 0) < last && !this.#closing) {
      this.#start()
      await this.#round
      if (this.#fault) throw new Fault('trail.unavailable', `what goes must be sealed first: ${this.#fault.message}`)
    }
  }

  /** Seals what is left and ends; what cannot be sealed now is at the next start. */
  async close(): Promise<void> {
    this.#closing = true
    clearTimeout(this.#timer)
    await this.#round
    do await this.#seal()
    while (!this.#fault && (this.#log?.size ?? 0) < this.#o.unsealed.last)
    if (this.#log?.head) this.#o.shown(this.#log.head.size)
    await this.#log?.close().catch((error: unknown) => this.#failed(error))
  }
}

function parsed(json: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}
