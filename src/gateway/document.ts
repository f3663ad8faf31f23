/** Masks a whole document: a prompt, a reply that was not streamed, any other body. Opens no socket. */
import { type Direction, Fault, type Finding } from '#exchange'
import { type Engine, maskText } from '#masking'
import { type Piece, splice } from '#wire'

export interface Masked {
  /** The very same string where no rule touched it. */
  readonly text: string
  readonly findings: readonly Finding[]
}

/** Masks the strings of a JSON document at the places that `pieces` names. */
export function maskPieces(engine: Engine, text: string, pieces: readonly Piece[], direction: Direction): Masked {
  const edits: { start: number; end: number; value: string }[] = []
  const findings: Finding[] = []
  for (const piece of pieces) {
    const masked = maskText(engine, piece.value, piece.mode)
    if (masked.text === piece.value) continue
    edits.push({ start: piece.start, end: piece.end, value: masked.text })
    for (const found of masked.findings) findings.push({ ...found, direction, lane: piece.lane, masked: true })
  }
  return edits.length ? { text: splice(text, edits), findings } : { text, findings }
}

/** Masks a body: as JSON where `read` can read it, as raw text where it is none. */
export function maskBody(engine: Engine, text: string, direction: Direction, read: (text: string) => Piece[]): Masked {
  let pieces: Piece[]
  try {
    pieces = read(text)
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'request.json')) throw error
    const masked = maskText(engine, text, 'text')
    const findings = masked.findings.map((found) => ({ ...found, direction, lane: 'raw', masked: true }))
    return { text: masked.text, findings }
  }
  return maskPieces(engine, text, pieces, direction)
}
