/** The small head file: the lock on the folder, the highest seq given out, and documents. Holds no entry. */

import { point } from '../../points.ts'
import type { StoredDocument } from '../../store.ts'
import { File } from './file.ts'

export const FORMAT = {
  version: 1,
  secureDelete: true, // lines of who read wait here, and an erasure reaches them
  checked: true,
  schema: `
    CREATE TABLE marks(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents(kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID`,
}

/** The open head file. While it is open, no other process can open it. */
export class Head {
  readonly file: File

  /** @throws trail.locked at once where another process holds the folder */
  constructor(path: string) {
    this.file = new File(path, FORMAT)
  }

  /** A seq that none given out before was higher than, as far as is known without the day files. */
  get seq(): number {
    return this.mark('seq')
  }

  set seq(value: number) {
    this.setMark('seq', value)
  }

  /** A number by its name, 0 where there is none. */
  mark(name: string): number {
    return this.file.get<{ value: number }>('SELECT value FROM marks WHERE name = ?', name)?.value ?? 0
  }

  /** Raises a number; it never becomes less. */
  setMark(name: string, value: number): void {
    const sql = 'INSERT INTO marks VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)'
    this.file.transaction(() => this.file.run(sql, name, value))
  }

  /** Whether nothing was ever put down here: a record that has entries has marks, or from when on they are proven. */
  get isBare(): boolean {
    const sql = 'SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM documents) AS rows'
    return this.file.get<{ rows: number }>(sql)?.rows === 0
  }

  put(kind: string, id: string, json: string): void {
    const sql = 'INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET json = excluded.json'
    this.file.transaction(() => {
      this.file.run(sql, kind, id, json)
      point('document.written')
    })
    point('document.durable')
  }

  document(kind: string, id: string): string | undefined {
    return this.file.get<{ json: string }>('SELECT json FROM documents WHERE kind = ? AND id = ?', kind, id)?.json
  }

  documents(kind: string): StoredDocument[] {
    const rows = this.file.all<StoredDocument>('SELECT id, json FROM documents WHERE kind = ? ORDER BY id', kind)
    return rows.map(({ id, json }) => ({ id, json }))
  }

  delete(kind: string, id: string): boolean {
    const sql = 'DELETE FROM documents WHERE kind = ? AND id = ?'
    return this.file.transaction(() => this.file.run(sql, kind, id).changes > 0)
  }

  tidy(): void {
    if (this.file.logged() > 64) this.file.checkpoint()
  }

  close(): void {
    this.file.close()
  }
}
