/** Looks through stored bodies by today's rules, a page at a time, newest first: what is found is masked in place, on the record. */
import { secretsIn } from '#exchange'
import { type Custody, type Doer, dayOfExchange, type Soon } from '#trail'
import { above, type Mark, markAfter, markFor, NONE_UNREAD, reachOf, STOPPED_MS, type Told } from './mark.ts'
import { type MaskedBody, Redacting, type RedactingHouse, rulesIn, type UnreadBodies } from './redacting.ts'

export interface RescanHouse extends RedactingHouse {
  readonly holds: Pick<Custody['holds'], 'alone' | 'pin'>
  /** The version of the rules and known values of now: a rescan goes on only by the same. */
  rules(): string
  /** Tells this process from another, which may have stopped. */
  readonly run: string
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
  /** The entry that speaks of it. */
  readonly seq: number
}

export interface RescanPage {
  /** Exchanges that were looked through so far. */
  readonly seen: number
  /** What this page found. */
  readonly found: readonly Late[]
  /** Exchanges of this page that say it still: beside their bodies (a path, a file, a model, a reason). */
  readonly left: readonly string[]
  /** Bodies of this page that could not be opened, so that nobody looked for anything in them; the keys that it takes, by their names. */
  readonly unread: UnreadBodies
  /** How far back it has come, ms since the Unix epoch; absent once all is done. */
  readonly reached?: number
  /** The seqs of the entries that tell of what was found. */
  readonly entries: readonly number[]
  /** Whether it goes on where an earlier one was stopped. */
  readonly resumed: boolean
  /** Whether one that was stopped is begun anew, for it went by other rules or known values. */
  readonly anew: boolean
  /** What earlier pages of it found. */
  readonly earlier: Told & { readonly unread: UnreadBodies }
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
const EVERYTHING = { where: {}, except: {}, text: [], without: [] }

export class Rescan {
  readonly #house: RescanHouse
  readonly #redacting: Redacting

  constructor(house: RescanHouse) {
    this.#house = house
    this.#redacting = new Redacting(house)
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
    const { bodies, left, entries, unread } = await this.#redacting.mask(above(mark, rows), doer)
    const told = { bodies: bodies.length, entries, left, unread }
    const goesOn = markAfter(mark, { rows, told, ...(next !== undefined && { next }) })
    const oldest = rows.at(-1)?.opening
    const page = {
      ...{ seen: mark.seen + above(mark, rows).length, found: bodies.map(toldOf), entries, left, unread },
      earlier: { ...mark.told, unread: mark.told.unread ?? NONE_UNREAD },
      ...{ resumed: mark.seen > 0, anew: last?.since === since && mark.seen === 0 },
      ...(goesOn && { reached: oldest?.at ?? since }),
    }
    const stays = goesOn && oldest && { in: { day: dayOfExchange(oldest.exchange), ms: STOPPED_MS } }
    return { page, goesOn, ...stays }
  }
}

const toldOf = ({ row: { opening, ending }, part, anew, seq }: MaskedBody): Late => {
  const model = (part === 'reply' ? ending?.model : undefined) ?? opening.model
  return {
    ...{ exchange: opening.exchange, at: opening.at },
    ...(opening.actor && { who: opening.actor.id }),
    ...(model !== undefined && { model }),
    ...{ direction: part, rules: rulesIn(anew.findings), secrets: secretsIn(anew.findings), seq },
  }
}
