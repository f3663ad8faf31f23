/** A log as one file and back: every file of one head, in an order in which a longer log begins like a shorter one. Signs nothing. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { writeDurably } from './durable.ts'
import { type Head, headIn, LogFiles, sealIn, vkeyIn } from './files.ts'
import { rangeHash } from './hashes.ts'
import { isSignedBy, parseVerifier } from './note.ts'
import { levelsOf, printBundle, TILE, type Tile, tilePath, widthOf } from './tiles.ts'

interface Packed {
  readonly path: string
  readonly bytes: Uint8Array
}

/** A tile may give way to a wider one while it is read: then it is begun again. */
const TRIES = 5

/**
 * Writes the log of a data folder into `file`; its head, and the key that signed it, undefined where there is none yet. It is
 * verified as it is read: the head by its key, the tiles by its root. @throws seal.damaged, seal.key
 */
export async function logPack(data: string, file: string): Promise<{ note: string; size: number } | undefined> {
  const folder = sealIn(data)
  for (let nth = 1; ; nth++) {
    const anchors = existsSync(folder)
      ? globSync(['anchors/**/*', 'former/**/*'], { cwd: folder, withFileTypes: true })
      : []
    const told = anchors.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
    const head = headIn(folder)
    if (!head) return undefined
    try {
      check(folder, head)
      await write(file, parts(folder, head, told))
      return { note: head.printed, size: head.size }
    } catch (error) {
      if (nth >= TRIES || !(error instanceof Fault) || headIn(folder)?.size === head.size) throw error
    }
  }
}

function check(folder: string, head: Head): void {
  const verifier = parseVerifier(vkeyIn(folder) ?? '')
  if (!verifier || !isSignedBy(head.note, [verifier])) throw new Fault('seal.key', 'the head is not signed by its key')
  if (!head.root.equals(rangeHash(new LogFiles(folder, head.size).node, 0, head.size)))
    throw new Fault('seal.damaged', 'the tiles are not those of the checkpoint')
}

function* parts(folder: string, { size, printed }: Head, anchors: readonly string[]): Generator<Packed> {
  const files = new LogFiles(folder, size)
  const at = (level: Tile['level'], index: number, width: number) => tilePath({ level, index, width })
  for (let index = 0; index * TILE < size; index++) {
    const width = widthOf(0, index, size)
    yield { path: at('entries', index, width), bytes: printBundle(files.leaves(index)) }
    yield { path: at(0, index, width), bytes: Buffer.concat(files.tile(0, index)) }
  }
  for (const level of levelsOf(size).slice(1))
    for (let index = 0; widthOf(level, index, size) > 0; index++)
      yield { path: at(level, index, widthOf(level, index, size)), bytes: Buffer.concat(files.tile(level, index)) }
  for (const path of anchors) yield { path: path.slice(folder.length + 1), bytes: readFileSync(path) }
  yield { path: 'vkey', bytes: Buffer.from(`${vkeyIn(folder)}\n`) }
  yield { path: 'checkpoint', bytes: Buffer.from(printed) }
}

/** Each file after the length of its path (16 bits) and its own (32 bits), big endian. */
async function write(file: string, all: Iterable<Packed>): Promise<void> {
  const out = await open(file, 'w', 0o600)
  try {
    for (const { path, bytes } of all) {
      const lengths = Buffer.alloc(6)
      lengths.writeUInt16BE(Buffer.byteLength(path))
      lengths.writeUInt32BE(bytes.byteLength, 2)
      await out.writeFile(Buffer.concat([lengths, Buffer.from(path), bytes]))
    }
  } finally {
    await out.close()
  }
}

const PATH =
  /^(former\/\d+\/(?=anchors\/|vkey$|checkpoint$))?(tile\/(\d|entries)\/[x\d/]+(\.p\/\d+)?|anchors\/[\w.@-]+\/\d+\/[\w.-]+|vkey|checkpoint)$/

/** Writes what `logPack` packed into the folder of a log. @throws seal.damaged */
export async function unpackLog(file: string, data: string): Promise<void> {
  const folder = sealIn(data)
  const input = await open(file, 'r')
  try {
    for (;;) {
      const lengths = await read(input, 6, true)
      if (!lengths) return
      const path = (await read(input, lengths.readUInt16BE()))?.toString() ?? ''
      if (!PATH.test(path) || path.includes('..')) throw new Fault('seal.damaged', 'a file of no log')
      const bytes = (await read(input, lengths.readUInt32BE(2))) ?? new Uint8Array()
      await writeDurably([{ path: join(folder, path), bytes }])
    }
  } finally {
    await input.close()
  }
}

async function read(input: FileHandle, length: number, mayEnd = false): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await input.read(bytes, at, length - at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  if (at === 0 && mayEnd) return undefined
  if (at < length) throw new Fault('seal.damaged', 'the log is cut short')
  return bytes
}
