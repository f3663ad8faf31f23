/** Reads WebSocket frames that pass by, without the product's own framing: RFC 6455 §5.2, no extension. Answers nothing. */
import assert from 'node:assert/strict'

/** Text messages of one direction, from bytes cut anywhere. */
export class Frames {
  readonly messages: string[] = []
  #held = Buffer.alloc(0)
  #parts: Buffer[] = []

  push(bytes: Buffer): string[] {
    this.#held = Buffer.concat([this.#held, bytes])
    const found: string[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) {
      const { first, payload } = frame
      assert.equal(first & 0x70, 0, 'a frame bears an extension')
      if (first & 0x08) continue
      this.#parts.push(payload)
      if (first & 0x80) found.push(Buffer.concat(this.#parts.splice(0)).toString())
    }
    this.messages.push(...found)
    return found
  }

  #next(): { first: number; payload: Buffer } | undefined {
    const held = this.#held
    if (held.length < 2) return undefined
    const [first, second] = [held.readUInt8(0), held.readUInt8(1)]
    const short = second & 0x7f
    const more = short === 126 ? 2 : short === 127 ? 8 : 0
    const mask = second & 0x80 ? 4 : 0
    const start = 2 + more + mask
    if (held.length < start) return undefined
    const size = more === 2 ? held.readUInt16BE(2) : more === 8 ? Number(held.readBigUInt64BE(2)) : short
    if (held.length < start + size) return undefined
    const payload = Buffer.from(held.subarray(start, start + size))
    for (let at = 0; mask && at < size; at++) payload[at] = payload.readUInt8(at) ^ held.readUInt8(2 + more + (at & 3))
    this.#held = held.subarray(start + size)
    return { first, payload }
  }
}
