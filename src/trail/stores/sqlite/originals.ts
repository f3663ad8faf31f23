/** What was received before it was masked, sealed to a key that is not here, under its session's key besides. Opens none. */
import { readable } from './bodies.ts'
import type { DayKeys, Sealed } from './day-keys.ts'
import type { File } from './file.ts'

const PART = 'original'

/** The sealed originals of one day file, by the seq of their entries. */
export class Originals {
  readonly #file: File
  readonly #keys: DayKeys

  constructor(file: File, keys: DayKeys) {
    this.#file = file
    this.#keys = keys
  }

  /** Within a transaction. @throws Wanted */
  keep(seq: number, session: number | null, bytes: Uint8Array): void {
    const sealed = this.#keys.seal(session, seq, PART, bytes)
    this.#file.run('INSERT INTO originals VALUES (?, ?, ?)', seq, sealed.key, sealed.bytes)
  }

  /** @throws Wanted, trail.key, trail.body */
  read(seq: number): Uint8Array | undefined {
    const row = this.#row(seq)
    return row && this.#keys.open(row, seq, PART)
  }

  /** Puts a row under its session's newest key, `newest`; how many it were. Within a transaction. */
  reseal(session: number | null, seq: number, newest: number): number {
    const row = this.#row(seq)
    const bytes = row && row.key !== newest ? readable(() => this.#keys.open(row, seq, PART)) : undefined
    if (!bytes) return 0
    const { key, bytes: anew } = this.#keys.seal(session, seq, PART, bytes)
    this.#file.run('UPDATE originals SET key = ?, bytes = ? WHERE seq = ?', key, anew, seq)
    return 1
  }

  #row(seq: number): Sealed | undefined {
    return this.#file.get<Sealed>('SELECT key, bytes FROM originals WHERE seq = ?', seq)
  }

  /** Within a transaction. */
  remove(seq: number): void {
    this.#file.run('DELETE FROM originals WHERE seq = ?', seq)
  }
}
