/** The next rows of a sink: entries above its cursor that it wants, within bounds of number and size. Delivers nothing. */
import type { Followed, Recorded, Trail } from '#trail'
import { type Around, type Log, type Marks, marksOf, type Row, rowOf, rowOfEntry } from './row.ts'

export interface Wanted {
  readonly content: boolean
  readonly openings: boolean
  /** The most rows. */
  readonly rows: number
}

export interface Gathered {
  readonly rows: readonly Row[]
  /** The seq of the last entry that was looked at; that of the cursor where there was none. */
  readonly seq: number
  /** Whether more may follow at once, or once what is there is sealed. */
  readonly full: boolean
  readonly unsealed: boolean
  /** Seqs that were looked at and are not sealed yet. */
  readonly unproven: readonly number[]
}

/** Text of bodies in one batch: past it no further row is taken. */
const MOST_TEXT = 4_194_304

/** Entries that are looked at in one go; most of them are no rows where a sink leaves openings out. */
const PAGE = 500

/** Entries that are held against their leaves in one go: a batch may be full long before the page is through. */
const MARKED = 64

/** What is looked at. */
export interface Reach {
  /** The sealed log as it is. */
  readonly log: Log | undefined
  /** Whether an entry waits until it is sealed. */
  readonly waits: boolean
  /** The last entry; without it all that there are. */
  readonly last?: number
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

export async function gather(trail: Trail, after: number, wanted: Wanted, reach: Reach): Promise<Gathered> {
  const { log, waits, last = Number.POSITIVE_INFINITY, now } = reach
  const [rows, unproven]: [Row[], number[]] = [[], []]
  const page = (await trail.following(after, PAGE)).filter(({ seq }) => seq <= last)
  let seq = after
  let text = 0
  let marks: Marks = new Map()
  for (const [at, followed] of page.entries()) {
    if (at % MARKED === 0) marks = await marksAt(trail, page.slice(at, at + MARKED), wanted)
    if (rows.length >= wanted.rows || text > MOST_TEXT) return { rows, seq, full: true, unsealed: false, unproven }
    const isUnsealed = log !== undefined && followed.seq > log.size
    if (isUnsealed && waits) return { rows, seq, full: false, unsealed: true, unproven }
    const row = await rowFor(trail, followed, wanted, { log, now, marks })
    if (row) rows.push(row)
    if (isUnsealed) unproven.push(followed.seq)
    text += (row?.untrusted?.prompt?.text.length ?? 0) + (row?.untrusted?.reply?.text.length ?? 0)
    seq = followed.seq
  }
  return { rows, seq, full: page.length === PAGE, unsealed: false, unproven }
}

/** What is no entry is a row too: whoever reads on hears of it, and what comes after it is not held up. */
async function rowFor(trail: Trail, followed: Followed, { content, openings }: Wanted, around: Around) {
  const { entry, seq } = followed
  if (entry?.kind === 'asked' && !openings) return undefined
  const bears = entry && ('facts' in entry || 'timings' in entry)
  const whole = content && bears ? await trail.exchange(entry.exchange) : undefined
  return whole && isOf(whole, seq) ? rowOf(upTo(whole, seq), around.log, around.marks) : rowOfEntry(followed, around)
}

const marksAt = async (trail: Trail, some: readonly Followed[], { content, openings }: Wanted): Promise<Marks> => {
  const told = some.filter(({ entry }) => entry && (openings || entry.kind !== 'asked'))
  const seqs = told.flatMap(({ seq, opening }) => (opening ? [seq, opening.seq] : [seq]))
  return marksOf(await trail.marks([...new Set(seqs)], content))
}

/** Whether the record has an entry for that exchange’s which it is looked up by. */
const isOf = (whole: Recorded, seq: number): boolean => whole.seq === seq || whole.closing === seq

/** The exchange as it was when this entry was written. */
function upTo({ outcomes: _outcomes, ending, closing, unreadable, ...rest }: Recorded, seq: number): Recorded {
  if (seq === closing && ending) return { ...rest, ending, closing, ...(unreadable && { unreadable }) }
  return unreadable?.opening ? { ...rest, unreadable: { opening: unreadable.opening } } : rest
}
