/** Asks a file of a record that nobody has open. Changes nothing of it, and leaves nothing beside it. */
import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isReadOnly, openStill } from './still.ts'

/** @throws what SQLite does, where it is damaged or another process has it; disk.readonly */
export function atRest<Said>(path: string, ask: (db: DatabaseSync) => Said): Said {
  const made = [`${path}-shm`, `${path}-wal`].filter((part) => !existsSync(part))
  const db = isReadOnly(dirname(path)) ? openStill(path) : new DatabaseSync(path, { readOnly: true, timeout: 0 })
  try {
    return ask(db)
  } finally {
    // While it is open, nobody else can open it and have a log there.
    for (const part of made) rmSync(part, { force: true })
    db.close()
  }
}

export const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
