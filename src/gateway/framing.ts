/** Whether a reply is a stream, and how it is framed: its header is its sender's word, its first bytes are what readers go by. */
import { Fault } from '#exchange'
import type { Incoming } from '#relay'
import { type Form, Sniffer } from '#wire'

/** Encodings in which ASCII is not ASCII: a reader that believes them would read what nobody has looked at. */
const UNREADABLE = /charset\s*=\s*"?\s*(?:x-)?(?:utf-?(?:7|16|32)|ucs|ebcdic|ibm|cp0?37|iso-?2022|hz)/i
/** A type of text, or none. */
export const TEXT = /^(?:$|text\/|application\/(?:[\w.+-]*\+)?(?:x-)?(?:json|ndjson|jsonl|jsonlines)\b)/i

/** A reply with the form that it streams in; none where it is a document. */
export interface Framed {
  readonly reply: Incoming
  /** `told`: its bytes will tell. */
  readonly form: Form | 'told' | undefined
}

/**
 * Reads on until it is certain; a document of one line is read to its end.
 * @throws limit.reply, upstream.malformed where the text is no UTF-8
 */
export async function framed(reply: Incoming, type: string, most: number): Promise<Framed> {
  if (UNREADABLE.test(type)) throw new Fault('upstream.malformed', `only UTF-8 is read, not ${type.slice(0, 64)}`)
  if (/^text\/event-stream/i.test(type)) return { reply, form: 'told' }
  const source = reply.body[Symbol.asyncIterator]()
  const sniffer = new Sniffer(type)
  const read: Uint8Array[] = []
  let size = 0
  for (let next = await source.next(); !next.done; next = await source.next()) {
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length)
    read.push(chunk)
    size += chunk.length
    if (size - chunk.length < FIRST && TEXT.test(type) && isWide(Buffer.concat(read)))
      throw new Fault('upstream.malformed', 'only UTF-8 is read, not UTF-16 or UTF-32')
    if (size > most) throw new Fault('limit.reply', `more than ${most} bytes`)
    const form = sniffer.take(chunk)
    if (form) return { reply: { ...reply, body: resumed(read, source) }, form: form === 'document' ? undefined : form }
  }
  return { reply: { ...reply, body: resumed(read, source) }, form: undefined }
}

/** So many bytes tell UTF-16 and UTF-32. */
const FIRST = 4

/** What begins as UTF-16 or UTF-32, by its byte order mark or by the zero bytes beside a character that text begins with. */
export const isWide = (bytes: Buffer): boolean => WIDE.test(bytes.toString('latin1', 0, FIRST))
const WIDE = /^(?:\xff\xfe|\xfe\xff|\0{0,3}[\s{["a-z:]\0|\0{1,3}[\s{["a-z:])/

/** The chunks that were read, then the rest. Leaving leaves the source. */
function resumed(read: Uint8Array[], source: AsyncIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  const left = read.values()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: async () => {
      const step = left.next()
      return step.done ? source.next() : step
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  }
}
