/** Masks what today's rules find in a page of stored bodies, in place and on the record. Says what it found; looks for no page. */
import { hash, randomBytes } from 'node:crypto'
import type { Fault, Finding, Keyring, Body as RecordedBody, Redact } from '#exchange'
import type { Engine } from '#masking'
import { type Custody, type Doer, keyWantedBy, type Recorded, type Revision, sealedUpTo, type Trail } from '#trail'
import { Breath } from '../breath.ts'
import { type Anew, maskedAnew } from './anew.ts'
import { commitmentOf } from './commitment.ts'
import { entrySays } from './entry-text.ts'
import { followersOf, type Reworded } from './following.ts'
import { saysOf } from './says.ts'

export interface RedactingHouse {
  readonly trail: Trail
  readonly keyring: Keyring
  readonly holds: Pick<Custody['holds'], 'pin'>
  /** The rules and known values of now. */
  engine(): Engine
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

/** One that says what is masked now. */
export interface Body {
  readonly row: Recorded
  readonly part: 'prompt' | 'reply'
  readonly anew: Anew
  /** SHA-256 of the body that it was made from. */
  readonly from: Buffer
  readonly salt: Buffer
}

/** One that was masked, and the seq of the entry that speaks of it. */
export interface MaskedBody extends Body {
  readonly seq: number
}

export interface Masked {
  readonly bodies: readonly MaskedBody[]
  /** Ids of exchanges that say it still. */
  readonly left: readonly string[]
  /** The seqs of all entries that tell of it. */
  readonly entries: readonly number[]
  /** What could not be looked at. */
  readonly unread: UnreadBodies
}

/** Bodies that cannot be opened, by their number, and the names of the keys that it takes, where a key is all that is missing. */
export interface UnreadBodies {
  readonly bodies: number
  readonly keys: readonly string[]
}

/** Before anything is masked. */
interface Found {
  readonly bodies: readonly Body[]
  readonly left: readonly string[]
  readonly unread: UnreadBodies
}

/** So often at most a body is masked that is another each time. */
const MOST_TIMES = 3

export class Redacting {
  readonly #house: RedactingHouse

  constructor(house: RedactingHouse) {
    this.#house = house
  }

  /** Masks what is found in these. A body that somebody else wrote anew meanwhile is looked at again; one that stays is told as left. */
  async mask(rows: readonly Recorded[], doer: Doer): Promise<Masked> {
    const first = await this.#foundIn(rows)
    const masked = new Map<string, MaskedBody>()
    const entries: number[] = []
    let going = first.bodies
    for (let times = 0; going.length > 0 && times < MOST_TIMES; times++) {
      const { seq, bodies } = await this.#redact(going, doer)
      entries.push(seq)
      for (const body of going) masked.set(keyOf(body), { ...body, seq })
      going = bodies === going.length ? [] : (await this.#foundIn(going.map(({ row }) => row))).bodies
    }
    const stays = new Set(going.map(({ row }) => row.opening.exchange))
    const bodies = [...masked.values()].filter(({ row }) => !stays.has(row.opening.exchange))
    return { bodies, left: [...new Set([...first.left, ...stays])], entries, unread: first.unread }
  }

  /** An exchange that is open is passed over: its bodies are still to come, and are masked by the rules of now. */
  async #foundIn(rows: readonly Recorded[]): Promise<Found> {
    const found: Body[] = []
    const left: string[] = []
    const unread: Fault[] = []
    for (const { opening, ending } of rows) {
      const isOpen = opening.kind === 'asked' && !ending
      const row = isOpen ? undefined : await this.#house.trail.exchange(opening.exchange)
      if (row && entrySays(this.#house.engine(), row)) left.push(opening.exchange)
      unread.push(...Object.values(row?.unreadable ?? {}))
      for (const part of ['prompt', 'reply'] as const) {
        const body = part === 'prompt' ? row?.opening.body : row?.ending?.body
        const anew = row && body && (await this.#anew(row, part, body))
        if (anew) found.push({ row, part, anew, from: hash('sha256', body.bytes, 'buffer'), salt: randomBytes(32) })
      }
    }
    const keys = [...new Set(unread.flatMap((fault) => keyWantedBy(fault) ?? []))]
    return { bodies: found, left, unread: { bodies: unread.length, keys } }
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
    const revision = { ...(await this.#revised(bodies)), by: note.exchange, erased: [], notes: [], more: true } as const
    const revised = await trail.dayFiles.revise(revision)
    for (const session of new Set(bodies.map(({ row }) => row.opening.session))) await trail.keys.rekey(session)
    forget?.()
    return { seq, bodies: revised.bodies }
  }

  /** Each with all that it says now, which is read of it, and what else was found by the words of any. */
  async #revised(bodies: readonly Body[]): Promise<Pick<Revision, 'bodies' | 'words'>> {
    const breath = new Breath(this.#house.clock)
    const taken = [...new Set(bodies.flatMap(({ anew }) => anew.taken))]
    const revised: Revision['bodies'][number][] = []
    for (const { row, part, from, anew, salt } of bodies) {
      const { bytes, findings } = anew
      const [body, { exchange, route }] = [part === 'prompt' ? row.opening.body : row.ending?.body, row.opening]
      const says = body && saysOf({ ...body, bytes }, { route, direction: part })
      revised.push({
        ...{ exchange, part, from, bytes, salt, findings },
        ...(editsSay(row, taken) && { withEdits: true }),
        ...(says !== undefined && { says }),
      })
      await breath.pause()
    }
    const words: Reworded[] = []
    for (const [session, own] of Map.groupBy(bodies, ({ row }) => row.opening.session))
      if (session !== undefined) {
        const ids = (some: readonly Body[]) => new Set(some.map(({ row }) => row.opening.exchange))
        const prompts = own.filter(({ part }) => part === 'prompt')
        words.push(...(await followersOf({ ...this.#house, sparesLocked: true }, session, ids(own), ids(prompts))))
      }
    return { bodies: revised, words }
  }
}

const keyOf = ({ row, part }: Body): string => `${row.opening.exchange} ${part}`

/** Whether what was derived of a reply has one of these in a path. */
const editsSay = ({ edits }: Recorded, taken: readonly string[]): boolean =>
  edits?.units.some(({ path = '' }) => taken.some((value) => path.includes(value))) ?? false

export const rulesIn = (findings: readonly Finding[]): string[] => [...new Set(findings.map(({ rule }) => rule))]
