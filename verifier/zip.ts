/** Reads a zip file: names and contents, with their checksums held. Refuses what is unusual; writes nothing. */
import { crc32, inflateRawSync } from 'node:zlib'

const MOST_BYTES = 2 ** 31

/** The files of a zip. @throws Error for one that is damaged, encrypted, in parts or of a size over 4 GB */
export function unzip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || end + 22 > zip.length) throw new Error('this is no zip file')
  const files = new Map<string, Buffer>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error('the directory of the zip file is damaged')
    const [names, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const name = zip.toString('utf8', at + 46, at + 46 + names)
    if (files.has(name)) throw new Error(`${name} is in the zip file twice`)
    files.set(name, contents(zip, at, name))
    at += 46 + names + extra + comment
  }
  return files
}

function contents(zip: Buffer, at: number, name: string): Buffer {
  const [method, packed, size, local] = [
    zip.readUInt16LE(at + 10),
    zip.readUInt32LE(at + 20),
    zip.readUInt32LE(at + 24),
    zip.readUInt32LE(at + 42),
  ]
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const bytes = zip.subarray(start, start + packed)
  if (size > MOST_BYTES || (method !== 0 && method !== 8)) throw new Error(`${name} cannot be unpacked`)
  const whole = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) })
  if (whole.length !== size || crc32(whole) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} is damaged`)
  return whole
}
