/** One streamed reply on its way to the client: bytes in, masked events out. Opens no socket and reads no clock. */
import { Fault, type Finding } from '#exchange'
import { type Engine, Lane, maskText } from '#masking'
import {
  type EventReading,
  type Frame,
  Framer,
  type Piece,
  type Protocol,
  rewrite,
  splice,
  withoutSpellings,
} from '#wire'
import { told } from './document.ts'
import type { Signed } from './signed.ts'

/** Bytes that all waiting events may hold; past them: mask. A lane itself holds no more than 1,024 characters. */
const MOST_WAITING = 262_144
const MOST_LANES = 4096
/** Characters of reasoning kept until its signature comes. */
const LONGEST_SIGNED = 1_048_576
const LONGEST_REMEMBERED = 256
const MOST_REMEMBERED = 1024

interface Segment {
  readonly lane: Lane
  readonly from: number
  readonly to: number
  readonly piece: Piece
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly value: string
}

/** One event that waits for the lanes it bears. */
interface Waiting {
  readonly frame: Frame
  readonly segments: readonly Segment[]
  readonly edits: Edit[]
  readonly shell: readonly string[] | undefined
}

export interface ReplyOptions {
  /** The protocol that reads the events; without one every string is scanned as text. */
  readonly protocol: Protocol | undefined
  readonly engine: Engine
  readonly eventBytes: number
}

/**
 * Masks one stream of Server-Sent Events. No event is split, merged, dropped or renumbered: one whose tail may begin a
 * secret waits whole with all that follow it, and what no rule touches leaves as it came.
 */
export class Reply {
  /** True once the event that ends the reply was seen; it and what follows leave only with `end()`. */
  terminal = false
  /** True once an event left otherwise than it came. */
  edited = false
  /** Events seen, and those among them that did not parse and were scanned as raw text. */
  events = 0
  unparsed = 0
  readonly #options: ReplyOptions
  readonly #framer: Framer
  readonly #lanes = new Map<string, Lane>()
  readonly #named: { lane: string; masked: Lane }[] = []
  readonly #whole: Finding[] = []
  readonly #clean = new Set<string>()
  readonly #reasoning = new Map<string, string>()
  readonly #signed: (Signed & { lane: string })[] = []
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #last: Waiting[] = []

  constructor(options: ReplyOptions) {
    this.#options = options
    this.#framer = new Framer({ limit: options.eventBytes })
  }

  /** Takes upstream bytes, cut anywhere; returns the bytes that may leave now. @throws limit.event, upstream.malformed */
  push(bytes: Uint8Array): Uint8Array[] {
    for (const frame of this.#framer.push(bytes)) this.#take(frame)
    return this.#release()
  }

  /** No more bytes will come: what was held back, the terminal event last. */
  end(): Uint8Array[] {
    const rest = this.#framer.end()
    if (rest) this.#take(rest)
    this.#endLanes('*')
    const out = this.#release()
    for (const waiting of this.#last) out.push(this.#render(waiting))
    this.#last = []
    return out
  }

  /** Every secret found so far. */
  get findings(): Finding[] {
    const streamed = this.#named.flatMap(({ lane, masked }) =>
      masked.findings.map((finding) => told(finding, 'reply', lane)),
    )
    return [...streamed, ...this.#whole]
  }

  /** The signed texts that a rule changed, as the model wrote them. */
  get signed(): Signed[] {
    return this.#signed.filter(({ lane }) =>
      this.#named.some((each) => each.lane === lane && each.masked.findings.length > 0),
    )
  }

  #take(frame: Frame): void {
    const shell = this.#shell(frame)
    const waiting: Waiting = { frame, segments: [], edits: [], shell }
    const reading = frame.data === undefined || frame.data === '' ? undefined : this.#read(frame.data, frame.event)
    if (frame.data !== undefined) this.events++
    if (reading) this.#feed(reading, waiting)
    if (reading?.terminal && !this.terminal) {
      this.terminal = true
      this.#endLanes('*')
    } else for (const lane of reading?.ends ?? []) this.#endLanes(lane)
    if (this.terminal) this.#last.push(waiting)
    else {
      this.#waiting.push(waiting)
      this.#waitingBytes += frame.raw.length
    }
  }

