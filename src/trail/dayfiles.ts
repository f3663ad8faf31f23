/** The day files of a trail, as whoever decides what becomes of them sees them. Decides nothing; writes nothing once it has latched. */
import { isExchangePrefix } from './days.ts'
import type { Write } from './documents.ts'
import type { Revised, Revision, Soon } from './revision.ts'
import type { DayFile, Store, TakenBy } from './store.ts'

export interface DayFiles {
  /** Oldest day first. */
  list(): Promise<readonly DayFile[]>
  /** Removes files for good; bytes given back. @throws trail.*, gateway.internal where an exchange of one is open */
  remove(names: readonly string[]): Promise<number>
  /** Takes exchanges out, and writes bodies anew. May be done again. @throws trail.*, gateway.internal where one is open */
  revise(revision: Revision): Promise<Revised>
  /** No byte stays on disk of what revisions with `more` took, but for the files of `soon`. @throws trail.* */
  scrub(soon?: Soon): Promise<void>
  /** The seqs of all entries of these exchanges; of those that are not here, none. */
  seqsOf(exchanges: readonly string[]): Promise<readonly number[]>
  /** The seqs of all entries in a file. */
  seqsIn(name: string): Promise<readonly number[]>
  /** How many exchanges begin in it, by their entries: what only the index tells of does not count. */
  begunIn(name: string): Promise<number>
  /** The id of the entry that erased an exchange, by the beginning of its id. */
  erasedBy(prefix: string): Promise<string | undefined>
  /** What an entry erased and is still in its files: exchanges by ids, lines of none by their places. Of that what `took` lists, where it is given. */
  takenBy(by: string, took?: readonly number[]): Promise<TakenBy>
}

/** The day files of a store. */
export const dayFilesOf = (store: Store, write: Write): DayFiles => ({
  list: () => store.files(),
  remove: (names) => write(() => store.remove(names)),
  revise: (revision) => write(() => store.revise(revision)),
  scrub: (soon) => write(() => store.scrub(soon)),
  seqsOf: async (exchanges) => {
    const seqs: number[] = []
    for (const exchange of exchanges) seqs.push(...(await store.seqs(exchange)))
    return seqs
  },
  seqsIn: (name) => store.seqsIn(name),
  begunIn: (name) => store.begunIn(name),
  erasedBy: async (prefix) => (isExchangePrefix(prefix) ? store.erasedBy(prefix) : undefined),
  takenBy: (by, took) => store.takenBy(by, took),
})
