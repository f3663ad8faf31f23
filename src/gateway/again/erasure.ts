/** Erasing exchanges: what it is about, what forbids it, and every trace of them in later turns of their sessions. */
import { type Erase, Fault, isWorm, type Keyring, type Scope } from '#exchange'
import { type Custody, type Doer, queryOf, type Recorded, readScope, sealedUpTo, type Trail, toldScope } from '#trail'
import { Cutting } from './cutting.ts'
import { type FoundLine, type GoingLine, goingLines, putAnew } from './lines.ts'

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

/** What an erasure would do. */
export interface ErasurePlan {
  readonly exchanges: number
  readonly sessions: number
  /** Exchanges of the same sessions that stay, and lose what they say again. */
  readonly later: number
  /** Lines of no exchange that name the user, or say what is in nothing else: they lose it, or go. */
  readonly notes: number
  /** What forbids it: exchanges and lines that are held, exchanges under a statute, or open. */
  readonly held: number
  readonly holds: readonly string[]
  readonly worm: number
  readonly open: number
}

export interface Erased extends ErasurePlan {
  /** Of the entry that tells of it. */
  readonly seq: number
}

/** What is being erased: by ids alone, so that it can be taken up again. */
interface Pending {
  readonly id: string
  readonly ids: readonly string[]
  /** Null for what belongs to none. */
  readonly sessions: readonly (string | null)[]
  readonly notes: readonly GoingLine[]
}

const PENDING = 'erasing'
const STEP = 500

export class Erasure {
  readonly #house: ErasureHouse
  readonly #cutting: Cutting
  #running: Promise<unknown> = Promise.resolve()

  constructor(house: ErasureHouse) {
    this.#house = house
    this.#cutting = new Cutting(house)
  }

  /** @throws usage.option, query.syntax, trail.* */
  async plan(asked: unknown): Promise<ErasurePlan> {
    const scope = readScope(asked, this.#house.now())
    const found = await this.#found(scope)
    return this.#planOf(scope, found, await this.#linesOf(scope, found))
  }

  /**
   * Erases all that a scope is about, or nothing. Resolves once no byte of it is on disk.
   * @throws usage.option, query.syntax, custody.held, custody.worm, custody.open, custody.nothing, trail.*
   */
  erase(asked: unknown, doer: Doer & { readonly basis: string }): Promise<Erased> {
    const erased = this.#running.then(() => this.#erase(asked, doer))
    this.#running = erased.catch(() => undefined)
    return erased
  }

  async #erase(asked: unknown, { who, why, basis }: Doer & { readonly basis: string }): Promise<Erased> {
    const { trail, keyring, now, uuid } = this.#house
    const scope = readScope(asked, now())
    const found = await this.#found(scope)
    const lines = await this.#linesOf(scope, found)
    const plan = await this.#planOf(scope, found, lines)
    forbid(plan)
    const touched = [...new Set(found.map(({ opening: { session } }) => session ?? null))]
    const notes = lines.map(({ note: _note, ...line }) => line)
    const pending: Pending = { id: uuid(), ids: idsOf(found), sessions: touched, notes }
    await trail.documents.put(PENDING, pending.id, pending)
    const cut = await this.#cutting.plan(pending.id, pending)
    const { exchanges, sessions, later } = plan
    const told: Erase = {
      ...{ kind: 'erase', exchange: pending.id, at: now(), who, why, basis },
      ...{ scope: toldScope(scope, keyring), exchanges, sessions, later, notes: pending.notes.length, cut },
    }
    const seq = await trail.append(told)
    await this.#finish(pending)
    return { ...plan, seq }
  }

  /** Takes up what a process before this one left half done; what is not on the record was not begun. */
  async resume(): Promise<number> {
    const { trail } = this.#house
    const left = (await trail.documents.list(PENDING)) as Pending[]
    const told = new Set(left.length > 0 ? (await trail.custody()).map(({ note }) => note.exchange) : [])
    const begun = left.filter(({ id }) => told.has(id))
    for (const { id } of left) if (!told.has(id)) await trail.documents.delete(PENDING, id)
    for (const pending of begun) await this.#finish(pending)
    return begun.length
  }

  /** Later turns first: what they say again is told by what is still there. Every step may be done again. */
  async #finish({ id, ids, sessions, notes }: Pending): Promise<void> {
    const { trail, forget } = this.#house
    const told = (await trail.custody()).find(({ note }) => note.exchange === id)
    await sealedUpTo(trail, told?.seq ?? 0)
    await putAnew(this.#house, notes)
    if (told?.note.kind === 'erase') await this.#cutting.cut(told.note, { ids, sessions })
    await trail.dayFiles.revise({ by: id, erased: ids, bodies: [], taken: [], notes })
    for (const session of sessions) await trail.keys.rekey(session ?? undefined)
    forget?.()
    await trail.documents.delete(PENDING, id)
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
      found.push(...rows.filter(({ opening }) => scope.user === undefined || opening.actor?.id === scope.user))
      before = next
    } while (before)
    return found
  }

  /** What was read in the last minute is a line first. */
  async #linesOf(scope: Scope, found: readonly Recorded[]): Promise<readonly FoundLine[]> {
    const { trail, settle } = this.#house
    await settle?.()
    return goingLines({ trail, scope, ids: new Set(idsOf(found)), sessions: sessionsOf(found) })
  }

  async #planOf(scope: Scope, found: readonly Recorded[], lines: readonly FoundLine[]): Promise<ErasurePlan> {
    const { trail, holds } = this.#house
    const ids = new Set(idsOf(found))
    const sessions = sessionsOf(found)
    let later = 0
    for (const session of sessions) {
      const all = (await trail.session(session)).map(({ exchange }) => exchange)
      later += all.slice(all.findIndex((id) => ids.has(id))).filter((id) => !ids.has(id)).length
    }
    const exchanges = await holds.among(ids)
    const own = await holds.amongLines(
      scope.user ?? '',
      lines.map(({ note }) => note),
    )
    const held = exchanges.held + own.held
    const by = [...new Set([...exchanges.by, ...own.by])]
    return {
      ...{ exchanges: found.length, sessions: sessions.size, later, held, holds: by },
      notes: lines.length,
      worm: [...found.map(({ opening }) => opening), ...lines.map(({ note }) => note)].filter(({ retain }) =>
        isWorm(retain),
      ).length,
      open: found.filter(({ opening, ending }) => opening.kind === 'asked' && !ending).length,
    }
  }
}

const sessionsOf = (found: readonly Recorded[]): Set<string> =>
  new Set(found.flatMap(({ opening: { session } }) => session ?? []))

const idsOf = (found: readonly Recorded[]): string[] => found.map(({ opening: { exchange } }) => exchange)

function forbid({ exchanges, notes, held, holds, worm, open }: ErasurePlan): void {
  if (held > 0) throw new Fault('custody.held', `${held} of ${exchanges + notes}, by ${holds.join(', ')}`)
  if (worm > 0) throw new Fault('custody.worm', `${worm} of ${exchanges}`)
  if (open > 0) throw new Fault('custody.open', `${open} of ${exchanges}`)
  if (exchanges === 0) throw new Fault('custody.nothing')
}
