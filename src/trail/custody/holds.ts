/** Legal holds: what may not be removed whatever its retention, until somebody releases it. Removes nothing itself. */
import { Fault, type Keyring, type Note, type Opening, type Scope } from '#exchange'
import { fileFor, noteFile } from '../dayfile.ts'
import { dayOfExchange } from '../days.ts'
import type { Trail } from '../trail.ts'
import type { Doer } from './custody.ts'
import { type HoldRow, inForce, OF_HOLDS } from './in-force.ts'
import { holdsLine } from './line.ts'
import { queryOf, readScope, toldScope } from './scope.ts'

interface House {
  readonly trail: Pick<Trail, 'append' | 'documents' | 'claims' | 'find' | 'recorded' | 'exchange' | Lines>
  readonly keyring: Pick<Keyring, 'digest'>
  now(): number
  uuid(): string
}

/** What tells of lines that belong to no exchange. */
export type Lines = 'reads' | 'searches' | 'bypasses' | 'gaps'

/** Exchanges that a hold found by its query and keeps by their ids, for what it found them by may be gone. */
interface Kept {
  readonly id: string
  readonly hold: string
  readonly exchanges: readonly { readonly exchange: string; readonly file: string }[]
}

const KIND = 'hold'
const KEPT = 'kept'
const MOST = 1000
const STEP = 500
/** So many exchanges of a hold are counted: whether it keeps any is the question. */
export const MOST_COUNTED = 1000

/**
 * The holds of a trail, generous ones: who has the name of a held user is held too. A small record each, in force until it is
 * released, and an entry for its beginning and its end: one whose record is gone is in force until there is one for its end.
 */
export class Holds {
  readonly #house: House
  #alone: Promise<unknown> = Promise.resolve()

  constructor(house: House) {
    this.#house = house
  }

  /** Oldest first. @throws trail.* */
  async list(): Promise<readonly HoldRow[]> {
    const { trail, keyring } = this.#house
    return inForce(await trail.documents.list(KIND), await trail.claims(OF_HOLDS), keyring)
  }

  /**
   * Does what removes something, from the look at the holds to the last byte: one such thing at a time, and no hold begins
   * meanwhile. Never call it, or `add`, within.
   */
  alone<Done>(work: () => Promise<Done>): Promise<Done> {
    const done = this.#alone.then(work)
    this.#alone = done.catch(() => undefined)
    return done
  }

  /** In force once this resolves: it waits for what is being removed, and nothing that it is about goes afterwards. @throws usage.option, query.syntax, trail.* */
  add(asked: unknown, doer: Doer): Promise<HoldRow> {
    return this.alone(() => this.#add(asked, doer))
  }

  async #add(asked: unknown, { who, why }: Doer): Promise<HoldRow> {
    const { trail, keyring, now, uuid } = this.#house
    const scope = readScope(asked, now())
    queryOf(scope)
    if ((await this.list()).length >= MOST) throw new Fault('usage.option', `more than ${MOST} holds`)
    const hold: HoldRow = { id: uuid(), at: now(), who: who.value, why, scope }
    await trail.documents.put(KIND, hold.id, hold)
    await trail.append({ kind: 'hold', exchange: hold.id, at: hold.at, who, why, scope: toldScope(scope, keyring) })
    return hold
  }

