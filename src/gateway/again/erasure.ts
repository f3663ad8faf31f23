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
import { type ErasurePlan, forbid, forbiddenIn, laterOf, openIn, planOf } from './forbidding.ts'
import { type FoundLine, type GoingLine, goingLines, linesAt, putAnew } from './lines.ts'

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

const PENDING = 'erasing'
const STEP = 500
const NOTHING_HELD = { holds: [] }

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
   * @throws usage.option, query.syntax, custody.held, custody.worm, custody.open, custody.nothing, trail.*
   */
  erase(asked: unknown, doer: Doer & { readonly basis: string }): Promise<Erased> {
    return this.#house.holds.alone(() => this.#erase(asked, doer))
  }

  async #erase(asked: unknown, { who, why, basis }: Doer & { readonly basis: string }): Promise<Erased> {
    const { trail, keyring, now, uuid } = this.#house
    const scope = readScope(asked, now())
    const { found, lines, cuts } = await this.#reachOf(scope)
    const plan = await planOf(this.#house, { found, lines, cuts })
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
    return { ...plan, seq, ...(await this.#finish(pending)) }
  }

  /**
   * Takes up what was left half done; what is not on the record was not begun. What is held by now waits for the end of the hold,
   * and is told to `held`. How many were done. @throws trail.*
   */
  resume(held: (holds: readonly string[]) => void = () => undefined): Promise<number> {
    return this.#house.holds.alone(() => this.#resume(held))
  }

  /** Those that are on the record and not done: the seq of each, and the holds that it waits for. */
  async waiting(): Promise<readonly { readonly seq: number; readonly holds: readonly string[] }[]> {
    const { trail } = this.#house
    const rows: { readonly seq: number; readonly holds: readonly string[] }[] = []
    const left = (await trail.documents.list(PENDING)) as Pending[]
    const told = new Map(left.length > 0 ? (await trail.custody()).map(({ seq, note }) => [note.exchange, seq]) : [])
    for (const pending of left) {
      const seq = told.get(pending.id)
      if (seq === undefined) continue
      const { holds } = pending.done ? NOTHING_HELD : await forbiddenIn(this.#house, await this.#leftOf(pending))
      rows.push({ seq, holds })
    }
    return rows
  }

  async #resume(held: (holds: readonly string[]) => void): Promise<number> {
    const { trail } = this.#house
    const left = (await trail.documents.list(PENDING)) as Pending[]
    const told = new Set(left.length > 0 ? (await trail.custody()).map(({ note }) => note.exchange) : [])
    const begun = left.filter(({ id }) => told.has(id))
    for (const { id } of left) if (!told.has(id)) await trail.documents.delete(PENDING, id)
    let done = 0
    for (const pending of begun) {
      const { holds } = pending.done ? NOTHING_HELD : await forbiddenIn(this.#house, await this.#leftOf(pending))
      if (holds.length > 0) {
        held(holds)
        continue
      }
      await this.#finish(pending)
      done += 1
    }
    return done
  }

  /** What of it is still there. */
  async #leftOf({ ids, sessions, notes }: Pending): Promise<Reach> {
    const { trail } = this.#house
    const found: Recorded[] = []
    for (const id of ids) {
      const one = await trail.exchange(id)
      if (one) found.push(one)
    }
    return { found, lines: await linesAt(trail, notes), cuts: await this.#cutting.find({ ids, sessions }) }
  }

  /** Later turns first: what they say again is told by what is still there. Every step may be done again. */
  async #finish({ id, ids, sessions, notes }: Pending): Promise<Pick<Erased, 'left' | 'begun'>> {
    const { trail, forget } = this.#house
    const told = (await trail.custody()).find(({ note }) => note.exchange === id)
    await sealedUpTo(trail, told?.seq ?? 0)
    await putAnew(this.#house, notes)
    const left = told?.note.kind === 'erase' ? await this.#cutting.cut(told.note, { ids, sessions }) : 0
    await sealedUpTo(trail, await trail.highest()) // an outcome that came meanwhile is known by its leaf alone
    const named = sessions.filter((session) => session !== null)
    const begun = openIn(await laterOf(trail, new Set(ids), named))
    await trail.dayFiles.revise({ by: id, erased: ids, bodies: [], taken: [], notes })
    for (const session of sessions) await trail.keys.rekey(session ?? undefined)
    forget?.()
    await trail.documents.delete(PENDING, id)
    return { left, begun }
  }

  async #reachOf(scope: Scope): Promise<Reach> {
    const found = await this.#found(scope)
    const lines = await this.#linesOf(scope, found)
    return { found, lines, cuts: await this.#cutting.find({ ids: idsOf(found), sessions: touchedBy(found) }) }
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

const touchedBy = (found: readonly Recorded[]): (string | null)[] => [
  ...new Set(found.map(({ opening: { session } }) => session ?? null)),
]

const idsOf = (found: readonly Recorded[]): string[] => found.map(({ opening: { exchange } }) => exchange)
