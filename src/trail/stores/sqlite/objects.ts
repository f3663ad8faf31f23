/**
 * What a file is made of, by type and name: a trigger, a view or a table that its format does not make has statements do something
 * else than they say. Reads sqlite_schema (sqlite.org/schematab.html); writes nothing.
 */
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '#exchange'

const OBJECTS = 'SELECT type, name FROM sqlite_schema'
/** SQLite's own, of what columns hold: whoever looked at a file with its shell may have had them made. */
const FIGURES = /^table sqlite_stat\d$/

/** Tables that a full-text index may have, by the end of their names. */
const SHADOWS = ['data', 'idx', 'content', 'docsize', 'config'] as const

/** By schema. */
const known = new Map<string, ReadonlySet<string>>()

/** @throws trail.broken with the first object of a file that its schema does not make */
export function mustBeMadeBy(schema: string, db: DatabaseSync, file: string): void {
  const own = known.get(schema) ?? madeBy(schema)
  known.set(schema, own)
  const strange = objectsOf(db).find((one) => !own.has(one) && !FIGURES.test(one))
  if (strange === undefined) return
  const shown = strange.slice(0, 96).replace(/[^\x20-\x7e]/g, '?') // whoever put it there chose its name
  throw new Fault('trail.broken', `${file} has a ${shown}, which no version of Gatelog makes`)
}

/** Those of full-text indexes that SQLite makes itself are among them, of whatever options an earlier version had (sqlite.org/fts5.html). */
function madeBy(schema: string): ReadonlySet<string> {
  const db = new DatabaseSync(':memory:')
  try {
    db.exec(schema)
    const own = objectsOf(db)
    const indexes = own.flatMap((one) => /^(table .+)_config$/.exec(one)?.[1] ?? [])
    return new Set([...own, ...indexes.flatMap((one) => SHADOWS.map((part) => `${one}_${part}`))])
  } finally {
    db.close()
  }
}

const objectsOf = (db: DatabaseSync): string[] =>
  db
    .prepare(OBJECTS)
    .all()
    .map(({ type, name }) => `${String(type)} ${String(name)}`)
