/**
 * What a record lacks that is only looked at: files that are not there, and a newer form. Asked before it is opened, for opening
 * makes the one and brings the other up to date. Writes nothing.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { isDayFile } from '../../dayfile.ts'
import { atRest, versionOf } from './at-rest.ts'
import { faultOfStore } from './faults.ts'
import { FORMAT as HEAD } from './head.ts'
import { FORMAT as KEYS } from './keys.ts'
import { FORMAT as DAY } from './schema.ts'
import { saidToBeSealed } from './sealing.ts'

/** Where the number of a file's format stands in its header (sqlite.org/fileformat2.html §1.3.16). */
const FORMAT_AT = 60
/** The last format of day files that no key was given out in: such a record has no keys.db yet. */
const KEYLESS = 4

/** @throws trail.broken, with all their names, where files are gone and the record has entries; trail.older; trail.locked */
export function mayLook(path: string): void {
  try {
    const folder = join(path, 'days')
    const days = existsSync(folder) ? readdirSync(folder).filter(isDayFile) : []
    if (days.length === 0 && saidToBeSealed(path) === 0) return
    const isGone = (name: string) => sizeOf(join(path, name)) + sizeOf(join(path, `${name}-wal`)) === 0
    const keyed = () => !days.every((name) => isKeyless(join(folder, name)))
    const gone = [...(isGone('head.db') ? ['head.db'] : []), ...(isGone('keys.db') && keyed() ? ['keys.db'] : [])]
    if (gone.length > 0)
      throw new Fault(
        'trail.broken',
        gone.map((name) => `${name} is gone or empty, and the record has entries`).join('; '),
      )
    isOfThisVersion(join(path, 'head.db'), HEAD.version)
    isOfThisVersion(join(path, 'keys.db'), KEYS.version)
    for (const name of days) isOfThisVersion(join(folder, name), DAY.version)
  } catch (error) {
    throw faultOfStore(error, 'the data folder')
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Whether a day file is older than keys: by its number, and by its tables, for anybody can write a number. */
function isKeyless(path: string): boolean {
  const format = formatIn(path)
  if (format < 1 || format > KEYLESS) return false
  const has = "SELECT count(*) AS count FROM pragma_table_info('bodies') WHERE name = 'key'"
  return asked(path, (db) => db.prepare(has).get()?.['count']) === 0
}

/** What is damaged, newer or empty is told when it is opened. @throws trail.older */
function isOfThisVersion(path: string, version: number): void {
  if (sizeOf(path) === 0) return
  const isSettled = formatIn(path) === version && sizeOf(`${path}-wal`) === 0
  const format = isSettled ? version : asked(path, versionOf)
  if (format === undefined || format === 0 || format >= version) return
  const name = path.slice(path.lastIndexOf('/') + 1)
  throw new Fault('trail.older', `${name}: format ${format}; this version reads ${version}`)
}

/** As its header has it: its log may have another one. */
function formatIn(path: string): number {
  const number = Buffer.alloc(4)
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, number, 0, number.length, FORMAT_AT)
  } finally {
    closeSync(descriptor)
  }
  return number.readUInt32BE()
}

/** Undefined where it cannot be read. @throws trail.locked */
function asked<Said>(path: string, ask: Parameters<typeof atRest<Said>>[1]): Said | undefined {
  try {
    return atRest(path, ask)
  } catch (error) {
    const fault = faultOfStore(error, path)
    if (fault.code === 'trail.locked') throw fault
    return undefined
  }
}
