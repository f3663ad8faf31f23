/**
 * What it takes to bring the files of a record to the formats of this version, and doing it: file by file, each in one
 * transaction. No process may have the record open.
 */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '#exchange'
import { isDayFile } from '../../dayfile.ts'
import { atRest, versionOf } from './at-rest.ts'
import { faultOfStore } from './faults.ts'
import { File, type Format } from './file.ts'
import { FORMAT as HEAD } from './head.ts'
import { FORMAT as KEYS } from './keys.ts'
import { FolderLock, LOCK } from './lock.ts'
import { FORMAT as DAY } from './schema.ts'

/** One file of the record, by its path in the data folder. */
export interface Migrated {
  readonly file: string
  /** Its format, and the one that this version writes. */
  readonly version: number
  readonly to: number
  /** What is done to it, in words; nothing where it is as it should be. */
  readonly does: readonly string[]
  /** Rows that are read or written for that. */
  readonly rows: number
  /** Bytes that must be free meanwhile: its log may grow as large as the file. */
  readonly needs: number
}

export interface Migration {
  readonly files: readonly Migrated[]
  /** Bytes that must be free for the largest of them, and that are. */
  readonly needs: number
  readonly free: number
  /** Whether it was done; else it was only looked at. */
  readonly done: boolean
}

export interface MigrateOptions {
  readonly dryRun: boolean
  /** Told after each file that was changed. */
  progress?(done: number, total: number): void
}

/**
 * All files, or none where one of them cannot be: then nothing was changed. A process that dies meanwhile leaves every
 * file as it was or as it is to be. @throws trail.none, trail.space, trail.locked, trail.newer, trail.unavailable, trail.broken
 */
export function migrate(folder: string, { dryRun, progress }: MigrateOptions): Migration {
  if (!existsSync(join(folder, 'head.db'))) throw new Fault('trail.none', folder)
  const lock = dryRun && !existsSync(join(folder, LOCK)) ? undefined : new FolderLock(folder)
  try {
    return migrated(folder, { dryRun, ...(progress && { progress }) })
  } finally {
    lock?.close()
  }
}

function migrated(folder: string, { dryRun, progress }: MigrateOptions): Migration {
  const files = pathsIn(folder).map((file) => looked(folder, file))
  const needs = Math.max(0, ...files.map((file) => file.needs))
  const { bavail, bsize } = statfsSync(folder)
  const told = { files, needs, free: bavail * bsize }
  if (dryRun) return { ...told, done: false }
  if (needs > told.free) throw new Fault('trail.space', `${needs} bytes must be free in ${folder}, ${told.free} are`)
  const old = files.filter(({ does }) => does.length > 0)
  // The head first, for an earlier version that has the record open knows of no other lock.
  const head = new File(join(folder, 'head.db'), HEAD)
  try {
    for (const [at, { file }] of old.entries()) {
      if (file !== 'head.db') upgraded(join(folder, file), formatOf(file))
      progress?.(at + 1, old.length)
    }
  } finally {
    head.close()
  }
  return { ...told, done: true }
}

function upgraded(path: string, format: Format): void {
  const file = new File(path, format)
  file.truncateLog()
  file.close()
}

function pathsIn(folder: string): string[] {
  const days = existsSync(join(folder, 'days')) ? readdirSync(join(folder, 'days')).filter(isDayFile).sort() : []
  return ['head.db', 'keys.db', ...days.map((name) => `days/${name}`)].filter((path) => existsSync(join(folder, path)))
}

const formatOf = (file: string): Format => (file === 'head.db' ? HEAD : file === 'keys.db' ? KEYS : DAY)

/** Reads one file, without its lock and without changing it. */
function looked(folder: string, file: string): Migrated {
  const path = join(folder, file)
  const format = formatOf(file)
  try {
    return atRest(path, (db) => {
      const version = versionOf(db)
      return { file, version, to: format.version, ...planned(db, file, version, format, statSync(path).size) }
    })
  } catch (error) {
    throw faultOfStore(error, file)
  }
}

type Plan = Pick<Migrated, 'does' | 'rows' | 'needs'>

/** @throws trail.newer, trail.unavailable where no way leads from its version */
function planned(db: DatabaseSync, file: string, version: number, format: Format, size: number): Plan {
  const { version: to, upgrades = {} } = format
  if (version > to) throw new Fault('trail.newer', `${file}: format ${version}; this version reads up to ${to}`)
  if (version === 0) return { does: ['it is empty: its tables are made'], rows: 0, needs: size }
  const steps = Array.from({ length: to - version }, (_, at) => upgrades[version + at])
  const does: string[] = []
  let rows = 0
  for (const [at, step] of steps.entries()) {
    if (!step) throw new Fault('trail.unavailable', `${file}: format ${version + at} is no longer read`)
    does.push(step.does)
    if (step.rows) rows += Number(db.prepare(`SELECT count(*) AS count FROM ${step.rows}`).get()?.['count'])
  }
  return { does, rows, needs: does.length > 0 ? size : 0 }
}
