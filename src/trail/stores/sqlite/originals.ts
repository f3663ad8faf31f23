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
    const row = this.#file.get<Sealed>('SELECT key, bytes FROM originals WHERE seq = ?', seq)
    return row && this.#keys.open(row, seq, PART)
  }

  /** Puts a session's rows under its newest key. Within a transaction; how many it were. */
  reseal(session: number | null, seqs: readonly number[]): number {
    let count = 0
    for (const seq of seqs) {
      const bytes = readable(() => this.read(seq))
      if (!bytes) continue
      const { key, bytes: anew } = this.#keys.seal(session, seq, PART, bytes)
      this.#file.run('UPDATE originals SET key = ?, bytes = ? WHERE seq = ?', key, anew, seq)
      count += 1
    }
    return count
  }

  /** Within a transaction. */
  remove(seq: number): void {
    this.#file.run('DELETE FROM originals WHERE seq = ?', seq)
  }
}
