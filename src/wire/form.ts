/** How a body is framed, told by what it begins with: a sender's word for it may be wrong. Keeps no body. */
import { eventsOf } from './events.ts'
import { type Json, object, parsedOr } from './json.ts'
import { LineFramer, readLine, rewriteLine } from './lines.ts'
import { type Frame, Framer, type FramerOptions, readFrame, rewrite } from './sse.ts'

/** What cuts a stream into events, and writes one anew. */
export interface Form {
  readonly name: 'events' | 'lines'
  framer(options: FramerOptions): Framer | LineFramer
  read(raw: Uint8Array): Frame
  rewrite(frame: Frame, data: string): Uint8Array
  /** The events of a whole body that are JSON objects. */
  events(body: string): readonly Json[]
}

/** Server-Sent Events. */
export const EVENTS: Form = {
  name: 'events',
  framer: (options) => new Framer(options),
  read: readFrame,
  rewrite,
  events: eventsOf,
}

/** A JSON document on each line. */
export const LINES: Form = {
  name: 'lines',
  framer: (options) => new LineFramer(options),
  read: readLine,
  rewrite: rewriteLine,
  events: (body) => body.split('\n').map((line) => object(parsedOr(line.trim()))),
}

/** White space and byte order marks, in the bytes of a text read as Latin-1. */
const BLANK = /^[\s\xef\xbb\xbf]*/
const FIELDS = ['data', 'event', 'id', 'retry'].map((name) => `${name}:`)
const LF = 10
const NAME_ONLY = /^[a-z]+$/
const FIELD = /^(?::|(?:data|event|id|retry)(?:[:\r\n]|$))/

/** The form of a stream of events that begins so; undefined where nothing but white space has come. */
export function formOfStream(bytes: Buffer): Form | undefined {
  const first = beginning(bytes)[0]
  if (first === undefined) return undefined
  return first === '{' || first === '[' || first === '\x1e' ? LINES : EVENTS
}

const beginning = (bytes: Buffer): string => bytes.toString('latin1', 0, 256).replace(BLANK, '')

/** Tells a stream from a document that is not said to be a stream. */
export class Sniffer {
  readonly #lines: boolean
  #chunks: Buffer[] = []
  /** Whether the first line is an object's and has not ended. */
  #inLine = false

  /** @param type the content type */
  constructor(type: string) {
    this.#lines = /\b(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq)\b/i.test(type)
  }

  /** The form, as soon as it is certain: white space, half a word and the only line of a document leave it open. */
  take(chunk: Buffer): Form | 'document' | undefined {
    this.#chunks.push(chunk)
    if (this.#inLine && !chunk.includes(LF)) return undefined
    const bytes = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : chunk
    this.#chunks = [bytes]
    const text = beginning(bytes)
    if (text === '') return undefined
    if (text.startsWith('\x1e')) return LINES
    if (/^[{["]/.test(text) && this.#lines) return LINES
    if (text.startsWith('{')) return this.#object(bytes)
    if (FIELD.test(text)) return NAME_ONLY.test(text) ? undefined : EVENTS
    return FIELDS.some((field) => field.startsWith(text)) ? undefined : 'document'
  }

  /** What begins as an object is a stream where its first line is one and another value follows. */
  #object(bytes: Buffer): Form | 'document' | undefined {
    const start = bytes.indexOf('{')
    const end = bytes.indexOf(LF, start)
    this.#inLine = end < 0
    if (end < 0) return undefined
    if (typeof parsedOr(bytes.toString('utf8', start, end)) !== 'object') return 'document'
    return /\S/.test(bytes.toString('latin1', end + 1)) ? LINES : undefined
  }
}

/** The form of a whole text that holds what a reader of streams would take; undefined for any JSON document. */
export function formOfText(text: string): Form | undefined {
  if (/(?:^|[\r\n])\ufeff?data:/.test(text)) return EVENTS
  OBJECT_LINE.lastIndex = 0
  return OBJECT_LINE.test(text) && OBJECT_LINE.test(text) ? LINES : undefined
}

const OBJECT_LINE = /^\{.*\}\r?$/gm
