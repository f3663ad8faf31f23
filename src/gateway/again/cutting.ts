/** Takes what erased exchanges were the first to say out of the later turns of their sessions, as an entry says before. Erases none. */
import { randomBytes } from 'node:crypto'
import { type Body, type Cut, type Erase, isWorm, type Opening } from '#exchange'
import { type Custody, type Recorded, type Revision, sealedUpTo, type Trail } from '#trail'
import { Breath } from '../breath.ts'
import { commitmentOf } from './commitment.ts'
import { bodiesSay } from './saying.ts'
import { saysOf } from './says.ts'
import { Traces } from './traces.ts'
import { inSlices, without } from './without.ts'

export interface CuttingHouse {
  readonly trail: Trail
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
  /** What it says now. */
  says(): string | undefined
}

const KIND = 'cutting'
/** So many bytes of bodies are written anew at once, about: each time all words of a day file are looked through. */
const AT_ONCE = 16 * 2 ** 20
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
    const planned = (await trail.documents.get(KIND, by)) as Partial<Planned> | undefined
    const bodies = Array.isArray(planned?.bodies) ? planned.bodies : []
    const known = new Map(bodies.map((one) => [`${one.exchange} ${one.part}`, one]))
    const late: ToCut[] = []
    let lot: Revision['bodies'][number][] = []
    let bytesOfLot = 0
    const cut = async () => {
      if (lot.length > 0) await trail.dayFiles.revise({ by, erased: [], bodies: lot, notes: [], more: true })
      ;[lot, bytesOfLot] = [[], 0]
    }
    for await (const found of this.#all(gone)) {
      const { exchange, part, bytes } = found
      const one = known.get(`${exchange} ${part}`)
      const salt = Buffer.from(one?.salt ?? '', 'hex')
      if (one?.commitment !== commitmentOf(bytes, salt)) late.push(toCut(found))
      else {
        const says = found.says()
        lot.push({ exchange, part, bytes, salt, findings: [], ...(says !== undefined && { says }) })
        bytesOfLot += bytes.byteLength
      }
      if (bytesOfLot > AT_ONCE) await cut()
    }
    await cut()
    return late
  }

  async *#all({ ids, sessions }: Gone): AsyncGenerator<Cleaned> {
    const gone = new Set(ids)
    for (const session of sessions) if (session !== null) yield* this.#of(session, gone)
  }

  /** The bodies of a session that say again what these exchanges were the first to say, without it. */
  async *#of(session: string, gone: ReadonlySet<string>): AsyncGenerator<Cleaned> {
    const { trail, clock } = this.#house
    const all = (await trail.session(session)).map(({ exchange }) => exchange)
    const first = all.findIndex((exchange) => gone.has(exchange))
    const after = all.slice(first).filter((exchange) => !gone.has(exchange))
    if (first < 0 || after.length === 0) return
    const traces = await this.#tracesIn(all, gone)
    if (traces.isEmpty) return
    const clean = without(traces, clock)
    for (const exchange of after) {
      const row = await trail.exchange(exchange)
      const retain = row?.opening.retain
      for (const one of row ? await cleaned(row, clean) : []) yield { ...one, ...(retain && { retain }) }
    }
  }

  /** What the erased turns of a session were the first to say. */
  async #tracesIn(all: readonly string[], gone: ReadonlySet<string>): Promise<Traces> {
    const traces = new Traces()
    const breath = new Breath(this.#house.clock)
    const say = async (isGone: boolean, from: number, to: number) => {
      for (let turn = from; turn < to; turn++) {
        const id = all[turn] as string
        const row = gone.has(id) === isGone ? await this.#house.trail.exchange(id) : undefined
        for (const text of row ? await inSlices(bodiesSay(row), breath) : [])
          await inSlices(isGone ? traces.add(text, turn) : traces.drop(text, turn), breath)
      }
    }
    await say(true, 0, all.length)
    await say(
      false,
      0,
      all.findLastIndex((id) => gone.has(id)),
    )
    return traces
  }
}

function toCut({ exchange, part, bytes, retain }: Cleaned): ToCut {
  const salt = randomBytes(32)
  const commitment = commitmentOf(bytes, salt)
  return { exchange, part, commitment, salt: salt.toString('hex'), ...(retain && { retain }) }
}

async function cleaned({ opening, ending }: Recorded, clean: ReturnType<typeof without>): Promise<Cleaned[]> {
  const { exchange, route } = opening
  const of = async (part: Cleaned['part'], body: Body | undefined) => {
    const whose = { route, direction: part }
    const bytes = body && (await clean(body, whose))
    return body && bytes ? [{ exchange, part, bytes, says: () => saysOf({ ...body, bytes }, whose) }] : []
  }
  return [...(await of('prompt', opening.body)), ...(await of('reply', ending?.body))]
}
