/** Which wrapping keys the backups are under, as far as this record took them: by their places. Reads no place, and no key. */
import type { Trail } from '#trail'
import { unlocked } from '../documents.ts'

/** A place, and the names of the keys that what is there is under. */
export interface Under {
  readonly place: string
  readonly keys: readonly string[]
}

const KIND = 'backup_under'

/** What stands there now. @throws trail.* */
export const noteUnder = (documents: Trail['documents'], under: Under): Promise<void> =>
  documents.put(KIND, under.place, under)

/** None where nobody can tell which are true. @throws trail.* */
export async function knownUnder(documents: Trail['documents']): Promise<readonly Under[]> {
  const all = (await unlocked(() => documents.list(KIND))) ?? []
  return (all as Under[]).filter(({ place, keys }) => typeof place === 'string' && Array.isArray(keys))
}

/** The places that have something under a key. */
export const placesUnder = (all: readonly Under[], name: string): readonly string[] =>
  all.flatMap(({ place, keys }) => (keys.includes(name) ? place : []))