  #read(data: string, event: string | undefined): EventReading {
    try {
      if (this.#options.protocol) return this.#options.protocol.readEvent(data, event)
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'request.json')) throw error
    }
    this.unparsed++
    const piece: Piece = { lane: 'raw', how: 'delta', mode: 'text', start: 0, end: data.length, value: data }
    return { pieces: [piece], ends: [], terminal: false }
  }

  #feed(reading: EventReading, waiting: Waiting): void {
    const segments = waiting.segments as Segment[]
    const original = reading.signed && this.#reasoning.get(reading.signed.lane)
    if (reading.signed && original) this.#signed.push({ ...reading.signed, original })
    for (const piece of reading.pieces) {
      if (piece.value === '') continue
      if (piece.how === 'whole') this.#maskWhole(piece, waiting.edits)
      else {
        const lane = this.#lane(piece)
        const from = lane.length
        lane.push(piece.value)
        if (piece.lane.endsWith('/thinking')) this.#keep(piece)
        segments.push({ lane, from, to: lane.length, piece })
      }
    }
  }

  #keep({ lane, value }: Piece): void {
    const text = (this.#reasoning.get(lane) ?? '') + value
    if (text.length <= LONGEST_SIGNED) this.#reasoning.set(lane, text)
  }

  #maskWhole(piece: Piece, edits: Edit[]): void {
    if (this.#clean.has(piece.value)) return
    const { text, findings } = maskText(this.#options.engine, piece.value, piece.mode)
    if (text === piece.value) {
      this.#remember(text)
      return
    }
    edits.push({ start: piece.start, end: piece.end, value: text })
    for (const finding of findings) this.#whole.push(told(finding, 'reply', piece.lane))
  }

  #remember(text: string): void {
    if (text.length <= LONGEST_REMEMBERED && this.#clean.size < MOST_REMEMBERED) this.#clean.add(text)
  }

  /** The lines of a frame that are not data: undefined when clean, else the masked lines. */
  #shell(frame: Frame): readonly string[] | undefined {
    const at = frame.data ? frame.text.indexOf(frame.data) : -1
    const shell = at < 0 ? frame.text : frame.text.slice(0, at) + frame.text.slice(at + (frame.data?.length ?? 0))
    if (this.#clean.has(shell)) return undefined
    const lines = frame.text.split(/\r\n|\n|\r/).filter((line) => line !== '' && !/^data(:|$)/.test(line))
    const masked = lines.map((line) => maskText(this.#options.engine, line, 'text'))
    if (masked.every(({ findings }) => findings.length === 0)) {
      this.#remember(shell)
      return undefined
    }
    for (const { findings } of masked) for (const finding of findings) this.#whole.push(told(finding, 'reply', 'event'))
    return masked.map(({ text }) => text)
  }

  #lane(piece: Piece): Lane {
    const known = this.#lanes.get(piece.lane)
    if (known) return known
    if (this.#named.length >= MOST_LANES) throw new Fault('upstream.malformed', `more than ${MOST_LANES} lanes`)
    const lane = new Lane(this.#options.engine, piece.mode)
    this.#lanes.set(piece.lane, lane)
    this.#named.push({ lane: piece.lane, masked: lane })
    return lane
  }

  #endLanes(which: string): void {
    const prefix = which.endsWith('*') ? which.slice(0, -1) : undefined
    for (const [name, lane] of this.#lanes) {
      if (prefix === undefined ? name !== which : !name.startsWith(prefix)) continue
      lane.end()
      this.#lanes.delete(name)
    }
  }

  #release(): Uint8Array[] {
    const out: Uint8Array[] = []
    let next = 0
    for (; next < this.#waiting.length; next++) {
      const waiting = this.#waiting[next] as Waiting
      if (!this.#ready(waiting)) break
      this.#waitingBytes -= waiting.frame.raw.length
      out.push(this.#render(waiting))
    }
    if (next) this.#waiting = this.#waiting.slice(next)
    return out
  }

  #ready({ segments }: Waiting): boolean {
    for (const { lane, to } of segments) {
      if (to <= lane.settled) continue
      if (this.#waitingBytes <= MOST_WAITING) return false
      lane.overflow()
    }
    return true
  }

  #render({ frame, segments, edits, shell }: Waiting): Uint8Array {
    for (const { lane, from, piece } of segments) {
      const value = lane.render(from, piece.value)
      if (value !== undefined) edits.push({ start: piece.start, end: piece.end, value })
    }
    if (edits.length === 0 && !shell) return frame.raw
    this.edited = true
    const data = this.#data(frame, segments, edits)
    return shell ? rebuilt(shell, data) : rewrite(frame, data)
  }

  #data(frame: Frame, segments: readonly Segment[], edits: Edit[]): string {
    if (segments[0]?.piece.lane === 'raw') return edits[0]?.value ?? frame.data ?? ''
    if (edits.length === 0) return frame.data ?? ''
    const sorted = edits.sort((a, b) => a.start - b.start)
    return withoutSpellings(splice(frame.data ?? '', sorted))
  }
}

/** A frame whose lines beside its data held a secret, written anew. */
function rebuilt(shell: readonly string[], data: string): Uint8Array {
  const lines = data === '' ? [] : data.split('\n').map((line) => `data: ${line}`)
  return Buffer.from([...shell, ...lines, '', ''].join('\n'))
}
