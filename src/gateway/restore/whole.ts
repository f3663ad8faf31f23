/** Values come back in a reply that is a document, not a stream. Opens no socket. */
import { Fault } from '#exchange'
import { type Piece, splice } from '#wire'
import type { Restoring } from './restoring.ts'

/** The document as its client gets it; the very same text where nothing comes back, or where it is no JSON. */
export function restoredIn(restoring: Restoring, text: string, read: (text: string) => Piece[]): string {
  const document = restoring.hear(text)
  if (!document) return text
  const edits = piecesOf(text, read).flatMap(({ lane, start, end, value }) => {
    const back = restoring.whole(document, lane, value)
    return back === value ? [] : [{ start, end, value: back }]
  })
  return edits.length ? splice(text, edits) : text
}

function piecesOf(text: string, read: (text: string) => Piece[]): Piece[] {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof Fault && error.code === 'request.json') return []
    throw error
  }
}
