/** Holds a data folder for one process as long as it has it open. Writes nothing; nobody else opens its file, and it follows no link. */
import { closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Fault } from '#exchange'
import { faultOfStore } from './faults.ts'
import { syncFolder } from './on-disk.ts'

export const LOCK = 'lock'

/**
 * SQLite's lock on a file with nothing in it. Those on the record's own files are not enough: a process that closes any descriptor
 * of a file gives up all its locks on it (POSIX, fcntl), as this one does with each that it copies.
 */
export class FolderLock {
  readonly #db: DatabaseSync

  /** @throws trail.locked, trail.unavailable */
  constructor(folder: string) {
    const path = join(folder, LOCK)
    let db: DatabaseSync | undefined
    try {
      const { ino } = placed(path)
      db = new DatabaseSync(withoutMaking(path), { timeout: 0 })
      db.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
      if (emptyIn(path)?.ino !== ino) throw new Fault('trail.unavailable', `${LOCK}: another file was put in its place`)
      this.#db = db
    } catch (error) {
      db?.close()
      throw faultOfStore(error, LOCK)
    }
  }

  close(): void {
    this.#db.close()
  }
}

/** The file, made where it is not there. One that is there is not opened: closing it would give up whoever's lock in this process. */
function placed(path: string): Stats {
  const found = emptyIn(path)
  if (found) return found
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600))
  syncFolder(dirname(path))
  return lstatSync(path)
}

/** Undefined where nothing is there. @throws trail.unavailable for what is no empty file of this folder */
function emptyIn(path: string): Stats | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return undefined
  const what = stat.isSymbolicLink()
    ? 'a symbolic link'
    : stat.isDirectory()
      ? 'a folder'
      : !stat.isFile()
        ? 'no plain file'
        : stat.size > 0
          ? `a file of ${stat.size} bytes`
          : undefined
  if (what === undefined) return stat
  throw new Fault(
    'trail.unavailable',
    `${LOCK} is ${what}, and stands for an empty file: take it away, it is made anew`,
  )
}

/** By the name alone SQLite would make what a link points to, put there meanwhile. */
function withoutMaking(path: string): URL {
  const url = pathToFileURL(path)
  url.searchParams.set('mode', 'rw')
  return url
}
