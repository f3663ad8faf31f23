/** Exchanges that a process left open when it ended, with the bytes of their replies that were in flight. Writes nothing. */
import { Fault } from '#exchange'
import { UNREADABLE } from './bodies.ts'
import type { Day } from './day.ts'
import { type FlightPiece, keyAndBytes } from './flight.ts'
import type { Folder } from './folder.ts'
import type { UnfinishedRow } from './protocol.ts'

export const openIn = (day: Day): { seq: number; exchange: string; session: string | null }[] =>
  day.file.all(
    `SELECT seq, exchange, value AS session FROM exchanges LEFT JOIN terms ON terms.id = session
      WHERE outcome IS NULL ORDER BY seq`,
  )

interface Flying {
  readonly id: number
  readonly sealed: boolean
  readonly pieces: readonly FlightPiece[]
}

/** Of all day files, oldest first. @throws Wanted, trail.key where the key that wraps is not here, and nobody said that it is lost */
export function unfinishedIn(folder: Folder): UnfinishedRow[] {
  const rows: (Flying & { readonly day: Day })[] = []
  const open: { seq: number; exchange: string; opening: string }[] = []
  for (const name of folder.names()) {
    const day = folder.day(name)
    for (const row of day.flight.all()) rows.push({ ...row, day })
    for (const row of openIn(day)) open.push({ ...row, opening: day.json(row.seq) })
  }
  const sealed = rows.filter((row) => row.sealed).flatMap(({ pieces }) => pieces)
  folder.keys.need(sealed.map(({ bytes }) => keyAndBytes(bytes).key))
  const replies = new Map(open.map(({ exchange }) => [exchange, { bytes: [] as Uint8Array[], lost: 0 }]))
  for (const row of rows.sort((a, b) => a.id - b.id))
    for (const piece of row.pieces) {
      const reply = replies.get(piece.exchange)
      const bytes = reply && landed(row, piece, folder.keys.isShut)
      if (bytes) reply.bytes.push(bytes)
      else if (reply) reply.lost += 1
    }
  open.sort((a, b) => a.seq - b.seq)
  return open.map(({ exchange, opening }) => {
    const { bytes = [], lost = 0 } = replies.get(exchange) ?? {}
    return { opening, bytes: whole(bytes), lost }
  })
}

/** The bytes of a piece; undefined where it alone cannot be read. @throws trail.key where that is not known for good */
function landed(
  { id, sealed, day }: Flying & { readonly day: Day },
  piece: FlightPiece,
  isShut: boolean,
): Uint8Array | undefined {
  if (!sealed) return piece.bytes
  try {
    return day.flight.read(id, piece)
  } catch (error) {
    if (error instanceof Fault && UNREADABLE.has(error.code) && !(isShut && error.code === 'trail.key'))
      return undefined
    throw error
  }
}

function whole(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces))
}
