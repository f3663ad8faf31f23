/** Cuts a byte stream into lines that are JSON each (NDJSON, JSON Lines, RFC 7464), byte-exact, across any chunk border. */
import { Fault } from '#exchange'
import type { Frame, FramerOptions } from './sse.ts'

const LF = 10

/** Bytes in, whole lines out, line feed included; the joined lines are the input. */
export class LineFramer {
  /** Where `cut` came to. */
  at = 0
  readonly #limit: number
  #held: Uint8Array[] = []
  #size = 0

  constructor({ limit }: FramerOptions) {
    this.#limit = limit
  }

  /** Whether the next byte begins a line. */
  get clear(): boolean {
    return this.#size === 0
  }

  /** The line that ends first in `chunk` past `from`, with what was held of it; else all is held. @throws limit.event */
  cut(chunk: Uint8Array, from: number): Uint8Array | undefined {
    const end = chunk.indexOf(LF, from)
    this.at = end < 0 ? chunk.length : end + 1
    const part = chunk.subarray(from, this.at)
    this.#size += part.length
    if (this.#size > this.#limit) throw new Fault('limit.event', `more than ${this.#limit} bytes`)
    if (end >= 0 && this.#held.length === 0) {
      this.#size = 0
      return part
    }
    this.#held.push(part)
    return end < 0 ? undefined : this.#line()
  }

  /** What has come after the last line feed, if anything. */
  end(): Frame | undefined {
    return this.#size ? readLine(this.#line()) : undefined
  }

  #line(): Uint8Array {
    const line = Buffer.concat(this.#held, this.#size)
    this.#held = []
    this.#size = 0
    return line
  }
}

/** Before a line's JSON: a byte order mark, and the mark of RFC 7464. */
const MARKS = /^[\ufeff\x1e]*/

/** A line as an event; its line end is part of the data, for it is white space to JSON. */
export function readLine(raw: Uint8Array): Frame {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString()
  const data = text.replace(MARKS, '')
  return { raw, text, ...(data.trim() !== '' && { data }) }
}

/** The line with other data. */
export const rewriteLine = ({ text }: Frame, data: string): Uint8Array =>
  Buffer.from((MARKS.exec(text)?.[0] ?? '') + data)
