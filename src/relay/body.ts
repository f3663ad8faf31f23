/** A request's body, read whole and decoded, within limits. Never reads on past a limit, never parses. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '#exchange'
import { codingsOf } from './coding.ts'
import { decode, type Flaw } from './decode.ts'

export interface BodyLimits {
  /** Bytes on the wire. */
  readonly body_bytes: number
  /** Bytes after decoding. */
  readonly decoded_bytes: number
}

export interface ReceivedBody {
  /** Decoded. The same buffer as `raw` where there was no coding. */
  readonly bytes: Buffer
  /** As received. */
  readonly raw: Buffer
  /** The `content-encoding` header's value, `identity` where there was none. */
  readonly encoding: string
}

const waiting = new WeakMap<IncomingMessage, ServerResponse>()

/** Notes that the client waits for `100 Continue`, which `readBody` sends once it is willing to read. */
export function expectsContinue(request: IncomingMessage, response: ServerResponse): void {
  waiting.set(request, response)
}

/** Told of bytes before they are kept; what it throws ends the reading. */
type Take = (bytes: number) => void

/**
 * `unread`: as it came, whatever its coding.
 * @throws limit.body, limit.decoded, request.encoding, request.encoded, request.aborted; what `take` throws
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  take: Take = () => undefined,
  unread = false,
): Promise<ReceivedBody> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  const codings = unread ? [] : codingsOf(encoding)
  if (!codings) throw new Fault('request.encoding', encoding)
  if (Number(request.headers['content-length'] ?? 0) > limits.body_bytes) throw tooLarge(limits)
  waiting.get(request)?.writeContinue()
  const raw = await readRaw(request, limits, take)
  if (codings.length === 0 || raw.length === 0) return { bytes: raw, raw, encoding }
  const flaw = (kind: Flaw, cause?: unknown) =>
    kind === 'too large'
      ? new Fault('limit.decoded', `more than ${limits.decoded_bytes} bytes`)
      : new Fault('request.encoded', encoding, { cause })
  const decoded = decode(once(raw), { codings, limit: limits.decoded_bytes, flaw })
  return { bytes: await joined(decoded, take), raw, encoding }
}

const tooLarge = (limits: BodyLimits) => new Fault('limit.body', `more than ${limits.body_bytes} bytes`)

/** The bytes as received. On a limit the socket is left unread: whoever answers decides when to close it. */
function readRaw(request: IncomingMessage, limits: BodyLimits, take: Take): Promise<Buffer> {
  if (request.destroyed && !request.complete) return Promise.reject(new Fault('request.aborted'))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (fault?: unknown) => {
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut)
      if (fault) reject(fault)
      else resolve(whole(chunks, size))
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      try {
        if (size > limits.body_bytes) throw tooLarge(limits)
        take(chunk.length)
        chunks.push(chunk)
      } catch (fault) {
        request.pause()
        settle(fault)
      }
    }
    const onEnd = () => settle()
    const onCut = (error?: Error) => {
      request.on('error', quiet)
      settle(new Fault('request.aborted', undefined, { cause: error }))
    }
    request.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut)
  })
}

/** Chunks that nobody else has, in one piece. Their memory is given back at once: the collector counts it until it has run. */
function whole(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks
  if (only && chunks.length === 1) return only
  const bytes = Buffer.concat(chunks, size)
  for (const { buffer, byteLength } of chunks)
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
  return bytes
}

/** An error after the verdict has no reader; without a listener it would end the process. */
const quiet = () => undefined

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function joined(source: AsyncIterable<Uint8Array>, take: Take): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) {
    take(chunk.length)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
