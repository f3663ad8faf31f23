/** Erasing exchanges: what it is about, what forbids it, and every trace of them in later turns of their sessions. */
import type { Erase, Keyring, Scope } from '#exchange'
import {
  type Custody,
  type Doer,
  queryOf,
  type Recorded,
  readScope,
  sealedUpTo,
  type Trail,
  toldScope,
  tookOf,
} from '#trail'
import { Cutting, type ToCut } from './cutting.ts'
import { followersOf, type Reworded } from './following.ts'
import { type ErasurePlan, type Forbidden, forbid, forbiddenIn, laterOf, openIn, planOf } from './forbidding.ts'
import { type FoundLine, type GoingLine, goingLines, linesAt, putAnew } from './lines.ts'
import { listedIn } from './listed.ts'
import { type Unread, unreadIn } from './unread.ts'

export interface ErasureHouse {
  readonly trail: Trail
  readonly keyring: Keyring
  readonly holds: Custody['holds']
  /** Puts on the record what is still to be told of reads. */
  settle?(): Promise<void>
  /** Forgets what was said. Absent where no server runs. */
  forget?(): void
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic milliseconds. */
  clock(): number
  uuid(): string
}

export interface Erased extends ErasurePlan {
  /** Of the entry that tells of it. */
  readonly seq: number
  /** Later turns that came meanwhile and say it again, for a hold or a statute keeps them. */
  readonly left: number
  /** Later turns that began meanwhile and are open still: nothing goes from their replies. */
  readonly begun: number
}

/** All that an erasure touches. */
interface Reach {
  readonly found: readonly Recorded[]
  readonly lines: readonly FoundLine[]
  readonly cuts: readonly ToCut[]
  readonly unread: Unread
}

/** What is being erased: by ids alone, so that it can be taken up again. */
interface Pending {
  readonly id: string
  readonly ids: readonly string[]
  /** Null for what belongs to none. */
  readonly sessions: readonly (string | null)[]
  readonly notes: readonly GoingLine[]
  /** It was done before the record was put back, so that a hold of later does not bring back what it took. */
  readonly done?: true
}

/** An erasure that is on the record, with its entry. */
interface Begun {
  readonly pending: Pending
  readonly seq: number
  readonly note: Erase
}

/** Who is told what comes of those that are taken up again. */
export interface Resuming {
  /** One waits for holds. */
  held?(holds: readonly string[]): void
  /** One waits for keys, by the names of those that are not here. */
  locked?(keys: readonly string[]): void
  /** So many exchanges and lines were to go by the entry with this seq, which does not list them: they stay. */
  more?(seq: number, count: number): void
}

/** What one waits for that is on the record and not done. */
type Waits = Pick<Forbidden, 'holds' | 'unread' | 'keys'>

const NOTHING: Waits = { holds: [], unread: 0, keys: [] }
const PENDING = 'erasing'
const STEP = 500

export class Erasure {
  readonly #house: ErasureHouse
  readonly #cutting: Cutting

  constructor(house: ErasureHouse) {
    this.#house = house
    this.#cutting = new Cutting(house)
  }

