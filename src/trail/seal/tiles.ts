/** Where the files of a log lie and how they are written, as C2SP tlog-tiles says (c2sp.org/tlog-tiles). Pure. */
import { HASH_BYTES } from './hashes.ts'

/** Hashes of a whole tile, and entries of a whole bundle. */
export const TILE = 256
/** Bytes of the longest leaf that a bundle can hold. */
export const LONGEST_LEAF = 65_535

/** One tile: its level (or `entries`), its place from the left, and how many of its 256 places are taken. */
export interface Tile {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** `tile/0/x001/x234/067`, with `.p/12` where it is partial. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width < TILE ? `.p/${width}` : ''}`
}

/** The tiles of one level of a tree of `size`: the width of its `index`th, 0 where there is none. */
export function widthOf(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE ** level)
  return Math.max(0, Math.min(TILE, hashes - index * TILE))
}

/** The levels that a tree of `size` has. */
export function levelsOf(size: number): number[] {
  const levels: number[] = []
  for (let level = 0; size >= TILE ** level; level++) levels.push(level)
  return levels
}

/** Leaves one after the other, each after its length (16 bits, big endian). @throws RangeError for one that is too long */
export function printBundle(leaves: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(leaves.reduce((total, { byteLength }) => total + 2 + byteLength, 0))
  let at = 0
  for (const leaf of leaves) {
    if (leaf.byteLength > LONGEST_LEAF) throw new RangeError(`a leaf has ${leaf.byteLength} bytes`)
    at = bundle.writeUInt16BE(leaf.byteLength, at)
    bundle.set(leaf, at)
    at += leaf.byteLength
  }
  return bundle
}

/** Reads what `printBundle` wrote. @throws RangeError where it is cut short */
export function parseBundle(bytes: Uint8Array): Buffer[] {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const leaves: Buffer[] = []
  for (let at = 0; at < bundle.length; ) {
    const start = at + 2
    const end = start + bundle.readUInt16BE(at)
    if (end > bundle.length) throw new RangeError('a bundle is cut short')
    leaves.push(bundle.subarray(start, end))
    at = end
  }
  return leaves
}

/** The hashes of a tile. @throws RangeError where it is cut short */
export function parseTile(bytes: Uint8Array): Buffer[] {
  if (bytes.byteLength % HASH_BYTES !== 0) throw new RangeError('a tile is cut short')
  const tile = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: tile.length / HASH_BYTES }, (_, at) =>
    tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  )
}
