/** The next rows of a sink: entries above its cursor that it wants, within bounds of number and size. Delivers nothing. */
import type { Followed, Recorded, Trail } from '#trail'
import { type Log, type Row, rowOf, rowOfEntry } from './row.ts'

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
}

/** Text of bodies in one batch: past it no further row is taken. */
const MOST_TEXT = 4_194_304

/** So long an entry waits for its place in the sealed log, ms; where sealing fails it goes without. */
const SEAL_MS = 5000

/** Entries that are looked at in one go; most of them are no rows where a sink leaves openings out. */
const PAGE = 500

/** The sealed log as it is, and the time, ms since the Unix epoch. */
export interface Sealed {
  readonly log: Log | undefined
  readonly now: number
}

export async function gather(trail: Trail, after: number, wanted: Wanted, sealed: Sealed): Promise<Gathered> {
  const { log, now } = sealed
  const rows: Row[] = []
  const page = await trail.following(after, PAGE)
  let seq = after
  let text = 0
  for (const followed of page) {
    if (rows.length >= wanted.rows || text > MOST_TEXT) return { rows, seq, full: true, unsealed: false }
    const age = now - (followed.entry?.at ?? 0)
    if (log && followed.seq > log.size && age < SEAL_MS) return { rows, seq, full: false, unsealed: true }
    const row = await rowFor(trail, followed, wanted, log)
    if (row) rows.push(row)
    text += (row?.untrusted?.prompt?.text.length ?? 0) + (row?.untrusted?.reply?.text.length ?? 0)
    seq = followed.seq
  }
  return { rows, seq, full: page.length === PAGE, unsealed: false }
}

async function rowFor(trail: Trail, followed: Followed, { content, openings }: Wanted, log: Log | undefined) {
  const { entry, seq } = followed
  if (!entry || (entry.kind === 'asked' && !openings)) return undefined
  const bears = 'facts' in entry || 'timings' in entry
  const whole = content && bears ? await trail.exchange(entry.exchange) : undefined
  return whole ? rowOf(upTo(whole, seq), log) : rowOfEntry(followed, log)
}

/** The exchange as it was when this entry was written. */
function upTo({ outcomes: _outcomes, ending, closing, ...rest }: Recorded, seq: number): Recorded {
  return seq === closing && ending ? { ...rest, ending, closing } : rest
}
