/** Reads a zip file: names and contents, with their checksums held, each only when it is asked for. Refuses what is unusual; writes nothing. */
import { crc32, inflateRawSync } from 'node:zlib'
import { MOST_PROOF } from './form.ts'

/** Where the bytes of a zip come from: a file, or what is in memory. `read` gives what is there of a stretch. */
export interface Source {
  readonly size: number
  read(at: number, length: number): Buffer
}

/** The files of a bundle by name, as a Map has them. `get` @throws Error for one that is damaged */
export interface Files {
  has(name: string): boolean
  get(name: string): Buffer | undefined
  keys(): Iterable<string>
}

/** Bytes of one file unpacked, of all of them, and how many there may be. A text of more than 512 MB is none that Node can hold. */
const MOST_FILE = 2 ** 29 - 32
const MOST_BYTES = 2 ** 32
const MOST_FILES = 65_534

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const DESCRIPTOR = 0x08074b50

/**
 * What the writer of bundles says of every file, by the offset in its headers: other programs go by what stands there when
 * they unpack, so whatever is unlike it is refused. Deflated, sizes behind the bytes, of 1980-01-01, and a name of ASCII.
 */
const OF_ALL: readonly (readonly [at: number, hex: string, what: string])[] = [
  [0, '1400', 'another version of the format'],
  [2, '0800', 'flags that no bundle has: it cannot be unpacked'],
  [4, '0800', 'a method that no bundle has: it cannot be unpacked'],
  [6, '00002100', 'a time'],
]
const OF_CENTRAL: typeof OF_ALL = [
  [4, '1400', 'another system that made it'],
  ...OF_ALL.map(([at, hex, what]): (typeof OF_ALL)[number] => [at + 6, hex, what]),
  [30, '0000', 'an extra field'],
  [32, '0000', 'a comment'],
  [34, '0000', 'another part of the zip that it is in'],
  [36, '000000000000', 'attributes'],
]
const OF_LOCAL: typeof OF_ALL = [
  ...OF_ALL.map(([at, hex, what]): (typeof OF_ALL)[number] => [at + 4, hex, what]),
  [14, '00'.repeat(12), 'its sizes before its bytes'],
  [28, '0000', 'an extra field'],
]

/** @throws Error where a header says what no bundle says */
function holdUsual(name: string, header: Buffer, usual: typeof OF_ALL): void {
  for (const [at, hex, what] of usual)
    if (header.toString('hex', at, at + hex.length / 2) !== hex) throw new Error(`${name} has in the zip file ${what}`)
}

/** One file as the zip's directory tells it. */
interface Row {
  readonly name: string
  readonly crc: number
  readonly packed: number
  readonly size: number
  /** Where it begins, with its own header. */
  readonly local: number
  /** Where its bytes begin. */
  start: number
}

export const sourceOf = (bytes: Buffer): Source => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
})

/**
 * The files of a zip. Nothing may stand in it beside them: no comment, no field, no attribute, no byte between two, no name
 * twice, none that another lies over. @throws Error for what is damaged, encrypted, in parts, with more than 65,534 files or 4 GB
 */
export function openZip(zip: Buffer | Source): Files {
  const source = Buffer.isBuffer(zip) ? sourceOf(zip) : zip
  const rows = directoryOf(source)
  const byName = new Map<string, Row>()
  for (const row of rows) {
    if (byName.has(row.name)) throw new Error(`${row.name} is in the zip file twice`)
    byName.set(row.name, row)
  }
  return {
    has: (name) => byName.has(name),
    keys: () => byName.keys(),
    get(name) {
      const row = byName.get(name)
      return row && contents(source, row)
    },
  }
}

/** All files of a small zip. @throws Error as `openZip`, and for a file that is damaged */
export function unzip(zip: Buffer): Map<string, Buffer> {
  const files = openZip(zip)
  return new Map([...files.keys()].map((name) => [name, files.get(name) ?? Buffer.alloc(0)]))
}

const bytesAt = (source: Source, at: number, length: number): Buffer => {
  const bytes = at >= 0 && at + length <= source.size ? source.read(at, length) : Buffer.alloc(0)
  if (bytes.length !== length) throw new Error('the zip file is cut short')
  return bytes
}

