/** The small head file: the lock on the folder, the highest seq given out, and documents with their MACs. Holds no entry. */

import { Fault } from '#exchange'
import { point } from '../../points.ts'
import type { StoredDocument } from '../../store.ts'
import { File } from './file.ts'

const MACS =
  'CREATE TABLE macs(kind TEXT NOT NULL, id TEXT NOT NULL, mac BLOB NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID'

/** The first format whose documents bear MACs: all entries are proven by then. */
export const WITH_MACS = 2

export const FORMAT = {
  version: 2,
  secureDelete: true, // lines of who read wait here, and an erasure reaches them
  checked: true,
  schema: `
    CREATE TABLE marks(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents(kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID;
    ${MACS}`,
  upgrades: {
    1: {
      does: 'documents get a place for their MACs, which they are given as they lie when the record is opened next',
      rows: 'documents',
      run: (file: File) => void file.run(MACS),
    },
  },
}

/** A document as it lies there. What is no text, or no MAC by its form, is null. */
export interface Row {
  readonly kind: string | null
  readonly id: string | null
  readonly json: string | null
  readonly mac: Uint8Array | null
}

/** Kinds of the store's own, without MACs: it believes nothing of what stands there. `proof` bears its own mark. */
export const OWN: ReadonlySet<string | null> = new Set(['waiting', 'scrub', 'proof'])

/** A MAC, and the document that it is of. */
export interface MacOf {
  readonly kind: string
  readonly id: string
  readonly mac: Uint8Array
}

/** Whoever can write there can put down a value of any type. */
const text = (column: string) => `CASE WHEN typeof(d.${column}) = 'text' THEN d.${column} END AS ${column}`
const ROWS = `SELECT ${text('kind')}, ${text('id')}, ${text('json')}, CASE WHEN typeof(m.mac) = 'blob' THEN m.mac END AS mac
  FROM documents d LEFT JOIN macs m ON m.kind = d.kind AND m.id = d.id`

/** What no JavaScript number holds, or is no number, is null. */
const MARK = `SELECT CASE WHEN typeof(value) = 'integer' AND value BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER} THEN value END AS value
  FROM marks WHERE name = ?`

/** The open head file. While it is open, no other process can open it. */
export class Head {
  readonly file: File

  /** @throws trail.locked at once where another process holds the folder */
  constructor(path: string, readOnly = false) {
    this.file = new File(path, FORMAT, readOnly)
  }

  /** A seq that none given out before was higher than, as far as is known without the day files. */
  get seq(): number {
    return this.mark('seq')
  }

  set seq(value: number) {
    this.setMark('seq', value)
  }

  /** A number by its name, 0 where there is none. @throws trail.broken where it is none that was ever written here */
  mark(name: string): number {
    const found = this.file.get<{ value: number | null }>(MARK, name)
    if (found?.value === null)
      throw new Fault('trail.broken', `head.db: the mark ${name} is none that was written here`)
    return found?.value ?? 0
  }

  /** Raises a number; it never becomes less. */
  setMark(name: string, value: number): void {
    const sql = 'INSERT INTO marks VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)'
    this.file.transaction(() => this.file.mustChange(sql, name, value))
  }

  /** Whether nothing was ever put down here: a record that has entries has marks, or from when on they are proven. */
  get isBare(): boolean {
    const sql = 'SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM documents) AS rows'
    return this.file.get<{ rows: number }>(sql)?.rows === 0
  }

  /** Whether any document ever bore a MAC here, true or not. */
  get hasMacs(): boolean {
    return this.file.get('SELECT 1 FROM macs LIMIT 1') !== undefined
  }

  /** Puts one down, with MACs that begin to count with it: its own, or of others. */
  put(kind: string, id: string, json: string, macs: readonly MacOf[] = []): void {
    const sql = 'INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET json = excluded.json'
    this.file.transaction(() => {
      this.file.mustChange(sql, kind, id, json)
      for (const one of macs) this.#prove(one)
      point('document.written')
    })
    point('document.durable')
  }

  document(kind: string, id: string): string | undefined {
    return this.file.get<{ json: string }>('SELECT json FROM documents WHERE kind = ? AND id = ?', kind, id)?.json
  }

  #prove({ kind, id, mac }: MacOf): void {
    const sql = 'INSERT INTO macs VALUES (?, ?, ?) ON CONFLICT(kind, id) DO UPDATE SET mac = excluded.mac'
    this.file.mustChange(sql, kind, id, mac)
  }

  /** All documents, of one kind or all, or one of it, in the order of their ids. */
  rows(kind?: string, id?: string): Row[] {
    const where = [...(kind === undefined ? [] : ['d.kind = ?']), ...(id === undefined ? [] : ['d.id = ?'])]
    const sql = `${ROWS}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''} ORDER BY d.kind, d.id`
    return this.file.all<Row>(sql, ...[kind, id].filter((one) => one !== undefined))
  }

  documents(kind: string): StoredDocument[] {
    const rows = this.file.all<StoredDocument>('SELECT id, json FROM documents WHERE kind = ? ORDER BY id', kind)
    return rows.map(({ id, json }) => ({ id, json }))
  }

  delete(kind: string, id: string): boolean {
    const sql = 'DELETE FROM documents WHERE kind = ? AND id = ?'
    return this.file.transaction(() => {
      const isThere = this.document(kind, id) !== undefined
      this.file.run('DELETE FROM macs WHERE kind = ? AND id = ?', kind, id)
      if (isThere) this.file.mustChange(sql, kind, id)
      return isThere
    })
  }

  tidy(): void {
    if (this.file.logged() > 64) this.file.checkpoint()
  }

  close(): void {
    this.file.close()
  }
}
