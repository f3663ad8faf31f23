/** Views of bytes that lie side by side in memory, seen as one. Copies nothing. */

/** One view of both where `second` begins at the byte after `first` in the same memory, else undefined. */
export function adjoined(first: Uint8Array, second: Uint8Array): Uint8Array | undefined {
  if (first.buffer !== second.buffer || first.byteOffset + first.byteLength !== second.byteOffset) return undefined
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength + second.byteLength)
}