function directoryOf(source: Source): Row[] {
  if (source.size < 22) throw new Error('this is no zip file')
  const end = bytesAt(source, source.size - 22, 22)
  if (end.readUInt32LE() !== END) throw new Error('this is no zip file, or something stands behind its end')
  const [disk, from, own, count] = [4, 6, 8, 10].map((at) => end.readUInt16LE(at)) as [number, number, number, number]
  const [length, first] = [end.readUInt32LE(12), end.readUInt32LE(16)]
  if (disk !== 0 || from !== 0 || own !== count || end.readUInt16LE(20) !== 0)
    throw new Error('the zip file is in parts')
  if (count > MOST_FILES) throw new Error(`the zip file says that it has more than ${MOST_FILES} files`)
  if (first + length + 22 !== source.size) throw new Error('the directory of the zip file is damaged')
  const directory = bytesAt(source, first, length)
  const rows: Row[] = []
  let at = 0
  for (; rows.length < count; at += lengthOf(directory, at)) rows.push(rowOf(directory, at))
  if (at !== directory.length) throw new Error('the directory of the zip file is damaged')
  sum(rows)
  place(source, rows, first)
  return rows
}

function lengthOf(directory: Buffer, at: number): number {
  return 46 + [28, 30, 32].reduce((total, offset) => total + directory.readUInt16LE(at + offset), 0)
}

/** Parts of a name that are known to do harm somewhere do not stand in a bundle. */
const NAME =
  /^(?:[a-z][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)?|anchors\/[a-z0-9][a-z0-9-]{0,63}\/[1-9]\d{0,14}\.(?:checkpoint|proof))$/

function rowOf(directory: Buffer, at: number): Row {
  if (
    at + 46 > directory.length ||
    directory.readUInt32LE(at) !== CENTRAL ||
    at + lengthOf(directory, at) > directory.length
  )
    throw new Error('the directory of the zip file is damaged')
  const name = directory.toString('utf8', at + 46, at + 46 + directory.readUInt16LE(at + 28))
  const [crc, packed, size, local] = [16, 20, 24, 42].map((offset) => directory.readUInt32LE(at + offset)) as [
    number,
    number,
    number,
    number,
  ]
  if (!NAME.test(name) || name.includes('..')) throw new Error(`no file of a bundle is named ${name.slice(0, 100)}`)
  holdUsual(name, directory.subarray(at, at + 46), OF_CENTRAL)
  const most = name.startsWith('anchors/') ? MOST_PROOF : MOST_FILE
  if (size > most) throw new Error(`${name} says that it has ${size} bytes, more than ${most}`)
  return { name, crc, packed, size, local, start: 0 }
}

function sum(rows: readonly Row[]): void {
  const bytes = rows.reduce((total, { size }) => total + size, 0)
  if (bytes > MOST_BYTES)
    throw new Error(`the files of the zip say that they have ${bytes} bytes, more than ${MOST_BYTES}`)
}

/** Each file begins where the one before it ends, and says of itself what the directory says of it. */
function place(source: Source, rows: readonly Row[], end: number): void {
  let at = 0
  for (const row of rows.toSorted((one, other) => one.local - other.local)) {
    if (row.local !== at) throw new Error(`${row.name} does not stand behind the file before it`)
    at = placed(source, row)
  }
  if (at !== end) throw new Error('something stands between the files of the zip and its directory')
}

/** Where a file ends. */
function placed(source: Source, row: Row): number {
  const { name, crc, packed, size, local } = row
  const head = bytesAt(source, local, 30)
  const names = head.readUInt16LE(26)
  row.start = local + 30 + names
  holdUsual(name, head, OF_LOCAL)
  const behind = bytesAt(source, row.start + packed, 16)
  const same =
    head.readUInt32LE() === LOCAL &&
    bytesAt(source, local + 30, names).toString() === name &&
    behind.readUInt32LE() === DESCRIPTOR &&
    [crc, packed, size].every((value, nth) => behind.readUInt32LE(4 + 4 * nth) === value)
  if (!same) throw new Error(`${name} is told in two ways in the zip file`)
  return row.start + packed + 16
}

function contents(source: Source, { name, packed, size, crc, start }: Row): Buffer {
  const bytes = bytesAt(source, start, packed)
  const whole = inflated(name, bytes, size)
  if (whole.length !== size || crc32(whole) !== crc) throw new Error(`${name} is damaged`)
  return whole
}

/** No more is unpacked than was announced, and nothing may stand behind the end. */
function inflated(name: string, bytes: Buffer, size: number): Buffer {
  try {
    const made: unknown = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size), info: true })
    const { buffer, engine } = made as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }
    if (engine.bytesWritten === bytes.length) return buffer
  } catch (cause) {
    throw new Error(`${name} is damaged`, { cause })
  }
  throw new Error(`${name} has bytes behind its end`)
}