  /** Its end. A beginning of its id is enough where it is the only one. @throws custody.absent, trail.* */
  async release(id: string, { who, why }: Doer): Promise<HoldRow> {
    const { trail, now, uuid } = this.#house
    const found = (await this.list()).filter((hold) => hold.id.startsWith(id))
    const [hold] = found
    if (!hold || found.length > 1 || id === '') throw new Fault('custody.absent', id.slice(0, 64))
    await trail.append({ kind: 'release', exchange: uuid(), at: now(), who, why, hold: hold.id })
    await trail.documents.delete(KIND, hold.id)
    const inForce = new Set((await this.list()).map((one) => one.id))
    for (const kept of await this.#kept()) if (!inForce.has(kept.hold)) await trail.documents.delete(KEPT, kept.id)
    return hold
  }

  /**
   * Before bodies of these exchanges are written anew: what a hold finds by its query it keeps by their ids from now on, for the
   * words may go. Only within `alone`. @throws trail.*
   */
  async pin(openings: readonly Pick<Opening, 'exchange' | 'at' | 'retain'>[]): Promise<void> {
    const { trail, uuid } = this.#house
    const times = openings.map(({ at }) => at)
    const [since, until] = [Math.min(...times), Math.max(...times) + 1]
    const known = await this.#kept()
    for (const { id: hold, scope } of await this.list()) {
      if (scope.query === undefined || (scope.until ?? until) <= since || (scope.since ?? since) >= until) continue
      const span = { since: Math.max(scope.since ?? since, since), until: Math.min(scope.until ?? until, until) }
      const ids = new Set(openings.map(({ exchange }) => exchange).filter((id) => !isIn(known, hold, id)))
      const found = new Set(await this.#idsIn({ ...scope, ...span }, ids))
      if (found.size === 0) continue
      const exchanges = openings
        .filter(({ exchange }) => found.has(exchange))
        .map(({ exchange, retain }) => ({ exchange, file: fileFor(dayOfExchange(exchange), retain) }))
      const kept: Kept = { id: `${hold}.${uuid()}`, hold, exchanges }
      await trail.documents.put(KEPT, kept.id, kept)
    }
  }

  async #kept(): Promise<readonly Kept[]> {
    return (await this.#house.trail.documents.list(KEPT)) as Kept[]
  }

  /** Those of `holds`, the ones in force, that keep something in a day file. */
  async holding(file: string, holds: readonly HoldRow[]): Promise<HoldRow[]> {
    const lines = holds.length > 0 ? await this.#linesIn(file) : []
    const kept = await this.#kept()
    const keeps = (id: string) =>
      kept.some((one) => one.hold === id && one.exchanges.some((each) => each.file === file))
    const found: HoldRow[] = []
    for (const hold of holds) {
      const { id, scope } = hold
      if (lines.some((line) => holdsLine(scope, line)) || keeps(id) || (await this.#holds(scope, file)))
        found.push(hold)
    }
    return found
  }

  /** How many exchanges a hold keeps now: `MOST_COUNTED` stands for that many and more. @throws trail.* */
  async keeps({ id, scope }: HoldRow): Promise<number> {
    const { trail } = this.#house
    if (scope.exchange !== undefined) return (await trail.exchange(scope.exchange)) ? 1 : 0
    const { exchanges } = await trail.find(queryOf(scope), { limit: MOST_COUNTED })
    const found = new Set(exchanges.map(({ exchange }) => exchange))
    for (const kept of await this.#kept())
      if (kept.hold === id) for (const { exchange } of kept.exchanges) found.add(exchange)
    return Math.min(found.size, MOST_COUNTED)
  }

  /** How many of these exchanges are held, and by which holds. */
  async among(ids: ReadonlySet<string>): Promise<{ readonly held: number; readonly by: readonly string[] }> {
    const held = new Set<string>()
    const by: string[] = []
    const kept = await this.#kept()
    for (const { id, scope } of await this.list()) {
      const own = [...(await this.#idsIn(scope, ids)), ...[...ids].filter((one) => isIn(kept, id, one))]
      if (own.length > 0) by.push(id)
      for (const each of own) held.add(each)
    }
    return { held: held.size, by }
  }

  /** How many of these lines of no exchange are held, and by which holds: those of a time, those that name or are of a user, and one by its id. */
  async amongLines(lines: readonly Note[]): Promise<{ readonly held: number; readonly by: readonly string[] }> {
    const held = new Set<string>()
    const by: string[] = []
    for (const { id, scope } of await this.list()) {
      const own = lines.filter((line) => holdsLine(scope, line))
      if (own.length > 0) by.push(id)
      for (const { exchange } of own) held.add(exchange)
    }
    return { held: held.size, by }
  }

  async #idsIn(scope: Scope, ids: ReadonlySet<string>): Promise<string[]> {
    if (scope.exchange !== undefined) return ids.has(scope.exchange) ? [scope.exchange] : []
    const found: string[] = []
    let before: string | undefined
    do {
      const { rows, next } = await this.#house.trail.recorded(queryOf(scope), {
        limit: STEP,
        ...(before && { before }),
      })
      found.push(...rows.map(({ opening }) => opening.exchange).filter((id) => ids.has(id)))
      before = next
    } while (before)
    return found
  }

  /** The lines of no exchange that lie in a file. */
  async #linesIn(file: string): Promise<Note[]> {
    const { trail } = this.#house
    const all: Note[] = [
      ...(await trail.reads(Number.MAX_SAFE_INTEGER)).map(({ read }) => read),
      ...(await trail.searches()).map(({ searched }) => searched),
      ...(await trail.bypasses()).map(({ bypass }) => bypass),
      ...(await trail.gaps()).map(({ gap }) => gap),
    ]
    return all.filter((line) => noteFile(line) === file)
  }

  /** Whether an exchange of a file is in a scope. */
  async #holds(scope: Scope, file: string): Promise<boolean> {
    const { trail } = this.#house
    if (scope.exchange !== undefined) {
      const opening = (await trail.exchange(scope.exchange))?.opening
      return opening !== undefined && fileFor(dayOfExchange(opening.exchange), opening.retain) === file
    }
    return (await trail.recorded(queryOf(scope), { limit: 1, file })).rows.length > 0
  }
}

const isIn = (kept: readonly Kept[], hold: string, id: string): boolean =>
  kept.some((one) => one.hold === hold && one.exchanges.some(({ exchange }) => exchange === id))
