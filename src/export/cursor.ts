/** How far each sink has come, and what it owes: a document of the trail. Moved only after an acknowledgement. */
import type { Trail } from '#trail'

const KIND = 'export'

/** Entries from the first seq to the last, both included. */
export type Stretch = readonly [first: number, last: number]

/** A row that its receiver never took, passed over so that the others go on. Tried again when the sink is opened anew. */
export interface Untaken {
  /** Of the row. */
  readonly id: string
  readonly seq: number
  /** When it was passed over, ms since the Unix epoch, and the status that the receiver answered: nothing of its text. */
  readonly at: number
  readonly why: string
}

/** Where a sink stands. */
export interface Place {
  /** Entries up to this one are delivered, or passed over. */
  readonly seq: number
  /** What left without its place in the sealed log, and is sent again with it. */
  readonly owed: readonly Stretch[]
  /** The row that is refused alone, and since when, ms since the Unix epoch. */
  readonly stuck?: { readonly seq: number; readonly since: number }
  readonly untaken: readonly Untaken[]
}

interface Stored extends Partial<Place> {
  readonly name: string
  readonly seq: number
  /** When it was last moved, ms since the Unix epoch. */
  readonly at: number
}

/** Where a sink stands; undefined where it never delivered. */
export async function placeOf(trail: Trail, name: string): Promise<Place | undefined> {
  const stored = (await trail.documents.get(KIND, name)) as Stored | undefined
  return stored && { owed: [], untaken: [], ...stored }
}

export const keepPlace = (trail: Trail, name: string, { seq, owed, stuck, untaken }: Place, at: number) =>
  trail.documents.put(KIND, name, {
    ...{ name, seq, at },
    ...(owed.length > 0 && { owed }),
    ...(stuck && { stuck }),
    ...(untaken.length > 0 && { untaken }),
  } satisfies Stored)

/** Where all stand, also those that are no longer configured. */
export async function places(trail: Trail): Promise<readonly (Place & { readonly name: string })[]> {
  const stored = (await trail.documents.list(KIND)) as Stored[]
  return stored.map((one) => ({ owed: [], untaken: [], ...one }))
}

/** Stretches that are kept apart; past it the last two become one, and what lies between is sent again too. */
const MOST_OWED = 64

/** How many entries stretches hold. */
export const entriesIn = (owed: readonly Stretch[]): number =>
  owed.reduce((sum, [first, last]) => sum + last - first + 1, 0)

/** With further entries, in the order of their seqs. */
export function owing(owed: readonly Stretch[], seqs: readonly number[]): readonly Stretch[] {
  const all = owed.map(([first, last]): [number, number] => [first, last])
  for (const seq of seqs) {
    const last = all.at(-1)
    if (last && (seq <= last[1] + 1 || all.length >= MOST_OWED)) last[1] = Math.max(last[1], seq)
    else all.push([seq, seq])
  }
  return all
}
