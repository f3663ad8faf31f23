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
const MADE = "SELECT seq FROM sqlite_sequence WHERE name = 'keys'"
/** What a verification opens of an entry, and the key of each; a body of before there were keys lies open. */
const UNDER = 'SELECT seq, key FROM bodies WHERE key IS NOT NULL UNION SELECT seq, key FROM edits'

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
    const made = file.get<{ seq: number }>(MADE)?.seq ?? 0
    if (given > made) file.transaction(() => beyond(file, given))
    file.truncateLog()
    return Math.max(0, given - made)
  } finally {
    file.close()
  }
}

/** Entries that nobody can read, for a key that something of them is under is not there. */
export interface WithoutKey {
  /** Their seqs, each once. */
  readonly seqs: readonly number[]
  /** How many of them are under keys that were made after the newest one that is there, as far as its file knows. */
  readonly later: number
}

/** Of a record that is put back, before `keysBeyond`: what of it is under keys that its file of keys does not have. @throws trail.* */
export function withoutKey(folder: string): WithoutKey {
  const file = new File(join(folder, 'keys.db'), KEYS)
  const here = new Set(file.all<{ id: number }>('SELECT id FROM keys').map(({ id }) => id))
  const made = file.get<{ seq: number }>(MADE)?.seq ?? 0
  file.truncateLog()
  file.close()
  const [seqs, later] = [new Set<number>(), new Set<number>()]
  const days = join(folder, 'days')
  for (const name of readdirSync(days).filter(isDayFile))
    inFile(join(days, name), name, (db) => {
      for (const { seq, key } of db.prepare(UNDER).iterate() as Iterable<{ seq: number; key: number }>) {
        if (here.has(key)) continue
        seqs.add(seq)
        if (key > made) later.add(seq)
      }
    })
  return { seqs: [...seqs], later: later.size }
}

/** The highest number of a key that a day file gave out; 0 for one of before there were any. */
function givenIn(path: string, name: string): number {
  return inFile(path, name, (db) => {
    const has = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'keys'").get()
    return has ? Number(db.prepare('SELECT max(key) AS key FROM keys').get()?.['key'] ?? 0) : 0
  })
}

function inFile<Said>(path: string, name: string, ask: (db: DatabaseSync) => Said): Said {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true })
    return ask(db)
  } catch (error) {
    throw faultOfStore(error, name)
  } finally {
    db?.close()
  }
}
