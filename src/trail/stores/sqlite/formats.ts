/** The formats of a record's files, for whoever copies them; and a file of keys that holds none. Opens no record. */
import { File } from './file.ts'
import { FORMAT as HEAD } from './head.ts'
import { FORMAT as KEYS } from './keys.ts'
import { FORMAT as DAY } from './schema.ts'

/** The number of each that this version writes; it reads no newer one. */
export const FORMATS = { day: DAY.version, head: HEAD.version, keys: KEYS.version } as const

/** Above every number that a record gives a key. */
const BEYOND = 2 ** 48

/** Makes a file of keys without any, whose numbers are none that were given before. @throws trail.* */
export function emptyKeys(path: string): void {
  const file = new File(path, KEYS)
  file.transaction(() => file.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('keys', ?)", BEYOND))
  file.truncateLog()
  file.close()
}
