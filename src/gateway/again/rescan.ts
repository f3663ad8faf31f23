/** Looks through stored bodies by today's rules, a page at a time, newest first: what is found is masked in place, on the record. */
import { hash, randomBytes } from 'node:crypto'
import { type Finding, type Keyring, type Body as RecordedBody, type Redact, secretsIn } from '#exchange'
import type { Engine } from '#masking'
import {
  type Custody,
  type Doer,
  dayOfExchange,
  type Recorded,
  type Revision,
  type Soon,
  sealedUpTo,
  type Trail,
} from '#trail'
import { type Anew, maskedAnew } from './anew.ts'
import { commitmentOf } from './commitment.ts'
import { entrySays } from './entry-text.ts'
import { above, type Mark, markAfter, markFor, reachOf, STOPPED_MS, type Told } from './mark.ts'

export interface RescanHouse {
  readonly trail: Trail
  readonly keyring: Keyring
  readonly holds: Pick<Custody['holds'], 'alone' | 'pin'>
  /** The rules and known values of now. */
  engine(): Engine
  /** The version of both: a rescan goes on only by the same. */
  rules(): string
  /** Tells this process from another, which may have stopped. */
  readonly run: string
  /** The version of the rules in force; absent where no server runs. */
  policy?(): string
  /** Forgets what was said. Absent where no server runs. */
  forget?(): void
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic milliseconds. */
  clock(): number
  uuid(): string
}

/** One body that held what nobody knew. */
export interface Late {
  readonly exchange: string
  readonly at: number
  readonly who?: string
  readonly model?: string
  readonly direction: 'prompt' | 'reply'
  readonly rules: readonly string[]
  readonly secrets: number
}

export interface RescanPage {
  /** Exchanges that were looked through so far. */
  readonly seen: number
  /** What this page found. */
  readonly found: readonly Late[]
  /** Exchanges of this page that say it still: beside their bodies (a path, a file, a model, a reason). */
  readonly left: readonly string[]
  /** How far back it has come, ms since the Unix epoch; absent once all is done. */
  readonly reached?: number
  /** The entry that tells of what was found; absent where nothing was. */
  readonly seq?: number
  /** Whether it goes on where an earlier one was stopped. */
  readonly resumed: boolean
  /** Whether one that was stopped is begun anew, for it went by other rules or known values. */
  readonly anew: boolean
  /** What earlier pages of it found. */
  readonly earlier: Told
}

interface Body {
  readonly row: Recorded
  readonly part: 'prompt' | 'reply'
  readonly anew: Anew
  /** SHA-256 of the body that it was made from. */
  readonly from: Buffer
  readonly salt: Buffer
}

interface Masked {
  readonly bodies: readonly Body[]
  /** Ids of exchanges that say it still. */
  readonly left: readonly string[]
  readonly seq: number | undefined
}

/** A page, and how it goes on. */
interface Looked {
  readonly page: RescanPage
  readonly goesOn: Mark | undefined
  /** The day that the next page is in too. */
  readonly in?: Soon
}

const KIND = 'rescan'
const CURRENT = 'current'
const PAGE = 50
/** So often at most a body is masked that is another each time. */
const MOST_TIMES = 3
const EVERYTHING = { where: {}, except: {}, text: [], without: [] }

export class Rescan {
  readonly #house: RescanHouse

  constructor(house: RescanHouse) {
    this.#house = house
  }

  /**
   * The next page of the rescan that goes back to `since`; the first one of it where none was begun. Nothing is erased or purged
   * meanwhile. Of what it took a day file may hold bytes until a page of an earlier day, or the last one, is done; or until
   * none came for five minutes. @throws trail.*
   */
  page(since: number, doer: Doer): Promise<RescanPage> {
    return this.#house.holds.alone(() => this.#page(since, doer))
  }

