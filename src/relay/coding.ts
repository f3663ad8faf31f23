/** The content codings of HTTP: their names, and one decoder each. Knows neither requests nor replies. */
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'

/** gzip RFC 1952, br RFC 7932, zstd RFC 8878, deflate RFC 1950 (and, as many send it, RFC 1951). */
export type Coding = 'gzip' | 'br' | 'zstd' | 'deflate'

/** A decoder that counts what it has taken in, so that bytes behind the end of the data are noticed. */
export interface Decoder extends Transform {
  readonly bytesWritten: number
}

const NAMES: Readonly<Record<string, Coding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  br: 'br',
  zstd: 'zstd',
  deflate: 'deflate',
}
const DEEPEST = 3

/** The codings of a `content-encoding` value in the order of decoding, or `undefined` where one is not known. */
export function codingsOf(value: string): Coding[] | undefined {
  const names = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const codings: Coding[] = []
  for (const name of names) {
    if (name === '' || name === 'identity') continue
    const coding = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    if (!coding) return undefined
    codings.unshift(coding)
  }
  return codings.length > DEEPEST ? undefined : codings
}

const CHUNK = 64 * 1024

/** A decoder for data that begins with `head`; only deflate looks at it. */
export function decoderFor(coding: Coding, head: Uint8Array): Decoder {
  const options = { chunkSize: CHUNK }
  if (coding === 'gzip') return createGunzip(options)
  if (coding === 'br') return createBrotliDecompress(options)
  if (coding === 'zstd') return createZstdDecompress(options)
  return isZlib(head) ? createInflate(options) : createInflateRaw(options)
}

/** RFC 1950 §2.2: method 8, and the first two bytes a multiple of 31. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
}
