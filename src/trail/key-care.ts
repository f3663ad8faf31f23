/** What may be done to the keys of a trail's sessions. Never done once the trail has latched. */
import type { Write } from './documents.ts'
import type { Rewrapped, Store, Unopened, Wrapper } from './store.ts'
import type { LostKey } from './wrapping.ts'

export interface KeyCare {
  /**
   * Puts all that is kept of a session under a new key and destroys the old ones: what was taken out of it before can be
   * read by nobody, in no copy. What cannot be opened now stays as it lies, and so does its key. `undefined` is what belongs to no
   * session. How many rows it were. @throws trail.*
   */
  rekey(session: string | undefined): Promise<number>
  /** What is kept of a session, of all days or some (`2026-11-24`), and cannot be opened now. @throws trail.* */
  unopened(session: string | undefined, days?: readonly string[]): Promise<readonly Unopened[]>
  /** Destroys every key of a day file, by its name: its bodies can be read by nobody, in no copy. How many. @throws trail.* */
  shred(file: string): Promise<number>
  /**
   * Wraps every key anew with the wrapping key that is current. Goes on where it stopped. @throws trail.*, trail.key where
   * the one before is not here and `lost` is `refuse`
   */
  rewrap(lost?: LostKey): Promise<Rewrapped>
  /** The wrapping keys that it takes to read the record. */
  wrappers(): Promise<readonly Wrapper[]>
}

/** The keys of a store. `write` does what may not be done in a latched trail. */
export const keyCareOf = (store: Store, write: Write): KeyCare => ({
  rekey: (session) => write(() => store.rekey(session)),
  unopened: (session, days) => store.unopened(session, days),
  shred: (file) => write(() => store.shred(file)),
  rewrap: (lost = 'refuse') => write(() => store.rewrap(lost)),
  wrappers: () => store.wrappers(),
})
