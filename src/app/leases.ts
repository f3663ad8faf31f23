/** The gateway's own credentials, on short leases from whoever holds them. What a lease brings is masked before it is sent. */
import type { CheckRow } from '#console'
import { Fault, faultOf } from '#exchange'
import type { OwnCredentials } from '#gateway'
import type { Config } from './config.ts'

/** How long a lease lasts, and how often each is taken anew, in ms. */
const LEASE_MS = 60_000
const RENEW_MS = 20_000
/** Former values of a connection that are still masked: one that was rotated may come back for a while. */
const MOST_FORMER = 4

/** Asks for what one is now. @throws upstream.credential, trail.keyholder */
type Ask = (connection: string) => Promise<string>

interface Lease {
  readonly value: string
  readonly version: number
  /** On the monotonic clock; moved on as it is renewed. */
  until: number
}

export interface LeaseOptions {
  /** Monotonic milliseconds. */
  clock(): number
  tell(line: string): void
  /** A value has changed: who masks has to know those of `values` before any is sent. */
  changed(): void
}

export class Leases {
  readonly #o: LeaseOptions
  #ask: Ask | undefined
  #leases: ReadonlyMap<string, Lease> = new Map()
  readonly #former = new Map<string, readonly string[]>()
  #timer: NodeJS.Timeout | undefined
  #failing = new Set<string>()

  constructor(options: LeaseOptions) {
    this.#o = options
  }

  /** Takes the first leases of these connections, in place of those before: all of them, or none. @throws upstream.credential */
  async take(connections: readonly string[], ask: Ask): Promise<void> {
    const taken = await Promise.all(connections.map(async (each) => [each, await ask(each)] as const))
    this.#ask = ask
    const names = new Set(connections)
    this.#leases = new Map([...this.#leases].filter(([name]) => names.has(name)))
    this.#put(new Map(taken))
    for (const name of this.#former.keys()) if (!this.#leases.has(name)) this.#former.delete(name)
    this.#failing.clear()
    clearInterval(this.#timer)
    this.#timer = connections.length ? setInterval(() => void this.renew(), RENEW_MS) : undefined
    this.#timer?.unref()
  }

  /** What is sent now. */
  get current(): string[] {
    return [...this.#leases.values()].map(({ value }) => value)
  }

  /** Everything that is to be masked: what is sent, and what was until of late. */
  get values(): string[] {
    return [...this.current, ...[...this.#former.values()].flat()]
  }

  /** Those of now, for one house: what comes later is for the next one, whose masking knows it. */
  get own(): OwnCredentials {
    const leases = this.#leases
    const { clock } = this.#o
    return {
      of(connection) {
        const lease = leases.get(connection)
        if (lease && clock() < lease.until) return lease.value
        throw new Fault('upstream.credential', connection)
      },
      version: (connection) => leases.get(connection)?.version ?? 0,
    }
  }

  /** Whether each of these is there, and where from. */
  rows(sources: Config['credentials']): CheckRow[] {
    const { own } = this
    return Object.entries(sources).map(([name, source]): CheckRow => {
      const told = `${name}: ${placeOf(source)}`
      if (this.#failing.has(name) || !isThere(own, name))
        return { check: 'credential', state: 'fail', told: `${told}, which does not give one now`, remedy: REMEDY }
      return { check: 'credential', state: 'ok', told }
    })
  }

  /** Takes each anew; one that cannot be had runs out. Never rejects. */
  async renew(): Promise<void> {
    const ask = this.#ask
    if (!ask) return
    const before = this.#leases
    const taken = await Promise.all(
      [...before.keys()].map(async (each) => [each, await this.#renewed(each, ask)] as const),
    )
    if (this.#leases !== before) return // others were put in force meanwhile
    const had = new Map(taken.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
    if (this.#put(had)) this.#o.changed()
  }

  async #renewed(connection: string, ask: Ask): Promise<string | undefined> {
    try {
      const value = await ask(connection)
      if (this.#failing.delete(connection)) this.#o.tell(`the credential of ${connection} can be had again`)
      return value
    } catch (error) {
      if (!this.#failing.has(connection)) this.#o.tell(`the credential of ${connection}: ${faultOf(error).message}`)
      this.#failing.add(connection)
      return undefined
    }
  }

  /** Whether any is another one. */
  #put(values: ReadonlyMap<string, string>): boolean {
    const until = this.#o.clock() + LEASE_MS
    const changed = [...values].filter(([name, value]) => this.#leases.get(name)?.value !== value)
    for (const name of values.keys()) {
      const lease = this.#leases.get(name)
      if (lease) lease.until = until
    }
    if (changed.length === 0) return false
    const leases = new Map(this.#leases)
    for (const [name, value] of changed) {
      const before = leases.get(name)
      if (before) this.#former.set(name, [before.value, ...(this.#former.get(name) ?? [])].slice(0, MOST_FORMER))
      leases.set(name, { value, until, version: (before?.version ?? 0) + 1 })
    }
    this.#leases = leases
    return true
  }

  close(): void {
    clearInterval(this.#timer)
    this.#ask = undefined
  }
}

const REMEDY = 'Look at what connections.*.key names; it is tried again every 20 seconds.'

function isThere(own: OwnCredentials, name: string): boolean {
  try {
    return own.of(name) !== ''
  } catch {
    return false // it has run out
  }
}

/** Where a credential comes from, and what of it is in the gateway's memory for good. */
function placeOf(source: Config['credentials'][string]): string {
  if ('command' in source) return `printed by ${source.command[0]}`
  const places = source.parts.flatMap((part) => ('file' in part ? part.file : 'env' in part ? `$${part.env}` : []))
  if (places.length === 0) return 'written in the configuration: a reference to a file keeps it out of there'
  return `from ${places.join(' and ')}`
}
