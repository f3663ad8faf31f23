/** The edits of one day's file, and the index of their lines' fingerprints. One row goes with its entry, the index with it. */
import type { KeptEdits } from '#exchange'
import { digestsOf, type Prints, spellPrints } from '../../prints.ts'
import { readable } from './bodies.ts'
import type { DayKeys, Sealed } from './day-keys.ts'
import type { File } from './file.ts'
import type { LineDerived, LineEdits } from './protocol.ts'
import { unpackUnits } from './units.ts'

/** As it is stored. */
export interface EditRow {
  readonly seq: number
  readonly units: Uint8Array
  readonly key: number
  readonly prints: Uint8Array
}

/** Lines that an entry brought: the ending's seq, and which of those that were sought. */
interface Met {
  readonly seq: number
  readonly prints: readonly string[]
}

/** What a row's units are to the seal on them. */
const PART = 'edits'
/** Fingerprints that one statement asks for. */
const AT_ONCE = 128

/** `seq` is that of the ending. */
export class EditRows {
  readonly #file: File
  readonly #keys: DayKeys
  readonly #prints: Prints

  constructor(file: File, keys: DayKeys, prints: Prints) {
    this.#file = file
    this.#keys = keys
    this.#prints = prints
  }

  /** Fingerprints of a reply's new lines, beside its units, and what commits to both. */
  derive({ units, forms }: LineEdits): LineDerived {
    const prints = this.#prints.pack(forms === '' ? [] : forms.split('\n'))
    return { units, prints, digests: digestsOf(units, prints) }
  }

  /** Keeps the edits of an ending; whether they wait for the index. `session` is its session's term. @throws Wanted */
  keep(seq: number, session: number | null, { units, prints }: LineDerived): boolean {
    const { key, bytes } = this.#keys.seal(session, seq, PART, units)
    this.#file.run('INSERT INTO edits VALUES (?, ?, ?, ?)', seq, bytes, key, prints)
    if (prints.length > 0) this.#file.run('INSERT INTO unprinted VALUES (?)', seq)
    return prints.length > 0
  }

  /** Undefined where there are none, or none that can be read: not what was written. @throws Wanted */
  read(seq: number): KeptEdits | undefined {
    const row = this.#row(seq)
    const units = row && readable(() => this.#units(row))
    if (!row || !units) return undefined
    try {
      return { ...unpackUnits(units), prints: spellPrints(row.prints) }
    } catch {
      return undefined // somebody else wrote there, which `verify` tells
    }
  }

  /** Its units as they were written. @throws Wanted, trail.key, trail.body */
  opened(seq: number): Uint8Array | undefined {
    const row = this.#row(seq)
    return row && this.#units(row)
  }

  /** What its ending says of a row, as it lies here now. @throws Wanted, trail.key, trail.body */
  digestOf(row: EditRow): string {
    return digestsOf(this.#units(row), row.prints).derived
  }

  /** The rows of endings from seq `from` to before `to`. */
  between(from: number, to: number): EditRow[] {
    return this.#file.all<EditRow>('SELECT seq, units, key, prints FROM edits WHERE seq >= ? AND seq < ?', from, to)
  }

  #row(seq: number): EditRow | undefined {
    return this.#file.get<EditRow>('SELECT seq, units, key, prints FROM edits WHERE seq = ?', seq)
  }

  #units({ seq, units, key }: EditRow): Uint8Array {
    return this.#keys.open({ key, bytes: units } satisfies Sealed, seq, PART)
  }

  /** Puts a row under its session's newest key, `newest`; how many it were. Within a transaction. */
  reseal(session: number | null, seq: number, newest: number): number {
    const row = this.#row(seq)
    const units = row && row.key !== newest ? readable(() => this.#units(row)) : undefined
    if (!units) return 0
    const { key, bytes } = this.#keys.seal(session, seq, PART, units)
    this.#file.run('UPDATE edits SET units = ?, key = ? WHERE seq = ?', bytes, key, seq)
    return 1
  }

  /** Removes the edits of an entry, and what the index holds of them. Within a transaction. */
  remove(seq: number): void {
    const indexed = this.#file.run('DELETE FROM unprinted WHERE seq = ?', seq).changes === 0
    const { changes } = this.#file.run('DELETE FROM edits WHERE seq = ?', seq)
    if (indexed && changes > 0) this.#file.run('DELETE FROM prints WHERE rowid = ?', seq)
  }

  /** How many rows wait for the index. */
  get waiting(): number {
    return this.#file.get<{ count: number }>('SELECT count(*) AS count FROM unprinted')?.count ?? 0
  }

  /** Moves the fingerprints of up to `most` entries into the index; how many it were. */
  index(most: number): number {
    const sql = 'SELECT seq, prints FROM unprinted JOIN edits USING (seq) ORDER BY seq LIMIT ?'
    const rows = this.#file.all<{ seq: number; prints: Uint8Array }>(sql, most)
    if (rows.length === 0) return 0
    this.#file.transaction(() => {
      for (const { seq, prints } of rows) {
        this.#file.run('INSERT INTO prints(rowid, print) VALUES (?, ?)', seq, spellPrints(prints).join(' '))
        this.#file.run('DELETE FROM unprinted WHERE seq = ?', seq)
      }
    })
    return rows.length
  }

  /** Where fingerprints stand, the newest entry first, at most `most` of them. Only what is indexed. */
  find(prints: readonly string[], most: number): Met[] {
    const seqs = new Set<number>()
    for (let at = 0; at < prints.length; at += AT_ONCE) {
      const some = prints.slice(at, at + AT_ONCE).map((print) => `"${print}"`)
      const sql = 'SELECT rowid AS seq FROM prints WHERE prints MATCH ? ORDER BY rowid DESC LIMIT ?'
      for (const { seq } of this.#file.all<{ seq: number }>(sql, some.join(' OR '), most)) seqs.add(seq)
    }
    const sought = new Set(prints)
    const newest = [...seqs].sort((a, b) => b - a).slice(0, most)
    return newest.map((seq) => ({ seq, prints: this.#printsOf(seq).filter((print) => sought.has(print)) }))
  }

  /** Each once. */
  #printsOf(seq: number): string[] {
    const row = this.#file.get<Pick<EditRow, 'prints'>>('SELECT prints FROM edits WHERE seq = ?', seq)
    return row ? [...new Set(spellPrints(row.prints))] : []
  }
}
