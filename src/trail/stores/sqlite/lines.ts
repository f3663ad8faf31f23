/** What a line of a parcel is, and what it brings in bytes. Pure. */
import { sha256 } from '../../seal/hashes.ts'
import type { FlightPiece } from './flight.ts'
import type { FaultLine, Line, Parcel, Stretch } from './protocol.ts'

export const asked = (line: Line): boolean => line.part === 'opening' && line.facets.outcome === undefined

export const noPlace = (line: Line): FaultLine => ({
  code: 'gateway.internal',
  detail: `no place for this entry in exchange ${line.exchange}`,
})

/** SHA-256 of a line’s body; undefined where it has none, or only what is new in it was sent. */
export function hashOf(parcel: Parcel, { hash, like, body }: Line): string | undefined {
  if (hash !== undefined || like || !body) return hash
  return sha256(stretch(parcel, body)).toString('hex')
}

/** What a line brings in bytes. */
export const storedOf = (parcel: Parcel, { body, original }: Line) => ({
  ...(body && { body: stretch(parcel, body) }),
  ...(original && { original: stretch(parcel, original) }),
})

export const stretch = ({ bytes }: Parcel, [offset, length]: Stretch): Uint8Array =>
  bytes.subarray(offset, offset + length)

export const pieceOf =
  (parcel: Parcel) =>
  ({ exchange, stretch: where }: Parcel['pieces'][number]): FlightPiece => ({
    exchange,
    bytes: stretch(parcel, where),
  })

export const sessionIn = (line: Line): string | undefined =>
  line.part === 'opening' ? line.facets.facets.session : undefined

/** Who reads is told also where the key that entries are proven with is not here: such a line waits for it. */
export const isOfReading = (line: Line): boolean =>
  line.part === 'note' && (line.kind === 'read' || line.kind === 'searched')

/** Up to which seq no entry is written any more, for what stood there is gone; 0 where a line says nothing of that. */
export const vanishedUpTo = (line: Line): number => (line.part === 'note' ? (line.after ?? 0) : 0)
