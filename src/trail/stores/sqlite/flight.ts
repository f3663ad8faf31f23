/** Reply bytes in flight: which rows hold whose bytes, and which are no longer needed. Writes nothing itself. */

import type { Sealed } from './day-keys.ts'

/** One stretch of one exchange's reply. */
export interface FlightPiece {
  readonly exchange: string
  readonly bytes: Uint8Array
}

const ID_BYTES = 36
const HEADER_BYTES = ID_BYTES + 4

/** All pieces of a batch as one row: each is its exchange's id, its length (32 bits, big endian), its bytes. */
export function packFlight(pieces: readonly FlightPiece[]): Buffer {
  const packed = Buffer.allocUnsafe(pieces.reduce((total, { bytes }) => total + HEADER_BYTES + bytes.byteLength, 0))
  let at = 0
  for (const { exchange, bytes } of pieces) {
    packed.write(exchange, at, ID_BYTES, 'latin1')
    packed.writeUInt32BE(bytes.byteLength, at + ID_BYTES)
    packed.set(bytes, at + HEADER_BYTES)
    at += HEADER_BYTES + bytes.byteLength
  }
  return packed
}

/** Reads what `packFlight` wrote. @throws RangeError for a row that was cut short */
export function unpackFlight(row: Uint8Array): FlightPiece[] {
  const packed = Buffer.from(row.buffer, row.byteOffset, row.byteLength)
  const pieces: FlightPiece[] = []
  for (let at = 0; at < packed.length; ) {
    const exchange = packed.toString('latin1', at, at + ID_BYTES)
    const start = at + HEADER_BYTES
    const length = packed.readUInt32BE(at + ID_BYTES)
    if (start + length > packed.length) throw new RangeError('a row of bytes in flight is cut short')
    at = start + length
    pieces.push({ exchange, bytes: packed.subarray(start, at) })
  }
  return pieces
}

const KEY_ID_BYTES = 4

/** A piece under a key, and the key's number (32 bits, big endian) before it. */
export function withKey({ key, bytes }: Sealed): Buffer {
  const out = Buffer.allocUnsafe(KEY_ID_BYTES + bytes.byteLength)
  out.writeUInt32BE(key)
  out.set(bytes, KEY_ID_BYTES)
  return out
}

/** Reads what `withKey` wrote. @throws RangeError where it is cut short */
export function keyAndBytes(piece: Uint8Array): Sealed {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  return { key: bytes.readUInt32BE(0), bytes: bytes.subarray(KEY_ID_BYTES) }
}

interface FlightRow {
  readonly id: number
  readonly file: string
  /** How many open exchanges it still has bytes of. */
  open: number
}

/** Where an exchange was opened, and in which session. */
export interface Home {
  readonly file: string
  readonly session: string | undefined
}

/** Knows every exchange that is open, and every row of bytes in flight that is still needed. */
export class Flight {
  readonly #rows = new Map<string, FlightRow[]>()
  readonly #homes = new Map<string, Home>()
  readonly #dead = new Map<string, number[]>()

  isOpen(exchange: string): boolean {
    return this.#rows.has(exchange)
  }

  /** Where an open exchange was opened. */
  homeOf(exchange: string): Home | undefined {
    return this.#homes.get(exchange)
  }

  opened(exchange: string, home: Home): void {
    this.#rows.set(exchange, [])
    this.#homes.set(exchange, home)
  }

  /** A row was written that holds bytes of `exchanges`; those not open count for nothing. */
  placed(id: number, file: string, exchanges: Iterable<string>): void {
    const row: FlightRow = { id, file, open: 0 }
    for (const exchange of new Set(exchanges)) {
      const rows = this.#rows.get(exchange)
      if (!rows) continue
      rows.push(row)
      row.open += 1
    }
    if (row.open === 0) this.#bury(row)
  }

  /** The exchange ended: rows that held bytes of no other are dead. */
  ended(exchange: string): void {
    for (const row of this.#rows.get(exchange) ?? []) {
      row.open -= 1
      if (row.open === 0) this.#bury(row)
    }
    this.#rows.delete(exchange)
    this.#homes.delete(exchange)
  }

  #bury({ id, file }: FlightRow): void {
    const ids = this.#dead.get(file) ?? []
    this.#dead.set(file, ids)
    ids.push(id)
  }

  /** Files with dead rows. */
  get files(): string[] {
    return [...this.#dead.keys()]
  }

  dead(file: string): readonly number[] {
    return this.#dead.get(file) ?? []
  }

  /** The dead rows of a file are gone from it. */
  removed(file: string): void {
    this.#dead.delete(file)
  }
}
