/** Cuts a byte stream into Server-Sent Events, byte-exact, across any chunk border. Source: WHATWG HTML §9.2.6. */
import { Fault } from '#exchange'

/** One event with all its lines. `raw` is what came, its blank line included; `data` joins the data lines by \n. */
export interface Frame {
  readonly raw: Uint8Array
  readonly text: string
  readonly data?: string
  readonly event?: string
}

const NOTHING = Buffer.alloc(0)
const LF = 10
const CR = 13

export interface FramerOptions {
  /** Bytes that one event may have. */
  readonly limit: number
}

/** Bytes in, whole events out; the joined `raw` of all frames is the input. */
export class Framer {
  /** Where `cut` came to. */
  at = 0
  readonly #limit: number
  /** The beginning of an event whose end has not come; it grows by doubling, so that single bytes cost no more. */
  #held: Buffer = NOTHING
  #size = 0
  /** Whether the line being read is empty so far, and whether a CR just ended one. */
  #empty = true
  #afterCr = false
  /** Where the next line feed of the chunk stands, so that it is looked for once, also where lines end in CR. */
  #lineFeed = -1

  constructor(options: FramerOptions) {
    this.#limit = options.limit
  }

  /** Whether the next byte begins an event, whatever it is. */
  get clear(): boolean {
    return this.#size === 0 && this.#empty && !this.#afterCr
  }

  /** @throws limit.event */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    for (let at = 0; at < chunk.length; at = this.at) {
      const raw = this.cut(chunk, at, at === 0)
      if (raw) frames.push(readFrame(raw))
    }
    return frames
  }

  /**
   * The bytes of the event that ends first in `chunk` past `from`, with what was held of it; without such an end all
   * is held. Reading goes on at `this.at`. `fresh`: whether this is the first cut of that chunk. @throws limit.event
   */
  cut(chunk: Uint8Array, from: number, fresh: boolean): Uint8Array | undefined {
    if (fresh) this.#lineFeed = -1
    const end = this.#blankLine(chunk, from)
    this.at = end < 0 ? chunk.length : end
    if (end >= 0) return this.#frame(chunk.subarray(from, end))
    this.#hold(chunk.subarray(from))
    return undefined
  }

  /** What has come after the last blank line, if anything. */
  end(): Frame | undefined {
    return this.#size ? readFrame(this.#frame(new Uint8Array(0))) : undefined
  }

  /**
   * The offset after the blank line that ends the event, or -1. A CR ends a line at once; the LF of a CRLF that follows
   * in the next chunk then begins the next frame, where it is the rest of the same line end.
   */
  #blankLine(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]
      const rest = this.#afterCr && byte === LF
      this.#afterCr = byte === CR
      if (rest) continue
      if (byte !== LF && byte !== CR) {
        this.#empty = false
        at = this.#skip(chunk, at)
        continue
      }
      if (!this.#empty) {
        this.#empty = true
        continue
      }
      if (byte === CR && chunk[at + 1] === LF) {
        this.#afterCr = false
        return at + 2
      }
      return at + 1
    }
    return -1
  }

  /** The last byte before the next line end, so that the loop goes on there. */
  #skip(chunk: Uint8Array, from: number): number {
    if (this.#lineFeed < from) {
      const found = chunk.indexOf(LF, from)
      this.#lineFeed = found < 0 ? chunk.length : found
    }
    const cr = chunk.subarray(from, this.#lineFeed).indexOf(CR)
    return (cr < 0 ? this.#lineFeed : from + cr) - 1
  }

  #hold(bytes: Uint8Array): void {
    const size = this.#size + bytes.length
    if (size > this.#limit) throw new Fault('limit.event', `more than ${this.#limit} bytes`)
    if (size > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(size, this.#held.length * 2, 256))
      this.#held.copy(grown, 0, 0, this.#size)
      this.#held = grown
    }
    this.#held.set(bytes, this.#size)
    this.#size = size
  }

  #frame(tail: Uint8Array): Uint8Array {
    if (this.#size === 0) {
      if (tail.length > this.#limit) throw new Fault('limit.event', `more than ${this.#limit} bytes`)
      return tail
    }
    this.#hold(tail)
    const raw = this.#held.subarray(0, this.#size)
    this.#held = NOTHING
    this.#size = 0
    return raw
  }
}

/** Where the data of a frame begins that has one line of it and ends its lines in LF alone; `text` is its bytes as Latin-1. */
export function dataAt(text: string): number | undefined {
  if (text.includes('\r') || !text.endsWith('\n\n')) return undefined
  const [first, second] = text.matchAll(/^(?:\xef\xbb\xbf)?data(?:: ?|$)/gm)
  return first && !second ? first.index + first[0].length : undefined
}

/** Reads the lines of one event. */
export function readFrame(raw: Uint8Array): Frame {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString()
  let data: string | undefined
  let event: string | undefined
  for (const line of text.split(LINE_END)) {
    const bare = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
    if (bare.startsWith('data')) {
      const value = fieldValue(bare, 4)
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
    } else if (bare.startsWith('event')) event = fieldValue(bare, 5) ?? event
  }
  return { raw, text, ...(data !== undefined && { data }), ...(event !== undefined && { event }) }
}

/** A field's value, one leading space taken off; undefined where the line is another field. */
function fieldValue(line: string, name: number): string | undefined {
  if (line.length === name) return ''
  if (line[name] !== ':') return undefined
  return line.slice(line[name + 1] === ' ' ? name + 2 : name + 1)
}

/**
 * The frame's bytes with other data; all other lines and the line ends as they were. Data of more lines than before
 * gets its further lines after the last one, data of fewer loses the surplus ones.
 */
export function rewrite(frame: Frame, data: string): Uint8Array {
  const values = data.split(LINE_END)
  const parts = frame.text.split(/(\r\n|\n|\r)/)
  const last = parts.findLastIndex((line, at) => at % 2 === 0 && DATA_LINE.test(line))
  let out = ''
  for (let at = 0; at < parts.length; at += 2) {
    const line = parts[at] ?? ''
    const end = parts[at + 1] ?? ''
    const prefix = DATA_LINE.exec(line)?.[0]
    if (prefix === undefined) out += line + end
    else if (values.length) {
      const here = at === last ? values.splice(0) : values.splice(0, 1)
      out +=
        here.map((value, nth) => fieldLine(nth ? prefix.replace('\ufeff', '') : prefix, value)).join(end || '\n') + end
    }
  }
  return Buffer.from(out)
}

const LINE_END = /\r\n|\n|\r/
const DATA_LINE = /^\ufeff?data(?:: ?|$)/

/** A bare `data` line gets its colon, and a value that begins with a space keeps it. */
function fieldLine(prefix: string, value: string): string {
  if (value === '') return prefix
  const named = prefix.includes(':') ? prefix : `${prefix}:`
  return value.startsWith(' ') && !named.endsWith(' ') ? `${named} ${value}` : named + value
}
