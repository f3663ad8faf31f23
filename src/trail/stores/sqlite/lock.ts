/** Holds a data folder for one process as long as it has it open. Writes nothing; nobody else opens its file. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { faultOfStore } from './faults.ts'
import { create } from './file.ts'

export const LOCK = 'lock'

/**
 * SQLite's lock on a file with nothing in it, beside those on the record's own files, which refuse a second process too: without it
 * for an empty folder, and before any of them is made.
 */
export class FolderLock {
  readonly #db: DatabaseSync

  /** @throws trail.locked, trail.unavailable */
  constructor(folder: string) {
    const path = join(folder, LOCK)
    let db: DatabaseSync | undefined
    try {
      create(path)
      db = new DatabaseSync(path, { timeout: 0 })
      db.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
      this.#db = db
    } catch (error) {
      db?.close()
      throw faultOfStore(error, 'the data folder')
    }
  }

  close(): void {
    this.#db.close()
  }
}
