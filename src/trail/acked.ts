/**
 * Entries that were acknowledged and are gone: who opens a record holds its end against what is remembered outside of the data
 * folder, before anything else is written. Says what is missing; takes nothing away.
 */
import { type Entry, Fault, type Vanished } from '#exchange'
import type { Held } from './seal/held.ts'
import type { Store } from './store.ts'

/** How far entries were acknowledged, as is remembered outside of the data folder. */
export interface Acked {
  readonly seq: number
  /** The exchange id of the entry that told last, until then, that the record was put back from a backup. */
  readonly restored?: string
  /** The first and the last of the numbers that were passed over last, since rows of somebody else stood there: nobody heard of them. */
  readonly skipped?: readonly [from: number, to: number]
  /** Entries are proven and documents bear MACs; the last one that was there before. */
  readonly since?: number
}

/** The first and the last seq. */
export type Gone = Pick<Vanished, 'from' | 'to'>

/** Where that is remembered. */
export interface AckedMark {
  /** What a process before this one left. */
  readonly left: Acked | undefined
  /** How many entries were sealed, as is remembered outside as well; undefined where nothing there tells. */
  readonly sealed?: number
  /** All of it anew: the record ends here. Never throws. */
  begin(acked: Acked): void
  /** Entries up to this one are durable, and nobody was told yet. Never throws. */
  reach(seq: number): void
  /** An entry that tells what is gone. */
  entry(gone: Gone): Vanished
}

type Record = Pick<Store, 'following' | 'held' | 'highest' | 'notes' | 'sealed'>
type Opened = Record & Pick<Store, 'goOn' | 'state'>

/** Entries that are looked at together, from the last one backwards. */
const PAGE = 32
/** So many numbers are passed over at most for what somebody else may have put there: each takes a place in the log. */
const NEAR = 100_000
/** More entries than that are never said to be gone: rather that memory is wrong. */
const MOST_GONE = 1_000_000

/**
 * Says from where on numbers are given out, tells what is gone as the first entries that are written, and marks where the record
 * ends now. Without a mark only the first.
 * @throws trail.end where more is gone than can be; trail.*; where an entry cannot be written the mark stays as it is
 */
export async function settleEnd(
  record: Opened,
  mark: AckedMark | undefined,
  append: (entry: Entry) => Promise<number>,
): Promise<void> {
  const left = mark?.left
  const own = await endOf(record, mark?.sealed ?? left?.seq)
  const gone = left ? await vanishedBehind(record, own, left) : []
  const most = gone.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  if (left && most > MOST_GONE)
    throw new Fault('trail.end', `entry ${left.seq} is said to be acknowledged, and the record ends with ${own}`)
  const last = gone.at(-1)?.to ?? own
  const begin = await beginOf(record, last, left)
  await record.goOn(begin)
  const told = await Promise.all(gone.flatMap((one) => (mark ? append(mark.entry(one)) : []))) // in one transaction: all or none
  const end = Math.max(own, ...told)
  const skipped = begin > last ? ([last + 1, begin] as const) : left?.skipped
  const [restored = ''] = [(await putBackBy(record)) ?? '', left?.restored ?? ''].sort().reverse() // none explains twice
  const since = (await provenAfter(record)) ?? left?.since
  const rest = { ...(skipped && { skipped }), ...(since !== undefined && { since }) }
  mark?.begin({ seq: end, ...(restored !== '' && { restored }), ...rest })
}

/** The last entry that was there before entries were proven; undefined where that cannot be told here. @throws trail.* */
export async function provenAfter(record: Pick<Store, 'state'>): Promise<number | undefined> {
  const { provenAfter } = (await record.state()) ?? {}
  return Number.isSafeInteger(provenAfter) ? provenAfter : undefined
}

/** What was acknowledged and is not there; nothing where all of it is, or where the record was put back since. @throws trail.* */
export const vanishedIn = async (record: Record, left: Acked): Promise<readonly Gone[]> =>
  vanishedBehind(record, await endOf(record, left.seq), left)

async function vanishedBehind(record: Record, end: number, left: Acked): Promise<readonly Gone[]> {
  const { seq, restored = '', skipped: [from, to] = [seq + 1, seq] } = left
  if (seq <= end || ((await putBackBy(record)) ?? '') > restored) return []
  return [
    { from: end + 1, to: Math.min(from - 1, seq) },
    { from: Math.max(to, end) + 1, to: seq },
  ].filter((gone) => gone.from <= gone.to)
}

/**
 * The number that the next entry stands behind: the last one of this record's, or of somebody else's row that is near. The highest
 * number that was given out, as the folder has it, counts only where nothing else knows an end: anybody can write one there.
 */
async function beginOf(record: Record, end: number, left: Acked | undefined): Promise<number> {
  const [highest, { kind, size }] = [await record.highest(), await record.sealed()]
  const isNear = highest <= end + NEAR
  if (left === undefined && (isNear || kind === 'off' || size === 0)) return Math.max(end, highest)
  return Math.max(end, await lastRow(record, Math.min(highest, end + NEAR)))
}

/**
 * The last place that an entry stands in, or that is sealed; whatever number was given out, and whatever somebody else wrote. Where
 * nobody checked whose head the log has, that is over no more than is known outside.
 */
async function endOf(record: Record, outside = 0): Promise<number> {
  const sealed = await record.sealed()
  const size = sealed.kind === 'on' ? sealed.size : Math.min(sealed.size, outside)
  let to = await lastRow(record, await record.highest())
  for (let most = 1; to > size; most = PAGE) {
    const from = Math.max(size + 1, to - most + 1)
    const found = (await record.held(from, to - from + 1, [])).filter(isThere).map(({ seq }) => seq)
    if (found.length > 0) return Math.max(...found)
    to = await lastRow(record, from - 1)
  }
  return size
}

/** The seq of the last row up to `most`, whoever wrote it; 0 where there is none. */
async function lastRow(record: Record, most: number): Promise<number> {
  let [low, high] = [0, most]
  for (let middle = high - 1; low < high; middle = Math.floor((low + high) / 2)) {
    const [row] = await record.following(middle, 1)
    if (row && row.seq <= most) low = row.seq
    else high = middle
  }
  return low
}

/** Of what cannot be read nobody says that it is gone. */
const isThere = ({ leaf, by, lost, unproven }: Held): boolean => !unproven && (leaf ?? by ?? lost) !== undefined

/** The entry that told last that the record was put back, of those that only who had its key can have written. */
async function putBackBy(record: Record): Promise<string | undefined> {
  for (const one of (await record.notes('restored')).toReversed())
    if (await isOwn(record, one.seq)) return one.note.exchange
  return undefined
}

async function isOwn(record: Pick<Store, 'held'>, seq: number): Promise<boolean> {
  return (await record.held(seq, 1, [])).some((one) => one.seq === seq && isThere(one))
}

/** What entries say of others that vanished, oldest first: a line of it that somebody else put there counts for nothing. */
export async function toldVanished(record: Pick<Store, 'held' | 'notes'>) {
  const own: { readonly seq: number; readonly vanished: Vanished }[] = []
  for (const { seq, note } of await record.notes('vanished'))
    if (await isOwn(record, seq)) own.push({ seq, vanished: note })
  return own
}
