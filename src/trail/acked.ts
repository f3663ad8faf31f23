/**
 * Entries that were acknowledged and are gone: who opens a record holds its end against what is remembered outside of the data
 * folder, before anything else is written. Says what is missing; takes nothing away.
 */
import type { Entry, Vanished } from '#exchange'
import type { Held } from './seal/held.ts'
import type { Store } from './store.ts'

/** How far entries were acknowledged, as is remembered outside of the data folder. */
export interface Acked {
  readonly seq: number
  /** The exchange id of the entry that told last, until then, that the record was put back from a backup. */
  readonly restored?: string
}

/** The first and the last seq. */
export type Gone = Pick<Vanished, 'from' | 'to'>

/** Where that is remembered. */
export interface AckedMark {
  /** What a process before this one left. */
  readonly left: Acked | undefined
  /** All of it anew: the record ends here. Never throws. */
  begin(acked: Acked): void
  /** Entries up to this one are durable, and nobody was told yet. Never throws. */
  reach(seq: number): void
  /** An entry that tells what is gone. */
  entry(gone: Gone): Vanished
}

type Record = Pick<Store, 'following' | 'held' | 'highest' | 'notes' | 'sealed'>

/** Entries that are looked at together, from the last one backwards. */
const PAGE = 32

/**
 * Tells what is gone as the first entry that is written, and marks where the record ends now.
 * @throws trail.*; where the entry cannot be written the mark stays as it is
 */
export async function settleEnd(
  record: Record,
  mark: AckedMark,
  append: (entry: Entry) => Promise<number>,
): Promise<void> {
  const { left } = mark
  const gone = left && (await vanishedIn(record, left))
  const end = gone ? await append(mark.entry(gone)) : await endOf(record)
  const [restored = ''] = [(await putBackBy(record)) ?? '', left?.restored ?? ''].sort().reverse() // none explains twice
  mark.begin({ seq: end, ...(restored !== '' && { restored }) })
}

/** What was acknowledged and is not there; undefined where all of it is, or where the record was put back since. @throws trail.* */
export async function vanishedIn(record: Record, { seq, restored = '' }: Acked): Promise<Gone | undefined> {
  const end = await endOf(record)
  if (seq <= end || ((await putBackBy(record)) ?? '') > restored) return undefined
  return { from: end + 1, to: seq }
}

/** The last place that an entry stands in, or that is sealed; whatever number was given out, and whatever somebody else wrote. */
async function endOf(record: Record): Promise<number> {
  const { size } = await record.sealed()
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
