/** Masks a whole document: a prompt, a reply that was not streamed, any other body. Opens no socket. */
import { type Direction, Fault, type Finding } from '#exchange'
import { type MaskedText, maskText } from '#masking'
import { type Piece, splice, withoutSpellings } from '#wire'
import { type Masker, told } from './masker.ts'
import { withGiven } from './restore/given.ts'
import { type Numbered, numbered } from './restore/numbered.ts'
import type { Taken } from './restore/placeholders.ts'

export interface Masked {
  /** For the one who receives it; the very same string where nothing of it is masked. */
  readonly text: string
  /** For the record, in which every secret is masked. */
  readonly recorded: string
  readonly findings: readonly Finding[]
  /** What was taken out and may come back, by placeholder. */
  readonly taken?: Taken
}

/** What the rules make of one string: `false` where it is clean. */
export type Judge = (piece: Piece) => (MaskedText & Partial<Numbered>) | false

export const judgeWith =
  ({ engine, lanes, numberOf, given, ahead }: Masker): Judge =>
  ({ value, mode, lane }) => {
    const found = ahead?.of(value, mode) ?? maskText(engine, value, mode, lanes)
    const seen = found.findings.length > 0 && found
    const masked = given ? withGiven(seen, value, mode, given) : seen
    if (!masked || !numberOf) return masked
    return numbered(masked, value, mode, (taken, nth) => numberOf(taken, `${lane}\0${nth}`))
  }

/** Masks the strings of a JSON document at the places that `pieces` names. */
function maskPieces(judge: Judge, text: string, pieces: readonly Piece[], tell: Tell): Masked {
  const found: { piece: Piece; masked: MaskedText & Partial<Numbered> }[] = []
  for (const piece of pieces) {
    const masked = judge(piece)
    if (masked) found.push({ piece, masked })
  }
  if (found.length === 0) return { text, recorded: text, findings: [] }
  const written = (copy: 'text' | 'recorded'): string => {
    const changed = found.filter(({ piece, masked }) => masked[copy] !== piece.value)
    if (changed.length === 0) return text
    const edits = changed.map(({ piece: { start, end }, masked }) => ({ start, end, value: masked[copy] }))
    return withoutSpellings(splice(text, edits))
  }
  const same = found.every(({ masked }) => masked.text === masked.recorded)
  const recorded = written('recorded')
  const findings = found.flatMap(({ piece, masked }) => tell(masked, piece.lane))
  const taken = found.flatMap(({ masked }) => masked.taken ?? [])
  const masked = { text: same ? recorded : written('text'), recorded, findings }
  return taken.length ? { ...masked, taken: new Map(taken) } : masked
}

type Tell = (masked: MaskedText, lane: string) => Finding[]

/** Masks a body: as JSON where `read` can read it, as raw text where it is none. */
export function maskBody(
  judge: Judge,
  text: string,
  o: { readonly direction: Direction; readonly masker: Masker; readonly read: (text: string) => Piece[] },
): Masked {
  const tell: Tell = (masked, lane) => masked.findings.map((found) => told(found, o.direction, lane, o.masker))
  const pieces = readIn(text, o.read)
  if (!pieces) {
    const masked = judge(rawOf(text))
    if (!masked) return { text, recorded: text, findings: [] }
    const { taken = [] } = masked
    return { text: masked.text, recorded: masked.recorded, findings: tell(masked, 'raw'), taken: new Map(taken) }
  }
  return maskPieces(judge, text, pieces, tell)
}

const rawOf = (text: string): Piece => ({
  ...{ lane: 'raw', how: 'whole', mode: 'text', start: 0, end: text.length, value: text },
})

/** The strings of a document; undefined where it is no JSON. */
function readIn(text: string, read: (text: string) => Piece[]): Piece[] | undefined {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof Fault && error.code === 'request.json') return undefined
    throw error
  }
}

/** What `maskBody` will ask its judge about. */
export const askedOf = (text: string, read: (text: string) => Piece[]): readonly Piece[] =>
  readIn(text, read) ?? [rawOf(text)]

/** A reader that gives the same for the same text, which it reads once. */
export function readingOnce(read: (text: string) => Piece[]): (text: string) => Piece[] {
  let last: { readonly text: string; readonly pieces: Piece[] } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, pieces: read(text) }
    return last.pieces
  }
}
