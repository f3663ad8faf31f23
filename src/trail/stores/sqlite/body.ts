/** A body's bytes as they lie on disk: zstd where that is shorter, raw where not. Pure. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Fault } from '#exchange'

/** How bytes are kept: 0 raw, 1 zstd. Numbers are part of the format. */
export type Coding = 0 | 1

export interface StoredBody {
  readonly coding: Coding
  /** Bytes before compression. */
  readonly size: number
  readonly bytes: Uint8Array
}

/** Shorter bodies are kept raw. */
const SHORT = 512
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

export function shrink(bytes: Uint8Array): StoredBody {
  const size = bytes.byteLength
  const packed = size < SHORT ? bytes : zstdCompressSync(bytes, LEVEL)
  return packed.byteLength < size ? { coding: 1, size, bytes: packed } : { coding: 0, size, bytes }
}

/** @throws trail.body where the bytes are not what was written */
export function grow({ coding, size, bytes }: StoredBody): Uint8Array {
  const whole = coding === 1 ? inflate(bytes, size) : bytes
  if (whole.byteLength !== size) throw new Fault('trail.body', `a body has ${whole.byteLength} of ${size} bytes`)
  return whole
}

function inflate(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: size })
  } catch (cause) {
    throw new Fault('trail.body', 'a body cannot be decompressed', { cause })
  }
}
