/** Where a rescan is, and what it found so far, so that it goes on after a stop. Pure; reads and keeps nothing itself. */
import type { UnreadBodies } from './redacting.ts'

/** Kept while a rescan is under way, by ids alone. */
export interface Mark {
  /** Which rescan it is: how far back it goes, ms since the Unix epoch, and by which version of rules and known values. */
  readonly since: number
  readonly rules: string
  /** Where it goes on; absent where a pass begins. */
  readonly before?: string
  /** Exchanges that were looked through. */
  readonly seen: number
  /** The newest exchange of this pass, and the one of the pass before, up to which all is done. */
  readonly top?: Place
  readonly floor?: Place
  /** Whether it was stopped since this pass began: what came meanwhile went by the rules of its time. */
  readonly stopped: boolean
  /** Who did the last page of it, and when. */
  readonly run: string
  readonly at: number
  readonly told: Told
}

interface Place {
  readonly exchange: string
  readonly at: number
}

/** What was found so far. */
export interface Told {
  /** Bodies that were masked anew. */
  readonly bodies: number
  /** The seqs of the entries that tell of them, and ids of exchanges that say it still: the first thousand of each. */
  readonly entries: readonly number[]
  readonly left: readonly string[]
  /** What could not be opened; a mark of an earlier version does not say. */
  readonly unread?: UnreadBodies
}

/** One page as it was looked through. */
export interface Looked {
  readonly rows: readonly { readonly opening: Place }[]
  readonly next?: string
  readonly told: Told
}

/** A page comes within it, or somebody stopped. */
export const STOPPED_MS = 300_000
/** The day of an exchange and its place among the others may differ a little from its time. */
const SLACK_MS = 86_400_000
const MOST_TOLD = 1000
export const NONE_UNREAD: UnreadBodies = { bodies: 0, keys: [] }
const NOTHING: Told = { bodies: 0, entries: [], left: [], unread: NONE_UNREAD }

interface Asked {
  readonly since: number
  readonly rules: string
  readonly run: string
  readonly now: number
}

/** The mark that a page goes by: the one that is kept, where it is of the same rescan; else a new one. */
export function markFor(last: Mark | undefined, { since, rules, run, now }: Asked): Mark {
  if (last?.since !== since || last.rules !== rules)
    return { since, rules, seen: 0, stopped: false, run, at: now, told: NOTHING }
  return { ...last, run, at: now, stopped: last.stopped || last.run !== run || now - last.at > STOPPED_MS }
}

/** How far back a page may have to read, ms since the Unix epoch. */
export const reachOf = ({ since, floor }: Mark): number => (floor ? Math.max(since, floor.at - SLACK_MS) : since)

/** The rows of a page that are to be looked through: those above the floor. */
export function above<Row extends Looked['rows'][number]>({ floor }: Mark, rows: readonly Row[]): readonly Row[] {
  const at = rows.findIndex(({ opening }) => opening.exchange === floor?.exchange)
  return at < 0 ? rows : rows.slice(0, at)
}

/**
 * The mark after a page; undefined once all is done. Where it was stopped, another pass looks through what came since this
 * one began.
 */
export function markAfter(mark: Mark, { rows, next, told }: Looked): Mark | undefined {
  const looked = above(mark, rows)
  const [newest] = looked
  const top = mark.top ?? (newest && { exchange: newest.opening.exchange, at: newest.opening.at })
  const { before: _before, top: _top, ...rest } = mark
  const sum = { ...rest, seen: mark.seen + looked.length, told: both(mark.told, told) }
  if (next !== undefined && looked.length === rows.length) return { ...sum, before: next, ...(top && { top }) }
  return mark.stopped && top ? { ...sum, floor: top, stopped: false } : undefined
}

const both = (one: Told, other: Told): Told => ({
  bodies: one.bodies + other.bodies,
  entries: [...one.entries, ...other.entries].slice(0, MOST_TOLD),
  left: [...one.left, ...other.left].slice(0, MOST_TOLD),
  unread: bothUnread(one.unread ?? NONE_UNREAD, other.unread ?? NONE_UNREAD),
})

const bothUnread = (one: UnreadBodies, other: UnreadBodies): UnreadBodies => ({
  bodies: one.bodies + other.bodies,
  keys: [...new Set([...one.keys, ...other.keys])],
})
