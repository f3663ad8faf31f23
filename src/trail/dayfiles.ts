/** The day files of a trail, as whoever decides what becomes of them sees them. Decides nothing; writes nothing once it has latched. */
import type { Write } from './documents.ts'
import type { DayFile, Store } from './store.ts'

export interface DayFiles {
  /** Oldest day first. */
  list(): Promise<readonly DayFile[]>
  /** Removes files for good; bytes given back. @throws trail.*, gateway.internal where an exchange of one is open */
  remove(names: readonly string[]): Promise<number>
}

/** The day files of a store. */
export const dayFilesOf = (store: Store, write: Write): DayFiles => ({
  list: () => store.files(),
  remove: (names) => write(() => store.remove(names)),
})
