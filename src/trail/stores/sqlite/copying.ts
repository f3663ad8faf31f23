/** A thread that copies a file which stays as it is, without what is free in it, and carries over what changed in it since. Touches no other file. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { Fault } from '#exchange'
import type { Posted, Posting } from './copier.ts'
import { faultOfStore, lineOfFault } from './faults.ts'

const { from, to } = workerData as { readonly from: string; readonly to: string }
let copy: DatabaseSync | undefined

/** Of the file itself, not of its log; nobody's lock is in the way, nor broken by that. */
function begin(): void {
  closeSync(openSync(to, 'w', 0o600))
  const still = pathToFileURL(from)
  still.searchParams.set('immutable', '1')
  const source = new DatabaseSync(still, { readOnly: true })
  source.exec('PRAGMA synchronous=OFF')
  source.prepare('VACUUM INTO ?').run(to)
  source.close()
  sync()
}

/** An index of words lies in tables that nobody may write otherwise. */
function opened(): DatabaseSync {
  const db = new DatabaseSync(to, { defensive: false })
  db.exec('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF')
  return db
}

function sync(): void {
  const descriptor = openSync(to, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Everything fits, for nobody else writes in the copy. */
function carryOver(changes: Uint8Array): void {
  copy ??= opened()
  if (!copy.applyChangeset(changes)) throw new Fault('trail.unavailable', 'a change does not fit the copy')
}

function end(): void {
  copy ??= opened()
  copy.exec('PRAGMA journal_mode=WAL')
  copy.close()
  copy = undefined
  sync()
}

function answered(work: () => void): void {
  const tell = (posting: Posting) => parentPort?.postMessage(posting)
  try {
    work()
    tell({})
  } catch (error) {
    tell({ fault: lineOfFault(faultOfStore(error, 'a copy')) })
  }
}

answered(begin)
parentPort?.on('message', (posted: Posted) => answered(() => ('last' in posted ? end() : carryOver(posted.changes))))
