/** A batch as one message to the store's thread. Copies every body once, so that no caller's buffer is shared. */
import type { Edits, Entry, Like } from '#exchange'
import { retainOf } from '../../dayfile.ts'
import { dayOfExchange } from '../../days.ts'
import { isBare, isOpening, isOutcome, printEntry } from '../../entries.ts'
import { endingFacets, openingFacets, outcomeFacets } from '../../facets.ts'
import type { Batch } from '../../store.ts'
import type { Line, LineEdits, Parcel, Stretch } from './protocol.ts'
import { packUnits } from './units.ts'

/** Packs a batch; `bytes` may be transferred. What a body shares with one in the same day file stays here unless `whole`. */
export function packBatch({ entries, pieces }: Batch, whole = false): Parcel {
  const likes = entries.map((entry) => (whole ? undefined : likeOf(entry)))
  const bodies = entries.map((entry, at) => (isBare(entry) ? undefined : between(entry.body?.bytes, likes[at])))
  const originals = entries.map((entry) => (isBare(entry) ? undefined : entry.body?.original))
  const all = [...bodies, ...originals, ...pieces.map((piece) => piece.bytes)]
  const bytes = new Uint8Array(all.reduce((total, part) => total + (part?.byteLength ?? 0), 0))
  let offset = 0
  const place = (part: Uint8Array): Stretch => {
    bytes.set(part, offset)
    offset += part.byteLength
    return [offset - part.byteLength, part.byteLength]
  }
  const lines = entries.map((entry, at) => {
    const [body, original] = [bodies[at] && place(bodies[at]), originals[at] && place(originals[at])]
    return lineOf(entry, { ...(body && { body }), ...(original && { original }) }, likes[at])
  })
  return { lines, pieces: pieces.map((piece) => ({ exchange: piece.exchange, stretch: place(piece.bytes) })), bytes }
}

function likeOf(entry: Entry): Like | undefined {
  if (!('like' in entry) || !entry.like || !entry.body) return undefined
  return dayOfExchange(entry.like.exchange) === dayOfExchange(entry.exchange) ? entry.like : undefined
}

const between = (bytes: Uint8Array | undefined, like: Like | undefined): Uint8Array | undefined =>
  like && bytes ? bytes.subarray(like.prefix, bytes.byteLength - like.suffix) : bytes

function lineOf(entry: Entry, placed: Pick<Line, 'body' | 'original'>, like: Like | undefined): Line {
  const stored = { ...placed, ...(like && { like }) }
  const common = { exchange: entry.exchange, at: entry.at, json: printEntry(entry), ...stored }
  if (isOutcome(entry)) return { ...common, part: 'outcome', many: outcomeFacets(entry.outcome) }
  if (isBare(entry)) {
    const retain = retainOf(entry)
    const after = entry.kind === 'vanished' && { after: entry.to }
    return { ...common, part: 'note', kind: entry.kind, ...(retain !== undefined && { retain }), ...after }
  }
  const hash = entry.body?.sha256
  const said = { ...common, ...(entry.text && { text: entry.text }), ...(hash !== undefined && { hash }) }
  return isOpening(entry)
    ? { ...said, part: 'opening', facets: openingFacets(entry), ...(entry.retain && { retain: entry.retain }) }
    : { ...said, part: 'ending', facets: endingFacets(entry), ...(entry.edits && { edits: editsOf(entry.edits) }) }
}

const editsOf = (edits: Edits): LineEdits => ({ units: packUnits(edits), forms: edits.forms.join('\n') })
