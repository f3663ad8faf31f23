/** A batch as one message to the store's thread. Copies every body once, so that no caller's buffer is shared. */
import type { Entry } from '#exchange'
import { isOpening, printEntry } from '../../entries.ts'
import { endingFacets, openingFacets } from '../../facets.ts'
import type { Batch } from '../../store.ts'
import type { Line, Parcel, Stretch } from './protocol.ts'

/** Packs a batch; `bytes` may be transferred. */
export function packBatch({ entries, pieces }: Batch): Parcel {
  const bodies = entries.map((entry) => (entry.kind === 'gap' ? undefined : entry.body?.bytes))
  const all = [...bodies, ...pieces.map((piece) => piece.bytes)]
  const bytes = new Uint8Array(all.reduce((total, part) => total + (part?.byteLength ?? 0), 0))
  let offset = 0
  const place = (part: Uint8Array): Stretch => {
    bytes.set(part, offset)
    offset += part.byteLength
    return [offset - part.byteLength, part.byteLength]
  }
  const lines = entries.map((entry, at) => lineOf(entry, bodies[at] && place(bodies[at])))
  return { lines, pieces: pieces.map((piece) => ({ exchange: piece.exchange, stretch: place(piece.bytes) })), bytes }
}

function lineOf(entry: Entry, body: Stretch | undefined): Line {
  const common = { exchange: entry.exchange, at: entry.at, json: printEntry(entry), ...(body && { body }) }
  if (entry.kind === 'gap') return { ...common, part: 'gap' }
  const said = { ...common, ...(entry.text && { text: entry.text }) }
  return isOpening(entry)
    ? { ...said, part: 'opening', facets: openingFacets(entry) }
    : { ...said, part: 'ending', facets: endingFacets(entry) }
}
