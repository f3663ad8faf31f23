/** The formats of a record's files, for whoever copies them; and files of keys for a record that is put back. Opens no record. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDayFile } from '../../dayfile.ts'
import { faultOfStore } from './faults.ts'
import { File } from './file.ts'
import { FORMAT as HEAD } from './head.ts'
import { beyond, FORMAT as KEYS } from './keys.ts'
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

/**
 * Lets a file of keys that is older than the day files beside it make none that they gave out; how many numbers it does not have.
 * What those opened is locked. @throws trail.*
 */
export function keysBeyond(folder: string): number {
  const days = join(folder, 'days')
  const given = Math.max(
    0,
    ...readdirSync(days)
      .filter(isDayFile)
      .map((name) => givenIn(join(days, name), name)),
  )
  const file = new File(join(folder, 'keys.db'), KEYS)
  try {
    const made = file.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'keys'")?.seq ?? 0
    if (given > made) file.transaction(() => beyond(file, given))
    file.truncateLog()
    return Math.max(0, given - made)
  } finally {
    file.close()
  }
}

/** The highest number of a key that a day file gave out; 0 for one of before there were any. */
function givenIn(path: string, name: string): number {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true })
    const has = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'keys'").get()
    return has ? Number(db.prepare('SELECT max(key) AS key FROM keys').get()?.['key'] ?? 0) : 0
  } catch (error) {
    throw faultOfStore(error, name)
  } finally {
    db?.close()
  }
}
