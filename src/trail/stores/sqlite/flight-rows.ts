/** The rows of reply bytes in flight in a day's file: kept, read, put under another key. Knows no entry; which are needed, `flight.ts` does. */
import { Fault } from '#exchange'
import { readable } from './bodies.ts'
import type { DayKeys } from './day-keys.ts'
import type { File } from './file.ts'
import { type FlightPiece, keyAndBytes, packFlight, unpackFlight, withKey } from './flight.ts'
import type { Terms } from './terms.ts'

/** A row, its pieces as they lie. */
interface Flying {
  readonly id: number
  readonly sealed: boolean
  readonly pieces: readonly FlightPiece[]
}

export class FlightRows {
  readonly #file: File
  readonly #keys: DayKeys
  readonly #terms: Terms

  constructor(file: File, keys: DayKeys, terms: Terms) {
    this.#file = file
    this.#keys = keys
    this.#terms = terms
  }

  /** Keeps bytes as row `id`, each piece under its session's key in this file. */
  keep(id: number, pieces: readonly (FlightPiece & { readonly session: string | undefined })[]): void {
    const sealed = pieces.map(({ exchange, session, bytes }) => {
      const term = this.#terms.id('session', session)
      return { exchange, bytes: withKey(this.#keys.seal(term, id, inFlight(exchange), bytes)) }
    })
    this.#file.run('INSERT INTO flight VALUES (?, ?, 1)', id, packFlight(sealed))
  }

  /** Every row. @throws trail.broken where one cannot be cut up */
  all(): Flying[] {
    const rows = this.#file.all<{ id: number; bytes: Uint8Array; sealed: number }>(
      'SELECT id, bytes, sealed FROM flight ORDER BY id',
    )
    try {
      return rows.map(({ id, bytes, sealed }) => ({ id, sealed: sealed === 1, pieces: unpackFlight(bytes) }))
    } catch (cause) {
      throw new Fault('trail.broken', `${this.#file.name}: bytes in flight`, { cause })
    }
  }

  /** The bytes of a piece of row `id`. @throws Wanted, trail.key, trail.body */
  read(id: number, { exchange, bytes }: FlightPiece): Uint8Array {
    return this.#keys.open(keyAndBytes(bytes), id, inFlight(exchange))
  }

  /** The numbers of all keys that something here is under. */
  keys(): Set<number> {
    const pieces = this.all().flatMap(({ sealed, pieces }) => (sealed ? pieces : []))
    return new Set(pieces.map(({ bytes }) => keyAndBytes(bytes).key))
  }

  /** Puts what is under one of these keys under the one that its session has now; what cannot be read stays as it lies. How many rows. */
  reseal(session: number | null, had: ReadonlySet<number>): number {
    let count = 0
    for (const { id, sealed, pieces } of this.all()) {
      if (!sealed || !pieces.some(({ bytes }) => had.has(keyAndBytes(bytes).key))) continue
      const anew = pieces.map((piece) => {
        const { exchange } = piece
        const bytes = had.has(keyAndBytes(piece.bytes).key) ? readable(() => this.read(id, piece)) : undefined
        return bytes ? { exchange, bytes: withKey(this.#keys.seal(session, id, inFlight(exchange), bytes)) } : piece
      })
      this.#file.run('UPDATE flight SET bytes = ? WHERE id = ?', packFlight(anew), id)
      count += 1
    }
    return count
  }
}

const inFlight = (exchange: string): string => `flight ${exchange}`
