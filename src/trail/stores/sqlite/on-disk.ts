/** Files of a record as they lie on disk: made, whole, and let go. Reads nothing of SQLite's but how long a file says it is. */
import { close, closeSync, existsSync, fsyncSync, openSync, readSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Fault } from '#exchange'

/** SQLite makes its files readable by the group; one that is there already keeps its mode, its log takes it over. */
export function create(path: string): void {
  if (existsSync(path)) return
  closeSync(openSync(path, 'a', 0o600))
  syncFolder(dirname(path))
}

/**
 * A file that is cut within a page reads as if what stood there had never been. Where no log holds what is missing, it must have as
 * many pages as it says (sqlite.org/fileformat2.html §1.3). @throws trail.broken
 */
export function checkLength(path: string): void {
  const size = sizeOf(path)
  if (size < HEADER || sizeOf(`${path}-wal`) > 0) return
  const header = Buffer.alloc(HEADER)
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, header, 0, HEADER, 0)
  } finally {
    closeSync(descriptor)
  }
  const [page, pages] = [header.readUInt16BE(16), header.readUInt32BE(28)]
  const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92)
  const whole = (page === 1 ? 65_536 : page) * pages
  if (isCounted && size < whole)
    throw new Fault('trail.broken', `${basename(path)}: ${size} of ${whole} bytes are there`)
}

/** Bytes of an SQLite file that say how it is made. */
const HEADER = 100

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * Takes the last name from a file that this process may have had open. What it takes on disk is given back by another thread
 * (libuv's), a moment later: for some hundred megabytes that takes longer than a commit may wait.
 */
export function letGo(path: string, takeName: () => void): void {
  const held = openSync(path, 'r')
  try {
    takeName()
  } finally {
    close(held, () => undefined) // it was only read: there is nothing that could fail to be written
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** -1 where there is none. */
export const inodeOf = (path: string): bigint => statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? -1n