  async #page(since: number, doer: Doer): Promise<RescanPage> {
    const { documents, dayFiles } = this.#house.trail
    let looked: Looked | undefined
    try {
      looked = await this.#look(since, doer)
    } finally {
      await dayFiles.scrub(looked?.in)
    }
    if (looked.goesOn) await documents.put(KIND, CURRENT, looked.goesOn)
    else await documents.delete(KIND, CURRENT)
    return looked.page
  }

  async #look(since: number, doer: Doer): Promise<Looked> {
    const { trail } = this.#house
    const last = (await trail.documents.get(KIND, CURRENT)) as Mark | undefined
    const mark = markFor(last, { since, rules: this.#house.rules(), run: this.#house.run, now: this.#house.now() })
    const limits = { limit: PAGE, ...(mark.before && { before: mark.before }) }
    const { rows, next } = await trail.recorded({ ...EVERYTHING, after: reachOf(mark) }, limits)
    const { bodies, left, seq } = await this.#mask(above(mark, rows), doer)
    const told = { bodies: bodies.length, entries: seq === undefined ? [] : [seq], left }
    const goesOn = markAfter(mark, { rows, told, ...(next !== undefined && { next }) })
    const oldest = rows.at(-1)?.opening
    const page = {
      ...{ seen: mark.seen + above(mark, rows).length, found: bodies.map(toldOf), left, earlier: mark.told },
      ...{ resumed: mark.seen > 0, anew: last?.since === since && mark.seen === 0 },
      ...(goesOn && { reached: oldest?.at ?? since }),
      ...(seq !== undefined && { seq }),
    }
    const stays = goesOn && oldest && { in: { day: dayOfExchange(oldest.exchange), ms: STOPPED_MS } }
    return { page, goesOn, ...stays }
  }

  /** Masks what is found in these. A body that somebody else wrote anew meanwhile is looked at again; one that stays is told as left. */
  async #mask(rows: readonly Recorded[], doer: Doer): Promise<Masked> {
    const first = await this.#foundIn(rows)
    let seq: number | undefined
    let going = first.bodies
    for (let times = 0; going.length > 0 && times < MOST_TIMES; times++) {
      const done = await this.#redact(going, doer)
      seq = done.seq
      if (done.bodies === going.length) return { ...first, seq }
      going = (await this.#foundIn(going.map(({ row }) => row))).bodies
    }
    const stays = new Set(going.map(({ row }) => row.opening.exchange))
    const bodies = first.bodies.filter(({ row }) => !stays.has(row.opening.exchange))
    return { bodies, left: [...new Set([...first.left, ...stays])], seq }
  }

  /** An exchange that is open is passed over: its bodies are still to come, and are masked by the rules of now. */
  async #foundIn(rows: readonly Recorded[]): Promise<Omit<Masked, 'seq'>> {
    const found: Body[] = []
    const left: string[] = []
    for (const { opening, ending } of rows) {
      const isOpen = opening.kind === 'asked' && !ending
      const row = isOpen ? undefined : await this.#house.trail.exchange(opening.exchange)
      if (row && entrySays(this.#house.engine(), row)) left.push(opening.exchange)
      for (const part of ['prompt', 'reply'] as const) {
        const body = part === 'prompt' ? row?.opening.body : row?.ending?.body
        const anew = row && body && (await this.#anew(row, part, body))
        if (anew) found.push({ row, part, anew, from: hash('sha256', body.bytes, 'buffer'), salt: randomBytes(32) })
      }
    }
    return { bodies: found, left }
  }

  #anew({ opening }: Recorded, direction: Body['part'], body: RecordedBody): Promise<Anew | undefined> {
    const { engine, keyring, clock } = this.#house
    const scope = opening.session ?? opening.actor?.id ?? ''
    return maskedAnew({ engine: engine(), keyring, clock }, { route: opening.route, direction, scope }, body)
  }

  /** The entry first, then the bodies; the session gets a new key, so that no copy made before tells what was taken out. */
  async #redact(
    bodies: readonly Body[],
    { who, why }: Doer,
  ): Promise<{ readonly seq: number; readonly bodies: number }> {
    const { trail, holds, now, uuid, forget, policy } = this.#house
    await holds.pin(bodies.map(({ row }) => row.opening))
    const redacted = bodies.map(({ row, part, anew, salt }) => ({
      ...{ exchange: row.opening.exchange, part, rules: rulesIn(anew.findings) },
      commitment: commitmentOf(anew.bytes, salt),
    }))
    const said = policy && { policy: policy() }
    const note: Redact = { kind: 'redact', exchange: uuid(), at: now(), who, why, ...said, bodies: redacted }
    const seq = await trail.append(note)
    await sealedUpTo(trail, seq)
    const taken = [...new Set(bodies.flatMap(({ anew }) => anew.taken))]
    const revision: Revision = {
      ...{ by: note.exchange, erased: [], taken, notes: [], more: true },
      bodies: bodies.map(({ row, part, from, anew: { bytes, findings }, salt }) => ({
        ...{ exchange: row.opening.exchange, part, from, bytes, salt, findings },
        ...(editsSay(row, taken) && { withEdits: true }),
      })),
    }
    const revised = await trail.dayFiles.revise(revision)
    for (const session of new Set(bodies.map(({ row }) => row.opening.session))) await trail.keys.rekey(session)
    forget?.()
    return { seq, bodies: revised.bodies }
  }
}

/** Whether what was derived of a reply has one of these in a path. */
const editsSay = ({ edits }: Recorded, taken: readonly string[]): boolean =>
  edits?.units.some(({ path = '' }) => taken.some((value) => path.includes(value))) ?? false

const rulesIn = (findings: readonly Finding[]): string[] => [...new Set(findings.map(({ rule }) => rule))]

const toldOf = ({ row: { opening, ending }, part, anew }: Body): Late => {
  const model = (part === 'reply' ? ending?.model : undefined) ?? opening.model
  return {
    ...{ exchange: opening.exchange, at: opening.at },
    ...(opening.actor && { who: opening.actor.id }),
    ...(model !== undefined && { model }),
    ...{ direction: part, rules: rulesIn(anew.findings), secrets: secretsIn(anew.findings) },
  }
}
