/** Legal holds: what may not be removed whatever its retention, until somebody releases it. Removes nothing itself. */
import { Fault, type Keyring, type Note, type Scope } from '#exchange'
import { fileFor, noteFile } from '../dayfile.ts'
import { dayOfExchange } from '../days.ts'
import { folded } from '../query.ts'
import type { Trail } from '../trail.ts'
import type { Doer } from './custody.ts'
import { namesUser } from './naming.ts'
import { queryOf, readScope, toldScope } from './scope.ts'

/** A hold in force. `id` is that of its entry. */
export interface HoldRow {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly who: string
  readonly why: string
  readonly scope: Scope
}

interface House {
  readonly trail: Pick<Trail, 'append' | 'documents' | 'recorded' | 'exchange' | Lines>
  readonly keyring: Pick<Keyring, 'digest'>
  now(): number
  uuid(): string
}

/** What tells of lines that belong to no exchange. */
export type Lines = 'reads' | 'searches' | 'bypasses' | 'gaps'

/** A line, what it asked for, and whose it is. */
interface Line {
  readonly line: Note
  readonly of?: string
  readonly user?: string | undefined
}

const KIND = 'hold'
const MOST = 1000
const STEP = 500

/** The holds of a trail, generous ones: who has the name of a held user is held too. A small record each, in force until it is released, and an entry for its beginning and its end. */
export class Holds {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  /** Oldest first. */
  async list(): Promise<readonly HoldRow[]> {
    return (await this.#house.trail.documents.list(KIND)) as HoldRow[]
  }

  /** In force once this resolves. @throws usage.option, query.syntax, trail.* */
  async add(asked: unknown, { who, why }: Doer): Promise<HoldRow> {
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
    return hold
  }

  /** The holds that keep something in a day file. */
  async holding(file: string): Promise<HoldRow[]> {
    const holds = await this.list()
    const lines = holds.length > 0 ? await this.#linesIn(file) : []
    const found: HoldRow[] = []
    for (const hold of holds)
      if (lines.some((line) => holdsLineOf(hold.scope, line)) || (await this.#holds(hold.scope, file))) found.push(hold)
    return found
  }

  /** How many of these exchanges are held, and by which holds. */
  async among(ids: ReadonlySet<string>): Promise<{ readonly held: number; readonly by: readonly string[] }> {
    const held = new Set<string>()
    const by: string[] = []
    for (const { id, scope } of await this.list()) {
      const own = await this.#idsIn(scope, ids)
      if (own.length > 0) by.push(id)
      for (const each of own) held.add(each)
    }
    return { held: held.size, by }
  }

  /** How many lines of no exchange, which name a user, are held, and by which holds: those of a time, or of this user, and one by its id. */
  async amongLines(
    user: string,
    lines: readonly { readonly exchange: string; readonly at: number }[],
  ): Promise<{ readonly held: number; readonly by: readonly string[] }> {
    const held = new Set<string>()
    const by: string[] = []
    for (const { id, scope } of await this.list()) {
      const own = lines.filter((line) => holdsLine(scope, user, line))
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
  async #linesIn(file: string): Promise<Line[]> {
    const { trail } = this.#house
    const all = [
      ...(await trail.reads(Number.MAX_SAFE_INTEGER)).map(({ read }) => ({ line: read, of: read.of })),
      ...(await trail.searches()).map(({ searched }) => ({ line: searched, of: searched.query })),
      ...(await trail.bypasses()).map(({ bypass }) => ({ line: bypass, user: bypass.actor })),
      ...(await trail.gaps()).map(({ gap }) => ({ line: gap })),
    ]
    return all.filter(({ line }) => noteFile(line) === file)
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

/** Whether a hold is about a line: one of its time, one that names or is of its user, and the one of its id. */
function holdsLineOf(scope: Scope, { line, of, user }: Line): boolean {
  if (scope.user === undefined) return holdsLine(scope, '', line)
  const names = user === scope.user || (of !== undefined && namesUser(of, scope.user))
  return names && holdsLine(scope, scope.user, line)
}

function holdsLine(scope: Scope, user: string, line: { readonly exchange: string; readonly at: number }): boolean {
  if (scope.exchange !== undefined) return scope.exchange === line.exchange
  const { where, except, text, without, finding, after = 0, before = Number.POSITIVE_INFINITY } = queryOf(scope)
  const { user: users, ...others } = where
  const parts = [Object.keys(others), Object.keys(except), text, without]
  const isOfLines = finding === undefined && parts.every((part) => part.length === 0)
  return isOfLines && (users?.includes(folded('user', user)) ?? true) && line.at >= after && line.at < before
}
