/** Looks through stored bodies by today's rules, a page at a time, newest first: what is found is masked in place, on the record. */
import { randomBytes } from 'node:crypto'
import { type Finding, type Keyring, type Redact, secretsIn } from '#exchange'
import type { Engine } from '#masking'
import { type Doer, type Recorded, type Revision, sealedUpTo, type Trail } from '#trail'
import { type Anew, maskedAnew } from './anew.ts'
import { commitmentOf } from './commitment.ts'
import { entrySays } from './entry-text.ts'

export interface RescanHouse {
  readonly trail: Trail
  readonly keyring: Keyring
  /** The rules and known values of now. */
  engine(): Engine
  /** Their version; absent where no server runs. */
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
  /** Exchanges of this page whose entries say it beside their bodies (a path, a file, a model, a reason): it stays there. */
  readonly left: readonly string[]
  /** How far back it has come, ms since the Unix epoch; absent once all is done. */
  readonly reached?: number
  /** The entry that tells of what was found; absent where nothing was. */
  readonly seq?: number
  /** Whether it goes on where an earlier one was stopped. */
  readonly resumed: boolean
}

/** Where a rescan is. `since` tells which one it is. */
interface Mark {
  readonly since: number
  readonly before?: string
  readonly seen: number
}

interface Body {
  readonly row: Recorded
  readonly part: 'prompt' | 'reply'
  readonly anew: Anew
  readonly salt: Buffer
}

const KIND = 'rescan'
const CURRENT = 'current'
const PAGE = 50
const EVERYTHING = { where: {}, except: {}, text: [], without: [] }

export class Rescan {
  readonly #house: RescanHouse
  #running: Promise<unknown> = Promise.resolve()

  constructor(house: RescanHouse) {
    this.#house = house
  }

  /** The next page of the rescan that goes back to `since`; the first one of it where none was begun. @throws trail.* */
  page(since: number, doer: Doer): Promise<RescanPage> {
    const done = this.#running.then(() => this.#page(since, doer))
    this.#running = done.catch(() => undefined)
    return done
  }

  async #page(since: number, doer: Doer): Promise<RescanPage> {
    const { trail } = this.#house
    const last = (await trail.documents.get(KIND, CURRENT)) as Mark | undefined
    const mark: Mark = last?.since === since ? last : { since, seen: 0 }
    const page = { limit: PAGE, ...(mark.before && { before: mark.before }) }
    const { rows, next } = await trail.recorded({ ...EVERYTHING, after: since }, page)
    const { bodies, left } = await this.#foundIn(rows)
    const seq = bodies.length > 0 ? await this.#redact(bodies, doer) : undefined
    const seen = mark.seen + rows.length
    if (next) await trail.documents.put(KIND, CURRENT, { since, before: next, seen } satisfies Mark)
    else await trail.documents.delete(KIND, CURRENT)
    const reached = rows.at(-1)?.opening.at
    return {
      ...{ seen, found: bodies.map(told), left, resumed: mark.before !== undefined },
      ...(next && reached !== undefined && { reached }),
      ...(seq !== undefined && { seq }),
    }
  }

  /** An exchange that is open is passed over: its bodies are still to come, and are masked by the rules of now. */
  async #foundIn(rows: readonly Recorded[]): Promise<{ readonly bodies: Body[]; readonly left: string[] }> {
    const found: Body[] = []
    const left: string[] = []
    for (const { opening, ending } of rows) {
      const isOpen = opening.kind === 'asked' && !ending
      const row = isOpen ? undefined : await this.#house.trail.exchange(opening.exchange)
      if (row && entrySays(this.#house.engine(), row)) left.push(opening.exchange)
      for (const part of ['prompt', 'reply'] as const) {
        const anew = row && (await this.#anew(row, part))
        if (anew) found.push({ row, part, anew, salt: randomBytes(32) })
      }
    }
    return { bodies: found, left }
  }

  #anew({ opening, ending }: Recorded, part: Body['part']): Promise<Anew | undefined> | undefined {
    const { engine, keyring, clock } = this.#house
    const body = part === 'prompt' ? opening.body : ending?.body
    const scope = opening.session ?? opening.actor?.id ?? ''
    return (
      body && maskedAnew({ engine: engine(), keyring, clock }, { route: opening.route, direction: part, scope }, body)
    )
  }

  /** The entry first, then the bodies; the session gets a new key, so that no copy made before tells what was taken out. */
  async #redact(bodies: readonly Body[], { who, why }: Doer): Promise<number> {
    const { trail, now, uuid, forget, policy } = this.#house
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
      ...{ by: note.exchange, erased: [], taken, notes: [] },
      bodies: bodies.map(({ row, part, anew: { bytes, findings }, salt }) => ({
        ...{ exchange: row.opening.exchange, part, bytes, salt, findings },
        ...(editsSay(row, taken) && { withEdits: true }),
      })),
    }
    await trail.dayFiles.revise(revision)
    for (const session of new Set(bodies.map(({ row }) => row.opening.session))) await trail.keys.rekey(session)
    forget?.()
    return seq
  }
}

/** Whether what was derived of a reply has one of these in a path. */
const editsSay = ({ edits }: Recorded, taken: readonly string[]): boolean =>
  edits?.units.some(({ path = '' }) => taken.some((value) => path.includes(value))) ?? false

const rulesIn = (findings: readonly Finding[]): string[] => [...new Set(findings.map(({ rule }) => rule))]

const told = ({ row: { opening, ending }, part, anew }: Body): Late => {
  const model = (part === 'reply' ? ending?.model : undefined) ?? opening.model
  return {
    ...{ exchange: opening.exchange, at: opening.at },
    ...(opening.actor && { who: opening.actor.id }),
    ...(model !== undefined && { model }),
    ...{ direction: part, rules: rulesIn(anew.findings), secrets: secretsIn(anew.findings) },
  }
}