  /** @throws usage.option, query.syntax, trail.* */
  async plan(asked: unknown): Promise<ErasurePlan> {
    const scope = readScope(asked, this.#house.now())
    return planOf(this.#house, await this.#reachOf(scope))
  }

  /**
   * Erases all that a scope is about, or nothing; no hold begins meanwhile. Resolves once no byte of it is on disk.
   * @throws usage.option, query.syntax, custody.unread, custody.held, custody.worm, custody.open, custody.nothing, trail.*
   */
  erase(asked: unknown, doer: Doer & { readonly basis: string }): Promise<Erased> {
    return this.#house.holds.alone(() => this.#erase(asked, doer))
  }

  async #erase(asked: unknown, { who, why, basis }: Doer & { readonly basis: string }): Promise<Erased> {
    const { trail, keyring, now, uuid } = this.#house
    const scope = readScope(asked, now())
    const reach = await this.#reachOf(scope)
    const { found, lines, cuts } = reach
    const plan = await planOf(this.#house, reach)
    forbid(plan)
    const notes = lines.map(({ note: _note, ...line }) => line)
    const pending: Pending = { id: uuid(), ids: idsOf(found), sessions: touchedBy(found), notes }
    await trail.documents.put(PENDING, pending.id, pending)
    const cut = await this.#cutting.keep(pending.id, cuts)
    const { exchanges, sessions, later } = plan
    const told: Erase = {
      ...{ kind: 'erase', exchange: pending.id, at: now(), who, why, basis },
      ...{ scope: toldScope(scope, keyring), exchanges, sessions, later, notes: pending.notes.length },
      ...{ took: await tookOf(trail.dayFiles, pending), cut },
    }
    const seq = await trail.append(told)
    return { ...plan, seq, ...(await this.#finish({ pending, seq, note: told })) }
  }

  /**
   * Takes up what was left half done, as far as its entry lists it; what is not on the record was not begun. What is held by now
   * waits for the end of the hold, what cannot be read for its key. How many were done. @throws trail.*
   */
  resume(resuming: Resuming = {}): Promise<number> {
    return this.#house.holds.alone(() => this.#resume(resuming))
  }

  /** Those that are on the record and not done: the seq of each, and what it waits for. */
  async waiting(): Promise<readonly (Waits & { readonly seq: number })[]> {
    const rows: (Waits & { readonly seq: number })[] = []
    for (const { pending, seq } of await this.#begun()) rows.push({ seq, ...(await this.#awaitedBy(pending)) })
    return rows
  }

  async #resume({ held, locked, more }: Resuming): Promise<number> {
    const { trail } = this.#house
    const begun = await this.#begun()
    const told = new Set(begun.map(({ pending }) => pending.id))
    for (const { id } of await this.#left()) if (!told.has(id)) await trail.documents.delete(PENDING, id)
    let done = 0
    for (const { pending, seq, note } of begun) {
      const { more: others, ...own } = await listedIn(trail, note, pending)
      if (others > 0) more?.(seq, others)
      const { holds, unread, keys } = await this.#awaitedBy({ ...pending, ...own })
      if (holds.length > 0) held?.(holds)
      else if (unread > 0) locked?.(keys)
      if (holds.length + unread > 0) continue
      await this.#finish({ pending: { ...pending, ...own }, seq, note })
      done += 1
    }
    return done
  }

  /** Of a record of before documents bore MACs anything may stand there. */
  async #left(): Promise<readonly Pending[]> {
    return (await this.#house.trail.documents.list(PENDING)).filter(isPending)
  }

  /** Those that are on the record. */
  async #begun(): Promise<readonly Begun[]> {
    const left = await this.#left()
    if (left.length === 0) return []
    const told = await this.#house.trail.custody()
    return left.flatMap((pending) => {
      const found = told.find(({ note }) => note.kind === 'erase' && note.exchange === pending.id)
      return found?.note.kind === 'erase' ? [{ pending, seq: found.seq, note: found.note }] : []
    })
  }

  async #awaitedBy(pending: Pending): Promise<Waits> {
    return pending.done ? NOTHING : forbiddenIn(this.#house, await this.#leftOf(pending))
  }

  /** What of it is still there. */
  async #leftOf({ ids, sessions, notes }: Pending): Promise<Reach> {
    const { trail } = this.#house
    const found: Recorded[] = []
    for (const id of ids) {
      const one = await trail.exchange(id)
      if (one) found.push(one)
    }
    const gone = { ids, sessions }
    const cuts = await this.#cutting.find(gone)
    return { found, lines: await linesAt(trail, notes), cuts, unread: await unreadIn(trail, gone) }
  }

  /** Later turns first: what they say again is told by what is still there. Every step may be done again. */
  async #finish({ pending, seq, note }: Begun): Promise<Pick<Erased, 'left' | 'begun'>> {
    const { trail, forget } = this.#house
    const { id, ids, sessions, notes } = pending
    await sealedUpTo(trail, seq)
    await putAnew(this.#house, notes)
    const left = await this.#cutting.cut(note, { ids, sessions })
    await sealedUpTo(trail, await trail.highest()) // an outcome that came meanwhile is known by its leaf alone
    const named = sessions.filter((session) => session !== null)
    const gone = new Set(ids)
    const begun = openIn(await laterOf(trail, gone, named))
    const words: Reworded[] = []
    for (const session of named) words.push(...(await followersOf(this.#house, session, gone, gone)))
    await trail.dayFiles.revise({ by: id, erased: ids, bodies: [], words, notes })
    for (const session of sessions) await trail.keys.rekey(session ?? undefined)
    forget?.()
    await trail.documents.delete(PENDING, id)
    return { left, begun }
  }

  async #reachOf(scope: Scope): Promise<Reach> {
    const found = await this.#found(scope)
    const lines = await this.#linesOf(scope, found)
    const gone = { ids: idsOf(found), sessions: touchedBy(found) }
    const cuts = await this.#cutting.find(gone)
    return { found, lines, cuts, unread: await unreadIn(this.#house.trail, gone) }
  }

  async #found(scope: Scope): Promise<Recorded[]> {
    const { trail } = this.#house
    if (scope.exchange !== undefined) {
      const one = await trail.exchange(scope.exchange)
      return one ? [one] : []
    }
    const found: Recorded[] = []
    let before: string | undefined
    do {
      const { rows, next } = await trail.recorded(queryOf(scope), { limit: STEP, ...(before && { before }) })
      for (const row of rows) if (scope.user === undefined || row.opening.actor?.id === scope.user) found.push(row)
      before = next
    } while (before)
    return found
  }

  /** What was read in the last minute is a line first. */
  async #linesOf(scope: Scope, found: readonly Recorded[]): Promise<readonly FoundLine[]> {
    const { trail, settle, clock } = this.#house
    await settle?.()
    const sessions = new Set(found.flatMap(({ opening: { session } }) => session ?? []))
    return goingLines({ trail, scope, ids: new Set(idsOf(found)), sessions, clock })
  }
}

function isPending(value: unknown): value is Pending {
  const { id, ids, sessions, notes } = Object(value) as Partial<Pending>
  const lists = [ids, sessions, notes]
  const isList = (one: unknown) => Array.isArray(one)
  return typeof id === 'string' && lists.every(isList) && notes!.every((note) => Number.isSafeInteger(Object(note).seq))
}

const touchedBy = (found: readonly Recorded[]): (string | null)[] => [
  ...new Set(found.map(({ opening: { session } }) => session ?? null)),
]

const idsOf = (found: readonly Recorded[]): string[] => found.map(({ opening: { exchange } }) => exchange)
