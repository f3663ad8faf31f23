/** How lines that are listed stand to the log: of a log that cannot be read that is said, and every line is shown. Writes nothing. */
import { Fault } from '#exchange'
import { TILE } from './seal/tiles.ts'
import type { Mark } from './store.ts'
import type { Trail } from './trail.ts'

/** An alarm beside a line; `unknown` where the log cannot be read there. None beside what is as it was sealed, or not sealed yet. */
export type ListedSeal = Mark['mark'] | 'unknown'

export interface Seals {
  /** By seq. */
  readonly marks: ReadonlyMap<number, ListedSeal>
  /** Why the log cannot be read there. */
  readonly fault?: string
}

/** A damaged tile costs its own lines their seal alone. @throws trail.* */
export async function sealsOf(trail: Pick<Trail, 'marks'>, seqs: readonly number[]): Promise<Seals> {
  try {
    return { marks: markedIn(await trail.marks(seqs, false)) }
  } catch (error) {
    toldOf(error)
  }
  const marks = new Map<number, ListedSeal>()
  let fault: string | undefined
  for (const some of Map.groupBy(seqs, (seq) => Math.floor((seq - 1) / TILE)).values()) {
    try {
      for (const [seq, mark] of markedIn(await trail.marks(some, false))) marks.set(seq, mark)
    } catch (error) {
      fault ??= toldOf(error)
      for (const seq of some) marks.set(seq, 'unknown')
    }
  }
  return { marks, ...(fault !== undefined && { fault }) }
}

const markedIn = (marks: readonly Mark[]): Map<number, ListedSeal> => new Map(marks.map(({ seq, mark }) => [seq, mark]))

/** What is wrong with the log hides no line; anything else does. */
function toldOf(error: unknown): string {
  if (error instanceof Fault && error.code.startsWith('seal.')) return error.message
  throw error
}
