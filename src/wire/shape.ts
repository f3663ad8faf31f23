/** The bytes of an event between what changes from one to the next, so that it need not be read anew. Keeps no text of a lane. */
import type { EventReading, Piece, Protocol } from './protocol.ts'
import { dataAt, type Frame } from './sse.ts'
import { type Hole, NUMBER } from './strings.ts'

/** Longer events have no shape, and longer strings do not fit into one. Bytes. */
const LONGEST = 4096
const MOST_HOLES = 64

const DELTA = 0
const INERT = 1
const NUMERIC = 2
const KINDS = { delta: DELTA, inert: INERT, number: NUMERIC } as const

/** Where a delta goes. */
interface Target {
  readonly lane: string
  readonly mode: 'text' | 'json'
}

/**
 * What a frame consists of beside its holes (see `Hole`). An event whose bytes are the same outside of them reads the
 * same, but for places and values: no path, no field, no whole string and no position can differ.
 */
export interface Shape {
  /** Latin-1 text before, between and behind the holes: ASCII without a backslash. */
  readonly parts: readonly string[]
  /** Which hole is the first delta; all of them where there is none. */
  readonly first: number
  readonly kinds: readonly number[]
  /** Where the data begin, in bytes from the frame's first. */
  readonly data: number
  /** In the order of the delta holes. */
  readonly targets: readonly Target[]
  /** The strings that are whole, the same in every event of this shape, at their places in the first one. */
  readonly wholes: readonly Piece[]
  /** Whether events of this shape in a row may be told as one, their deltas joined. */
  readonly joins: boolean
}

/**
 * What one stream's events have in common: mostly all bytes before the first delta are those of the event before, ids
 * and times among them, and need one comparison.
 */
export class Habit {
  shape: Shape | undefined
  /** Those bytes as Latin-1; empty where they change. */
  head = ''
  #before: Shape | undefined

  /** An event of this shape fitted whose first delta begins at `start`; the second in a row makes a habit. */
  met(shape: Shape, text: string, at: number, start: number): void {
    if (this.shape === shape) this.head = ''
    else if (this.#before === shape) {
      this.shape = shape
      this.head = Buffer.from(text.slice(at, start), 'latin1').toString('latin1')
    }
    this.#before = shape
  }
}

/** How the event read last fits its shape; overwritten by the next one. Offsets in bytes, end exclusive. */
export class Fit {
  end = 0
  /** Where the last delta stands. */
  deltaStart = 0
  deltaEnd = 0
  /** By delta hole: the decoded text. */
  readonly values: string[] = []
  #escaped = false
  #wide = false

