/** Reads a log in its folder: head, leaves, hashes of whole subtrees. Writes nothing, and believes nothing unasked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { leafHash, type NodeAt, nodeHash } from './hashes.ts'
import { type Checkpoint, type Note, parseCheckpoint, parseNote } from './note.ts'
import { parseBundle, parseTile, TILE, type Tile, tilePath, widthOf } from './tiles.ts'

/** A signed head as it lies in a file. */
export interface Head extends Checkpoint {
  readonly note: Note
  /** As it was written. */
  readonly printed: string
}

/** Reads a signed note as a head, without checking its signature; undefined for what is none. */
export function parseHead(printed: string): Head | undefined {
  const note = parseNote(printed)
  const checkpoint = note && parseCheckpoint(note.text)
  return note && checkpoint && { ...checkpoint, note, printed }
}

/** The folder of the log in a data folder. */
export const sealIn = (data: string): string => join(data, 'seal')

/** The log's head; undefined where there is none yet. @throws seal.damaged */
export function headIn(folder: string): Head | undefined {
  const printed = readMaybe(join(folder, 'checkpoint'))?.toString()
  if (printed === undefined) return undefined
  const head = parseHead(printed)
  if (!head) throw new Fault('seal.damaged', 'checkpoint')
  return head
}

/** The verifier key that lies beside the log, for whoever has none from elsewhere. */
export const vkeyIn = (folder: string): string | undefined => readMaybe(join(folder, 'vkey'))?.toString().trim()

const MOST_CACHED = 1024

/** The leaves and hashes of a log of a given size. */
export class LogFiles {
  readonly folder: string
  readonly size: number
  readonly #tiles = new Map<string, readonly Buffer[]>()
  /** What was read last is mostly asked for again. */
  #last: { readonly index: number; readonly leaves: readonly Buffer[] } | undefined

  constructor(folder: string, size: number) {
    this.folder = folder
    this.size = size
  }

  /** The leaves of the bundle `index` (256 each; the last may have fewer). @throws seal.damaged */
  leaves(index: number): readonly Buffer[] {
    if (this.#last?.index !== index)
      this.#last = { index, leaves: this.#read('entries', index, widthOf(0, index, this.size), parseBundle) }
    return this.#last.leaves
  }

  /** One leaf. @throws seal.damaged */
  leaf(index: number): Buffer {
    return this.leaves(Math.floor(index / TILE))[index % TILE] as Buffer
  }

  /** The same as text, where its hash in the tree is its own. @throws seal.damaged, also where it is another one */
  hashed(index: number): string {
    const leaf = this.leaf(index)
    if (!leafHash(leaf).equals(this.node(0, index)))
      throw new Fault('seal.damaged', `leaf ${index} is not the one hashed`)
    return leaf.toString()
  }

  /** The hashes of a tile. @throws seal.damaged */
  tile(level: number, index: number): readonly Buffer[] {
    const name = `${level}/${index}`
    const known = this.#tiles.get(name)
    if (known) return known
    const tile = this.#read(level, index, widthOf(level, index, this.size), parseTile)
    if (this.#tiles.size >= MOST_CACHED) this.#tiles.clear()
    this.#tiles.set(name, tile)
    return tile
  }

  /** As `NodeAt`: of subtrees that are whole in this log. @throws seal.damaged */
  readonly node: NodeAt = (height, index) => {
    const level = Math.floor(height / 8)
    const span = 2 ** (height - 8 * level)
    const first = index * span
    const hashes = this.tile(level, Math.floor(first / TILE)).slice(first % TILE, (first % TILE) + span)
    return whole(hashes)
  }

  /** A partial tile that is gone became a wider one or a whole one: its beginning is the same. */
  #read<Item>(level: Tile['level'], index: number, width: number, parse: (bytes: Uint8Array) => Item[]): Item[] {
    const path = tilePath({ level, index, width })
    const bytes =
      readMaybe(join(this.folder, path)) ?? readMaybe(join(this.folder, tilePath({ level, index, width: TILE })))
    if (width === 0 || !bytes) throw new Fault('seal.damaged', `${path} is missing`)
    const items = parsed(path, bytes, parse)
    if (items.length < width) throw new Fault('seal.damaged', `${path} has ${items.length} of ${width}`)
    return items.slice(0, width)
  }
}

function parsed<Item>(path: string, bytes: Uint8Array, parse: (bytes: Uint8Array) => Item[]): Item[] {
  try {
    return parse(bytes)
  } catch (cause) {
    throw new Fault('seal.damaged', path, { cause })
  }
}

/** The root over 2^n hashes. */
function whole(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] as Uint8Array
  const half = hashes.length / 2
  return nodeHash(whole(hashes.slice(0, half)), whole(hashes.slice(half)))
}

function readMaybe(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw new Fault('seal.damaged', path, { cause: error })
  }
}
