/** How far each sink has come, and what it owes: a document of the trail. Moved only after an acknowledgement; believed only where it is one. */
import { Fault } from '#exchange'
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

/** Where a sink stands; undefined where it never delivered, or nothing says so that could be believed. */
export async function placeOf(trail: Trail, name: string): Promise<Place | undefined> {
  const stored = await trail.documents.get(KIND, name)
  return isStored(stored) ? { owed: [], untaken: [], ...stored } : undefined
}

/** What stands in the place of a sink's cursor and is none, as a fault; undefined where nothing does. Of what has no place. */
export async function strangeAt(trail: Trail, name: string): Promise<Fault | undefined> {
  const isThere = (await trail.documents.get(KIND, name)) !== undefined
  if (isThere) return new Fault('trail.document', `${KIND} ${name}, which is no cursor by its form`)
  const forged = await trail.documents.forged()
  const isForged = forged.some(({ kind, id }) => kind === KIND && id === name)
  return isForged ? new Fault('trail.document', `${KIND} ${name}`) : undefined
}

/** Of a record of before documents bore MACs anything may stand there. */
function isStored(value: unknown): value is Stored {
  const { seq, owed = [], untaken = [], stuck } = Object(value) as Partial<Record<keyof Stored, unknown>>
  return (
    isCount(seq) &&
    Array.isArray(owed) &&
    owed.every((one) => isStretch(one) && one[1] <= seq) &&
    Array.isArray(untaken) &&
    untaken.every((one) => typeof Object(one).id === 'string' && isCount(Object(one).seq)) &&
    (stuck === undefined || (isCount(Object(stuck).seq) && isCount(Object(stuck).since)))
  )
}

const isStretch = (value: unknown): value is Stretch => {
  const [first, last] = Array.isArray(value) ? (value as unknown[]) : []
  return isCount(first) && isCount(last) && first <= last
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const keepPlace = (trail: Trail, name: string, { seq, owed, stuck, untaken }: Place, at: number) =>
  trail.documents.put(KIND, name, {
    ...{ name, seq, at },
    ...(owed.length > 0 && { owed }),
    ...(stuck && { stuck }),
    ...(untaken.length > 0 && { untaken }),
  } satisfies Stored)

/** Where all stand, also those that are no longer configured. */
export async function places(trail: Trail): Promise<readonly (Place & { readonly name: string })[]> {
  const stored = (await trail.documents.list(KIND)).filter(isStored)
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
