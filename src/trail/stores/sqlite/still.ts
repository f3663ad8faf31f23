/**
 * A record on a file system that is mounted read-only: its files are read as they lie, without what may stand in their logs. Nobody
 * writes there, and whoever has the same record open elsewhere on this machine is noticed. Writes nothing.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Fault } from '#exchange'
import { faultOfStore } from './faults.ts'

/** Whether nobody can write there, whatever the rights. */
export function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}

/** Opens a file that stays as it is (sqlite.org/uri.html, immutable). @throws disk.readonly where its log is not empty */
export function openStill(path: string): DatabaseSync {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new Fault('disk.readonly', `${basename(path)} was not closed in order, and its log cannot be read there`)
  const still = pathToFileURL(path)
  still.searchParams.set('immutable', '1')
  return new DatabaseSync(still, { readOnly: true })
}

/** Keeps whoever would write from opening the record meanwhile, where they see the same file. @throws trail.locked */
export function shareLock(path: string): { close(): void } {
  if (!existsSync(path)) return { close: () => undefined }
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 0, readOnly: true })
    db.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
    return db
  } catch (error) {
    db?.close()
    throw faultOfStore(error, join('the data folder', basename(path)))
  }
}
