/** Takes what erased exchanges were the first to say out of the later turns of their sessions, as an entry says before. Erases none. */
import { randomBytes } from 'node:crypto'
import { type Cut, type Erase, isWorm, type Keyring, type Opening } from '#exchange'
import { type Custody, type Recorded, type Revision, sealedUpTo, type Trail } from '#trail'
import { commitmentOf } from './commitment.ts'
import { tracesOf, without } from './traces.ts'

export interface CuttingHouse {
  readonly trail: Trail
  readonly keyring: Keyring
  readonly holds: Pick<Custody['holds'], 'among'>
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic milliseconds. */
  clock(): number
  uuid(): string
}

/** What is erased, by ids alone. A session is null for what belongs to none. */
export interface Gone {
  readonly ids: readonly string[]
  readonly sessions: readonly (string | null)[]
}

/** A body that is to be written anew, with its salt (hexadecimal). It stands in the head file until that is done, and nowhere else. */
interface Kept extends Cut {
  readonly salt: string
}

/** The same with how long its exchange is kept, so that a statute can forbid it. */
export interface ToCut extends Kept {
  readonly retain?: Opening['retain']
}

interface Planned {
  readonly id: string
  readonly bodies: readonly Kept[]
}

interface Cleaned {
  readonly exchange: string
  readonly part: Cut['part']
  readonly bytes: Uint8Array
  readonly retain?: Opening['retain']
  readonly traces: readonly string[]
}

const KIND = 'cutting'
/** Turns that come while it is done are looked at again, so often at most: what comes later still is as its client sends it. */
const MOST_PASSES = 5

export class Cutting {
  readonly #house: CuttingHouse

  constructor(house: CuttingHouse) {
    this.#house = house
  }

  /** What there is to cut. Writes nothing. @throws trail.* */
  async find(gone: Gone): Promise<readonly ToCut[]> {
    const found: ToCut[] = []
    for await (const one of this.#all(gone)) found.push(toCut(one))
    return found
  }

  /** Keeps the salts of what the entry `id` is to say until it is done; what it says. @throws trail.* */
  async keep(id: string, found: readonly ToCut[]): Promise<readonly Cut[]> {
    const bodies: Kept[] = found.map(({ retain: _, ...one }) => one)
    if (bodies.length > 0) await this.#house.trail.documents.put(KIND, id, { id, bodies })
    return bodies.map(({ salt: _, ...cut }) => cut)
  }

  /**
   * Cuts what the entry says. A body that is not listed there, for its turn came meanwhile or it was written anew by somebody else,
   * is cut by an entry of its own, unless a hold or a statute keeps it; how many exchanges stay for that. May be done again. @throws trail.*
   */
  async cut(told: Erase, gone: Gone): Promise<number> {
    const { trail, uuid, now } = this.#house
    let kept = new Set<string>()
    for (let [note, pass] = [told, 0]; pass < MOST_PASSES; pass++) {
      const found = await this.#cutBy(note.exchange, gone)
      kept = await this.#keptOf(found)
      const late = found.filter(({ exchange }) => !kept.has(exchange))
      if (late.length === 0 || pass === MOST_PASSES - 1) break
      const id = uuid()
      const counts = { exchanges: 0, sessions: 0, later: new Set(late.map(({ exchange }) => exchange)).size, notes: 0 }
      note = { ...told, ...counts, exchange: id, at: now(), took: [], cut: await this.keep(id, late) }
      await sealedUpTo(trail, await trail.append(note))
    }
    for (const { id } of (await trail.documents.list(KIND)) as Planned[]) await trail.documents.delete(KIND, id)
    return kept.size
  }

  /** Those exchanges that a hold or a statute keeps as they are. */
  async #keptOf(found: readonly ToCut[]): Promise<Set<string>> {
    const kept = new Set(found.filter(({ retain }) => isWorm(retain)).map(({ exchange }) => exchange))
    for (const id of new Set(found.map(({ exchange }) => exchange)))
      if ((await this.#house.holds.among(new Set([id]))).held > 0) kept.add(id)
    return kept
  }

  /** What else there is to cut. */
  async #cutBy(by: string, gone: Gone): Promise<ToCut[]> {
    const { trail } = this.#house
    const planned = (await trail.documents.get(KIND, by)) as Planned | undefined
    const known = new Map(planned?.bodies.map((one) => [`${one.exchange} ${one.part}`, one]))
    const late: ToCut[] = []
    for await (const found of this.#all(gone)) {
      const { exchange, part, bytes, traces } = found
      const one = known.get(`${exchange} ${part}`)
      const salt = Buffer.from(one?.salt ?? '', 'hex')
      if (one?.commitment !== commitmentOf(bytes, salt)) late.push(toCut(found))
      else {
        const bodies = [{ exchange, part, bytes, salt, findings: [] }]
        await trail.dayFiles.revise({ by, erased: [], bodies, taken: traces, notes: [] })
      }
    }
    return late
  }

  async *#all({ ids, sessions }: Gone): AsyncGenerator<Cleaned> {
    const gone = new Set(ids)
    for (const session of sessions) if (session !== null) yield* this.#of(session, gone)
  }

  /** The bodies of a session that say again what these exchanges were the first to say, without it. */
  async *#of(session: string, gone: ReadonlySet<string>): AsyncGenerator<Cleaned> {
    const { trail, keyring, clock } = this.#house
    const all = (await trail.session(session)).map(({ exchange }) => exchange)
    const first = all.findIndex((exchange) => gone.has(exchange))
    const after = all.slice(first).filter((exchange) => !gone.has(exchange))
    if (first < 0 || after.length === 0) return
    const before = await this.#there(all.slice(0, first))
    const traces = tracesOf(await this.#there(all.filter((exchange) => gone.has(exchange))), before)
    if (traces.length === 0) return
    const clean = without(traces, keyring, clock)
    for (const exchange of after) {
      const row = await trail.exchange(exchange)
      const retain = row?.opening.retain
      for (const one of row ? await cleaned(row, clean) : []) yield { ...one, traces, ...(retain && { retain }) }
    }
  }

  async #there(ids: readonly string[]): Promise<Recorded[]> {
    const found: Recorded[] = []
    for (const id of ids) {
      const one = await this.#house.trail.exchange(id)
      if (one) found.push(one)
    }
    return found
  }
}

function toCut({ exchange, part, bytes, retain }: Cleaned): ToCut {
  const salt = randomBytes(32)
  const commitment = commitmentOf(bytes, salt)
  return { exchange, part, commitment, salt: salt.toString('hex'), ...(retain && { retain }) }
}

async function cleaned(
  { opening, ending }: Recorded,
  clean: ReturnType<typeof without>,
): Promise<Pick<Revision['bodies'][number], 'exchange' | 'part' | 'bytes'>[]> {
  const { exchange, route } = opening
  const prompt = opening.body && (await clean(opening.body, { route, direction: 'prompt' }))
  const reply = ending?.body && (await clean(ending.body, { route, direction: 'reply' }))
  return [
    ...(prompt ? [{ exchange, part: 'prompt', bytes: prompt.bytes } as const] : []),
    ...(reply ? [{ exchange, part: 'reply', bytes: reply.bytes } as const] : []),
  ]
}
