/** Streamed decoding of one or more codings, with a limit on what comes out. Holds no more than one read at a time. */
import { pipeline } from 'node:stream'
import { type Coding, type Decoder, decoderFor } from './coding.ts'

/** What a decoder found wrong, apart from errors of the source, which pass as they are. */
export type Flaw = 'undecodable' | 'too large'

export interface DecodeOptions {
  /** In the order of decoding. */
  readonly codings: readonly Coding[]
  /** Bytes that any one coding may give. */
  readonly limit: number
  /** The error to throw for a flaw. */
  flaw(kind: Flaw, cause?: unknown): Error
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined }

/**
 * The decoded bytes, each as soon as it can be known. An empty source gives an empty result. Leaving takes effect at
 * once, even while a read is pending: a generator that waits for bytes could not pass it on by itself.
 */
export function decode(source: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncIterableIterator<Uint8Array> {
  const origin = source[Symbol.asyncIterator]()
  const bytes = options.codings.reduce<AsyncIterator<Uint8Array>>((from, to) => decodeOne(from, to, options), origin)
  let left = false
  /** Whoever leaves has an answer already, or the error that made it leave: what closing finds wrong adds nothing. */
  const leave = () => {
    left = true
    for (const each of [origin, bytes]) each.return?.().catch(() => undefined)
    return DONE
  }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (left) return DONE
      try {
        return await bytes.next()
      } catch (error) {
        if (left) return DONE
        leave()
        throw error
      }
    },
    return: async () => leave(),
  }
}

async function* decodeOne(
  bytes: AsyncIterator<Uint8Array>,
  coding: Coding,
  o: DecodeOptions,
): AsyncGenerator<Uint8Array> {
  const head = await headOf(bytes)
  if (head.length === 0) return
  const state: State = { taken: 0, failed: undefined }
  const decoder = decoderFor(coding, head)
  pipeline(feed(head, bytes, state), decoder, () => undefined)
  let given = 0
  try {
    for await (const chunk of decoder) {
      given += chunk.length
      if (given > o.limit) throw o.flaw('too large')
      yield chunk
    }
  } catch (error) {
    throw state.failed ?? (isZlibError(error) ? o.flaw('undecodable', error) : error)
  }
  whole(decoder, state, o)
}

/** The first bytes, two at least where there are as many: what a decoder is chosen by. */
async function headOf(bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const step = await bytes.next()
    if (step.done) break
    head = head.length === 0 ? step.value : Buffer.concat([head, step.value])
  }
  return head
}

interface State {
  taken: number
  /** What the source itself threw. */
  failed: unknown
}

async function* feed(first: Uint8Array, rest: AsyncIterator<Uint8Array>, state: State): AsyncGenerator<Uint8Array> {
  try {
    for (let step: IteratorResult<Uint8Array> = { value: first }; !step.done; step = await rest.next()) {
      state.taken += step.value.length
      yield step.value
    }
  } catch (error) {
    state.failed = error
    throw error
  } finally {
    await rest.return?.()
  }
}

/** Bytes behind the end of the coded data were seen by nobody, so they must not pass for decoded. */
function whole(decoder: Decoder, state: State, o: DecodeOptions): void {
  if (decoder.bytesWritten !== state.taken) throw o.flaw('undecodable')
}

function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return /^(Z_|ERR_|BROTLI|ZSTD|ERR__)/i.test(String(error.code))
}
