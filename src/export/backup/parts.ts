/** Files as encrypted parts and back: 4 MiB each, compressed, named after their own digest. A part that is there is not sent again. */
import { createHash, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { Fault } from '#exchange'
import { openSealed, sealUnder } from '#trail'
import type { FileRow, Part } from './manifest.ts'
import type { Place } from './place.ts'

const PART_BYTES = 4_194_304

const nameOf = (id: string): string => `parts/${id.slice(0, 2)}/${id}`
export const PARTS = 'parts/'
export const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
const placeOf = (plain: string): string => `gatelog backup part\n${plain}`
const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes)

/** Sends files to a place, less the parts that it has. */
export class Sender {
  readonly #place: Place
  readonly #key: KeyObject
  readonly #known = new Map<string, Part>()
  sent = 0

  constructor(place: Place, key: Uint8Array, known: Iterable<Part>) {
    this.#place = place
    this.#key = createSecretKey(key)
    for (const part of known) this.#known.set(part.plain, part)
  }

  /** A part counts once it was read back and is what was sent. @throws backup.place, backup.damaged */
  async send(path: string, file: string): Promise<FileRow> {
    const input = await open(file, 'r')
    const digest = createHash('sha256')
    const parts: Part[] = []
    let bytes = 0
    try {
      for (;;) {
        const { buffer, bytesRead } = await input.read(Buffer.allocUnsafe(PART_BYTES), 0, PART_BYTES, bytes)
        if (bytesRead === 0) break
        const plain = buffer.subarray(0, bytesRead)
        bytes += bytesRead
        digest.update(plain)
        parts.push(await this.#part(plain))
      }
    } finally {
      await input.close()
    }
    return { path, bytes, digest: digest.digest('hex'), parts }
  }

  async #part(bytes: Uint8Array): Promise<Part> {
    const plain = sha256(bytes)
    const known = this.#known.get(plain)
    if (known) return known
    const sealed = sealUnder(this.#key, placeOf(plain), await promisify(zstdCompress)(bytes))
    const part = { plain, id: sha256(sealed), bytes: sealed.length }
    await this.#place.put(nameOf(part.id), sealed)
    await readPart(this.#place, part)
    this.#known.set(plain, part)
    this.sent += sealed.length
    return part
  }
}

/** Whether a part is there: whole, or as far as its size tells. @throws backup.damaged, backup.place */
export async function checkPart(place: Place, part: Part, whole: boolean): Promise<void> {
  if (whole) await readPart(place, part)
  else if ((await place.size(nameOf(part.id))) !== part.bytes) throw new Fault('backup.damaged', `part ${part.id}`)
}

async function readPart(place: Place, { id }: Part): Promise<Buffer> {
  const sealed = await place.get(nameOf(id))
  if (!sealed || sha256(sealed) !== id)
    throw new Fault('backup.damaged', `part ${id.slice(0, 16)} ${sealed ? 'was changed' : 'is missing'}`)
  return sealed
}

/** Writes a file out of its parts, and holds it against its digest. @throws backup.damaged, backup.place */
export async function fetchFile(place: Place, { path, digest, parts }: FileRow, key: Uint8Array, to: string) {
  const under = createSecretKey(key)
  const whole = createHash('sha256')
  const out = await open(to, 'wx', 0o600)
  try {
    for (const part of parts) {
      const packed = openSealed(under, placeOf(part.plain), await readPart(place, part))
      if (!packed) throw new Fault('backup.damaged', `${path}: part ${part.id.slice(0, 16)}`)
      const bytes = await promisify(zstdDecompress)(packed, { maxOutputLength: PART_BYTES })
      whole.update(bytes)
      await out.writeFile(bytes)
    }
    await out.sync()
  } finally {
    await out.close()
  }
  if (whole.digest('hex') !== digest) throw new Fault('backup.damaged', path)
}