  /** Whether an event of the shape stands at `at` of `text`, which is `bytes` as Latin-1; what it bears is here then. */
  fits(shape: Shape, text: string, bytes: Buffer, at: number, habit: Habit): boolean {
    const { head } = habit
    if (habit.shape === shape && head !== '' && text.slice(at, at + head.length) === head)
      return this.#goesOn(shape, text, bytes, at + head.length, shape.first)
    const { parts, kinds, first } = shape
    let to = at
    for (let hole = 0; ; hole++) {
      const part = parts[hole] as string
      const from = to
      to = from + part.length
      if (text.slice(from, to) !== part) return false
      if (hole === first) break
      to = kinds[hole] === NUMERIC ? numberEnd(text, to) : this.#stringEnd(text, to)
      if (to < 0 || (this.#escaped && kinds[hole] === INERT)) return false
    }
    if (!this.#goesOn(shape, text, bytes, to, first)) return false
    habit.met(shape, text, at, to)
    return true
  }

  /** Whether the rest of an event begins at `start`, from a hole on. */
  #goesOn({ parts, kinds }: Shape, text: string, bytes: Buffer, start: number, first: number): boolean {
    let from = start
    let deltas = 0
    for (let hole = first; hole < kinds.length; hole++) {
      const kind = kinds[hole]
      const end = kind === NUMERIC ? numberEnd(text, from) : this.#stringEnd(text, from)
      if (end < 0) return false
      if (kind === DELTA) {
        const value = this.#value(text, bytes, from, end)
        if (value === undefined) return false
        this.values[deltas++] = value
        this.deltaStart = from
        this.deltaEnd = end
      } else if (this.#escaped && kind === INERT) return false
      const part = parts[hole + 1] as string
      from = end + part.length
      if (text.slice(end, from) !== part) return false
    }
    this.end = from
    return true
  }

  /** The closing quote of the string that begins here; -1 where there is none or a control character before it. */
  #stringEnd(text: string, start: number): number {
    this.#escaped = false
    let all = 0
    const most = Math.min(text.length, start + LONGEST)
    for (let at = start; at < most; at++) {
      const code = text.charCodeAt(at)
      if (code === 34) {
        this.#wide = all > 127
        return at
      }
      if (code < 32) return -1
      all |= code
      if (code !== 92) continue
      this.#escaped = true
      if (text.charCodeAt(++at) < 32) return -1
    }
    return -1
  }

  #value(text: string, bytes: Buffer, start: number, end: number): string | undefined {
    const inside = this.#wide ? bytes.toString('utf8', start, end) : text.slice(start, end)
    return this.#escaped ? unescaped(inside) : inside
  }
}

/** What a JSON string with this inside means; undefined where it is none. */
function unescaped(inside: string): string | undefined {
  try {
    return JSON.parse(`"${inside}"`) as string
  } catch {
    return undefined
  }
}

function numberEnd(text: string, start: number): number {
  let at = start
  let code = text.charCodeAt(at)
  if (code > 48 && code < 58) {
    do code = text.charCodeAt(++at)
    while (code > 47 && code < 58)
    if (code !== 46 && code !== 69 && code !== 101) return at
  }
  NUMBER.lastIndex = start
  return NUMBER.test(text) ? NUMBER.lastIndex : -1
}

/** The shape of an event that can be one of many; undefined where it must be read in full each time. */
export function shapeOf(frame: Frame, protocol: Protocol): Shape | undefined {
  const { raw } = frame
  if (!frame.data || raw.length > LONGEST) return undefined
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('latin1')
  const start = dataAt(text)
  if (start === undefined) return undefined
  const holes: Hole[] = []
  const reading = protocol.readEvent(text.slice(start, text.indexOf('\n', start)), holes)
  if (holes.length > MOST_HOLES || !lasts(reading, text)) return undefined
  const parts = partsOf(text, start, holes)
  const deltas = reading.pieces.filter(({ how }) => how === 'delta')
  if (deltas.length !== holes.filter(({ kind }) => kind === 'delta').length) return undefined
  if (!parts.every((part) => PLAIN.test(part))) return undefined
  return {
    parts,
    kinds: holes.map(({ kind }) => KINDS[kind]),
    first: holes.findIndex(({ kind }) => kind === 'delta') + (deltas.length > 0 ? 0 : holes.length + 1),
    data: start,
    targets: deltas.map(({ lane, mode }) => ({ lane, mode })),
    wholes: reading.pieces.filter(({ how }) => how === 'whole'),
    joins: joins(holes, protocol),
  }
}

const PLAIN = /^[\n\x20-\x5b\x5d-\x7e]*$/

/** Whether an event only goes on with its lanes. A signature's value counts, so none may stand in it. */
const lasts = ({ ends, terminal, signed }: EventReading, text: string): boolean =>
  ends.length === 0 && !terminal && !signed && !text.includes('"signature"')

function partsOf(text: string, base: number, holes: readonly Hole[]): string[] {
  const edges = [0, ...holes.flatMap(({ start, end }) => [base + start, base + end]), text.length]
  return Array.from({ length: holes.length + 1 }, (_, at) => text.slice(edges[2 * at], edges[2 * at + 1]))
}

/** Of inert strings below the event's own a reader takes the first, of numbers the last: what joins has only the latter. */
function joins(holes: readonly Hole[], protocol: Protocol): boolean {
  const deltas = holes.filter(({ kind }) => kind === 'delta')
  const path = deltas[0]?.path.replace(/\d+/g, '*') ?? ''
  const deep = holes.some(({ kind, path }) => kind === 'inert' && path.includes('.'))
  return deltas.length === 1 && protocol.joined.includes(path) && !deep
}
