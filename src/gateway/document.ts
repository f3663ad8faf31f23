/** Masks a whole document: a prompt, a reply that was not streamed, any other body. Opens no socket. */
import { type Direction, Fault, type Finding } from '#exchange'
import { type Engine, type LaneFinding, maskText } from '#masking'
import { type Piece, splice, withoutSpellings } from '#wire'

export interface Masked {
  /** The very same string where no rule touched it. */
  readonly text: string
  readonly findings: readonly Finding[]
}

/** A finding of a lane as the record tells it. */
export function told({ rule, start, end, masked }: LaneFinding, direction: Direction, lane: string): Finding {
  return { rule, start, end, direction, lane, masked }
}

/** What the rules make of one string: `false` where it is clean. */
export type Judge = (piece: Piece) => ReturnType<typeof maskText> | false

export const judgeWith =
  (engine: Engine): Judge =>
  ({ value, mode }) => {
    const masked = maskText(engine, value, mode)
    return masked.text !== value && masked
  }

/** Masks the strings of a JSON document at the places that `pieces` names. */
function maskPieces(judge: Judge, text: string, pieces: readonly Piece[], direction: Direction): Masked {
  const edits: { start: number; end: number; value: string }[] = []
  const findings: Finding[] = []
  for (const piece of pieces) {
    const masked = judge(piece)
    if (!masked) continue
    edits.push({ start: piece.start, end: piece.end, value: masked.text })
    for (const found of masked.findings) findings.push(told(found, direction, piece.lane))
  }
  return edits.length ? { text: withoutSpellings(splice(text, edits)), findings } : { text, findings }
}

/** Masks a body: as JSON where `read` can read it, as raw text where it is none. */
export function maskBody(judge: Judge, text: string, direction: Direction, read: (text: string) => Piece[]): Masked {
  let pieces: Piece[]
  try {
    pieces = read(text)
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'request.json')) throw error
    const masked = judge({ lane: 'raw', how: 'whole', mode: 'text', start: 0, end: text.length, value: text })
    if (!masked) return { text, findings: [] }
    const findings = masked.findings.map((found) => told(found, direction, 'raw'))
    return { text: masked.text, findings }
  }
  return maskPieces(judge, text, pieces, direction)
}
