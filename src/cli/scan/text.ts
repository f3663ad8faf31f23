/** The bytes of a file as text, cut as they come. Binary files are known by their first bytes; nothing is written. */
import { Fault } from '#exchange'
import { bytesOf } from './lines.ts'

/** As git looks for a zero byte. */
const LOOKED_AT = 8000

/** The text of a file in parts, or `binary`. UTF-16 with a byte order mark is text; bytes that are no UTF-8 become U+FFFD. */
export async function textOf(file: string): Promise<AsyncGenerator<string> | 'binary'> {
  const chunks = bytesOf(file)
  const first = await upTo(chunks, LOOKED_AT)
  const encoding = encodingOf(first)
  if (encoding) return decoded(encoding, first, chunks)
  await chunks.return(undefined)
  return 'binary'
}

/** At least so many bytes, where there are as many. */
async function upTo(chunks: AsyncGenerator<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  while (length < count) {
    const { done, value } = await chunks.next()
    if (done) break
    parts.push(value)
    length += value.length
  }
  return Buffer.concat(parts)
}

function encodingOf(first: Buffer): string | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le'
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be'
  return first.subarray(0, LOOKED_AT).includes(0) ? undefined : 'utf-8'
}

async function* decoded(encoding: string, first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  yield decoder.decode(first, { stream: true })
  for await (const bytes of rest) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

/** A text in parts as one, where it is at most `most` UTF-16 units long; else what was read of it so far. */
export async function gathered(parts: AsyncGenerator<string>, most: number): Promise<{ text: string; whole: boolean }> {
  let text = ''
  while (text.length <= most) {
    const { done, value } = await parts.next()
    if (done) return { text, whole: true }
    text += value
  }
  return { text, whole: false }
}

/** Why a file could not be read, for one line. */
export const whyOf = (error: unknown): string | undefined =>
  error instanceof Fault && error.code === 'usage.input' ? error.detail : undefined
