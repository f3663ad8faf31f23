/** What is done to the record itself: holds, purges. Each leaves its entry before it takes effect. Reads no body. */
import type { Fact, Keyring, Purge, PurgedDay } from '#exchange'
import { dayOf } from '../days.ts'
import { printTaken } from '../seal/taken.ts'
import type { Trail } from '../trail.ts'
import { Holds, type Lines } from './holds.ts'
import { fateOf, type PurgeRow } from './purge.ts'
import { sealedUpTo } from './sealed.ts'

/** Who does it, and why. */
export interface Doer {
  readonly who: Fact
  readonly why: string
}

export interface CustodyHouse {
  readonly trail: Pick<
    Trail,
    'append' | 'documents' | 'claims' | 'find' | 'recorded' | 'exchange' | 'dayFiles' | 'sealed' | 'highest' | Lines
  >
  readonly keyring: Pick<Keyring, 'digest'>
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** A fresh UUIDv7. */
  uuid(): string
}

export interface Purged {
  readonly rows: readonly PurgeRow[]
  /** The entry's seq; absent where there was nothing to remove. */
  readonly seq?: number
  /** Bytes given back. */
  readonly bytes: number
}

/** The keeper of a trail. */
export class Custody {
  readonly holds: Holds
  readonly #house: CustodyHouse

  constructor(house: CustodyHouse) {
    this.#house = house
    this.holds = new Holds(house)
  }

  /** What a purge would do now, to every day file. `before`: a day, UTC; older ones go too where nothing forbids it. */
  async plan(before?: string): Promise<readonly PurgeRow[]> {
    const { trail, now } = this.#house
    const today = dayOf(now())
    const rows: PurgeRow[] = []
    const holds = await this.holds.list()
    const holding = (name: string) => this.holds.holding(name, holds)
    for (const file of await trail.dayFiles.list())
      rows.push(await this.#counted(await fateOf(file, { today, before, holding })))
    return rows
  }

  /** What goes is counted by its entries: the index can tell of more. */
  async #counted(row: PurgeRow): Promise<PurgeRow> {
    if (row.fate === 'keep') return row
    const exchanges = await this.#house.trail.dayFiles.begunIn(row.name)
    const strange = row.exchanges - exchanges
    return { ...row, exchanges, ...(strange > 0 && { strange }) }
  }

  /** Removes what the plan of this moment lets go; no hold begins meanwhile. The entry is durable before a file goes, and its keys with it. @throws trail.* */
  purge(doer: Doer, before?: string): Promise<Purged> {
    return this.holds.alone(() => this.#purge(doer, before))
  }

  async #purge({ who, why }: Doer, before: string | undefined): Promise<Purged> {
    const { trail, now, uuid } = this.#house
    const rows = await this.plan(before)
    const going = rows.filter(({ fate }) => fate === 'purge')
    if (going.length === 0) return { rows, bytes: 0 }
    const days: PurgedDay[] = []
    for (const { name, day, retain, entries, exchanges } of going) {
      const took = printTaken(await trail.dayFiles.seqsIn(name))
      days.push({ day, ...(retain && { retain }), entries, exchanges, took })
    }
    const note: Purge = { kind: 'purge', exchange: uuid(), at: now(), who, why, days }
    const seq = await trail.append(note)
    await sealedUpTo(trail, Math.max(seq, await trail.highest())) // an outcome that came meanwhile is known by its leaf alone
    return { rows, seq, bytes: await trail.dayFiles.remove(going.map(({ name }) => name)) }
  }
}
