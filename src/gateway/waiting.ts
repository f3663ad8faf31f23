/** One event between its arrival and its leaving: which lanes must be decided first, and how it is written. Decides nothing. */
import type { Lane } from '#masking'
import { type Frame, type Piece, readFrame, rewrite, splice, withoutSpellings } from '#wire'

/** A stretch of a lane that an event bears. */
export interface Segment {
  readonly lane: Lane
  readonly from: number
  readonly to: number
  readonly value: string
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly value: string
}

/** An event as it came, with what it bears. */
export interface Waiting {
  readonly raw: Uint8Array
  readonly segments: readonly Segment[]
  /** Whole strings that were masked. */
  readonly edits: readonly Edit[]
  /** The lines beside the data, where a rule has changed them. */
  readonly shell: readonly string[] | undefined
  /** Whether its data is no JSON, and was scanned as it is. */
  readonly text: boolean
}

/** Whether a lane has decided all of a segment, and left it as it came. */
export const passes = ({ lane, from, to, value }: Segment): boolean =>
  to <= lane.settled && lane.render(from, value) === undefined

/**
 * The bytes to send: those that came where no rule touched them. `deltasOf` reads the deltas of an event anew, in the
 * order of its segments.
 */
export function rendered(waiting: Waiting, deltasOf: (frame: Frame) => readonly Piece[]): Uint8Array {
  const { raw, segments, edits, shell } = waiting
  const values = segments.map(({ lane, from, value }) => lane.render(from, value))
  const untouched = values.every((value) => value === undefined)
  if (untouched && edits.length === 0 && !shell) return raw
  const frame = readFrame(raw)
  const places = untouched || waiting.text ? [] : deltasOf(frame)
  const changed = values.flatMap((value, at) => (value === undefined ? [] : { ...spanOf(places[at]), value }))
  const data = dataOf(frame, waiting.text, [...edits, ...changed])
  return shell ? rebuilt(shell, data) : rewrite(frame, data)
}

const spanOf = (piece: Piece | undefined) => ({ start: piece?.start ?? 0, end: piece?.end ?? 0 })

function dataOf(frame: Frame, text: boolean, edits: Edit[]): string {
  if (text) return edits[0]?.value ?? frame.data ?? ''
  if (edits.length === 0) return frame.data ?? ''
  const sorted = edits.sort((a, b) => a.start - b.start)
  return withoutSpellings(splice(frame.data ?? '', sorted))
}

/** A frame whose lines beside its data held a secret, written anew. */
function rebuilt(shell: readonly string[], data: string): Uint8Array {
  const lines = data === '' ? [] : data.split('\n').map((line) => `data: ${line}`)
  return Buffer.from([...shell, ...lines, '', ''].join('\n'))
}
