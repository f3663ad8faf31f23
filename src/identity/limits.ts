/** What one actor may use at a time, so that nobody stops the others. In memory, bounded. */
import { Fault } from '#exchange'

const HOUR_MS = 3_600_000
const PARTS = 12
const MOST_ACTORS = 50_000

export interface LimitsOptions {
  readonly openStreams: number
  readonly openSockets: number
  readonly bytesPerHour: number
  /** Bytes of bodies that the open exchanges of one actor may hold at a time, and those of all actors. */
  readonly openBytes: number
  readonly openBytesInAll: number
  readonly now: () => number
}

/** What one exchange holds of the bytes that may be held; it gives them back when it is left. */
export interface Hold extends Disposable {
  /** @throws limit.open_bytes */
  take(bytes: number): void
}

/** Gives the place back; calling it twice does no harm. */
export type Release = () => void

interface Use {
  open: number
  sockets: number
  /** Bytes of bodies that are held. */
  bytes: number
  /** Bytes per five minutes: [number of the part, bytes]. */
  parts: [number, number][]
}

export class Limits {
  #options: LimitsOptions
  readonly #use = new Map<string, Use>()
  #bytes = 0

  constructor(options: LimitsOptions) {
    this.#options = options
  }

  /** Other limits from now on; what is in use stays counted. */
  set(options: Omit<LimitsOptions, 'now'>): void {
    this.#options = { ...this.#options, ...options }
  }

  /** Takes a place for one open exchange. @throws limit.requests, limit.bytes */
  admit(actor: string): Release {
    const use = this.#of(actor)
    const { openStreams, bytesPerHour } = this.#options
    if (use.open >= openStreams) throw new Fault('limit.requests', `${openStreams} at a time`)
    if (this.#sum(use) >= bytesPerHour) throw new Fault('limit.bytes', `${bytesPerHour} bytes an hour`)
    use.open++
    let held = true
    return () => {
      if (held) use.open--
      held = false
    }
  }

  /** Counts the bytes of one exchange's bodies from now until it is left. */
  hold(actor: string): Hold {
    const use = this.#of(actor)
    let held = 0
    const count = (bytes: number) => {
      held += bytes
      use.bytes += bytes
      this.#bytes += bytes
    }
    return {
      take: (bytes) => {
        const { openBytes, openBytesInAll } = this.#options
        if (use.bytes + bytes > openBytes) throw new Fault('limit.open_bytes', `${openBytes} of one actor`)
        if (this.#bytes + bytes > openBytesInAll) throw new Fault('limit.open_bytes', `${openBytesInAll} in all`)
        count(bytes)
      },
      [Symbol.dispose]: () => count(-held),
    }
  }

  /** Takes a place for one open WebSocket; its turns take theirs by `admit`. @throws limit.sockets */
  socket(actor: string): Release {
    const use = this.#of(actor)
    const { openSockets } = this.#options
    if (use.sockets >= openSockets) throw new Fault('limit.sockets', `${openSockets} at a time`)
    use.sockets++
    let held = true
    return () => {
      if (held) use.sockets--
      held = false
    }
  }

  /** Counts bytes that an actor sent. */
  bytes(actor: string, count: number): void {
    const use = this.#of(actor)
    const part = this.#part()
    const last = use.parts.at(-1)
    if (last?.[0] === part) last[1] += count
    else use.parts.push([part, count])
  }

  #part(): number {
    return Math.floor(this.#options.now() / (HOUR_MS / PARTS))
  }

  #sum(use: Use): number {
    const oldest = this.#part() - PARTS
    use.parts = use.parts.filter(([part]) => part > oldest)
    return use.parts.reduce((sum, [, bytes]) => sum + bytes, 0)
  }

  #of(actor: string): Use {
    const known = this.#use.get(actor)
    if (known) return known
    if (this.#use.size >= MOST_ACTORS) this.#forgetIdle()
    const fresh: Use = { open: 0, sockets: 0, bytes: 0, parts: [] }
    this.#use.set(actor, fresh)
    return fresh
  }

  #forgetIdle(): void {
    for (const [actor, use] of this.#use)
      if (use.open + use.sockets === 0 && this.#sum(use) === 0) this.#use.delete(actor)
  }
}

export const openLimits = (options: LimitsOptions): Limits => new Limits(options)
