/** One event between its arrival and its leaving: which lanes must be decided first, and how it is written. Decides nothing. */
import type { Lane } from '#masking'
import { type Form, type Frame, type Piece, splice, withoutSpellings } from '#wire'
import type { Back } from './restore/back.ts'
import type { Written } from './wholes.ts'

/** A stretch of a lane that an event bears. */
export interface Segment {
  readonly lane: Lane
  readonly from: number
  readonly to: number
  readonly value: string
  /** Where values may come back: how the stretch does. */
  readonly back?: Back
}

/** Where a string stands that a rule touched, and what to write there. */
interface Edit extends Written<string> {
  readonly start: number
  readonly end: number
}

/** An event as it came, with what it bears. */
export interface Waiting {
  readonly raw: Uint8Array
  readonly segments: readonly Segment[]
  /** Whole strings that a rule touched. */
  readonly edits: readonly Edit[]
  /** The lines beside the data, where a rule has touched them. */
  readonly shell: Written<readonly string[]> | undefined
  /** Whether its data is no JSON, and was scanned as it is. */
  readonly text: boolean
}

/** Whether a lane has decided all of a segment, and left it as it came, for the client and on the record. */
export const passes = ({ lane, from, to, value }: Segment): boolean =>
  to <= lane.settled && lane.render(from, value) === undefined && lane.renderRecord(from, value) === undefined

/**
 * The bytes to send and to record: those that came where no rule touched them. `deltasOf` reads the deltas of an event
 * anew, in the order of its segments.
 */
export function rendered(
  waiting: Waiting,
  form: Form,
  deltasOf: (frame: Frame) => readonly Piece[],
): Written<Uint8Array> {
  const { raw, segments, edits, shell } = waiting
  const values = segments.map(({ lane, from, value, back }) => ({
    sent: back ? changedBy(back, value) : lane.render(from, value),
    recorded: lane.renderRecord(from, value),
  }))
  const untouched = values.every(({ sent, recorded }) => sent === undefined && recorded === undefined)
  if (untouched && edits.length === 0 && !shell) return { sent: raw, recorded: raw }
  const frame = form.read(raw)
  const places = untouched || waiting.text ? [] : deltasOf(frame)
  const write = (copy: 'sent' | 'recorded'): Uint8Array => {
    const changed = values.flatMap((value, at) => editAt(places[at], value[copy]))
    const wholes = edits.flatMap((edit) => editAt(edit, edit[copy]))
    const data = dataOf(frame, waiting.text, [...wholes, ...changed])
    if (shell) return rebuilt(shell[copy], data)
    return data === (frame.data ?? '') ? raw : form.rewrite(frame, data)
  }
  const recorded = write('recorded')
  const same =
    values.every((value) => value.sent === value.recorded) &&
    edits.every((edit) => edit.sent === edit.recorded) &&
    (!shell || shell.sent.every((line, at) => line === shell.recorded[at]))
  return { sent: same ? recorded : write('sent'), recorded }
}

function changedBy(back: Back, value: string): string | undefined {
  const text = back.render()
  return text === value ? undefined : text
}

interface Replaced {
  readonly start: number
  readonly end: number
  readonly value: string
}

const editAt = (place: { start: number; end: number } | undefined, value: string | undefined): Replaced[] =>
  value === undefined ? [] : [{ start: place?.start ?? 0, end: place?.end ?? 0, value }]

function dataOf(frame: Frame, text: boolean, edits: Replaced[]): string {
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
