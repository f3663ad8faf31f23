/** What an error of SQLite or of the file system means for the trail: may it pass, or must it never write again. Pure. */
import { Fault } from '#exchange'
import type { FaultLine } from './protocol.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html) after which nothing that the store says can be believed. */
const BROKEN = new Set([
  10, // IOERR, all of its kinds: a failed fsync may have lost pages that the next write believes are there
  11, // CORRUPT
  26, // NOTADB
])
/** BUSY and LOCKED: someone else holds the file. */
const LOCKED = new Set([5, 6])
const BROKEN_FILE = new Set(['EIO', 'EUCLEAN', 'ENOTRECOVERABLE'])

/** The fault for an error; one that is a fault already is kept. `place` is a file's name inside the folder. */
export function faultOfStore(error: unknown, place: string): Fault {
  if (error instanceof Fault) return error
  if (!(error instanceof Error)) return new Fault('trail.unavailable', `${place}: ${String(error)}`)
  const primary = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
  const system = 'code' in error ? String(error.code) : ''
  const detail = `${place}: ${error.message}`
  if ((primary !== undefined && BROKEN.has(primary)) || BROKEN_FILE.has(system))
    return new Fault('trail.broken', detail, { cause: error })
  if (primary !== undefined && LOCKED.has(primary)) return new Fault('trail.locked', detail, { cause: error })
  return new Fault('trail.unavailable', detail, { cause: error })
}

/** SQLITE_IOERR_SHORT_READ: the file ends before it should, and the disk read what there is. */
const SHORT_READ = 522

/**
 * Does what opens a record that is only looked at. A file of it that is not what it was says something of the record, and is told
 * apart from a disk that fails. @throws trail.damaged, trail.*
 */
export function looked<Opened>(open: () => Opened): Opened {
  try {
    return open()
  } catch (error) {
    const fault = faultOfStore(error, 'the data folder')
    if (fault.code !== 'trail.broken' || isOfDisk(fault.cause)) throw fault
    throw new Fault('trail.damaged', fault.detail, { cause: error })
  }
}

function isOfDisk(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = 'errcode' in cause ? Number(cause.errcode) : 0
  return ((code & 0xff) === 10 && code !== SHORT_READ) || ('code' in cause && BROKEN_FILE.has(String(cause.code)))
}

/** A fault as it crosses to another thread. */
export const lineOfFault = ({ code, detail }: Fault): FaultLine => ({ code, detail: detail ?? '' })
