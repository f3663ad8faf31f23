/** A zip that is written as it comes, one file after another, always the same for the same contents. Reads nothing. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32, deflateRawSync } from 'node:zlib'
import { Zip, ZipDeflate, type ZipInputFile } from 'fflate'
import { Fault } from '#exchange'

/** A zip has no time that would say anything: all of its files bear the first one that it can tell. */
const NO_TIME = '1980-01-01T00:00:00'
/** Without the extension that few read, a zip is smaller than 4 GB. */
const MOST_BYTES = 2 ** 32 - 2 ** 24

const DEFLATED = 8

/** A file that is compressed already. */
type Whole = ZipInputFile & { readonly mtime: string }

export class ZipFile {
  readonly #handle: number
  readonly #zip: Zip
  #bytes = 0
  #open: { readonly name: string; readonly file: ZipDeflate } | undefined

  constructor(path: string) {
    this.#handle = openSync(path, 'wx', 0o600)
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error
      this.#write(chunk)
    })
  }

  /** @throws usage.option for more than a zip can hold */
  #write(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (this.#bytes > MOST_BYTES) throw new Fault('usage.option', 'more than 4 GB: ask for less, or without --bodies')
    for (let at = 0; at < chunk.length; ) at += writeSync(this.#handle, chunk, at)
  }

  /** A whole file. Compressed by Node, which costs a tenth of what a stream of its own does. */
  file(name: string, contents: string | Uint8Array): void {
    this.#last()
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents
    const file: Whole = { filename: name, size: bytes.length, crc: crc32(bytes), compression: DEFLATED, mtime: NO_TIME }
    this.#zip.add(file)
    file.ondata?.(null, deflateRawSync(bytes), true)
  }

  /** The next part of a file, which ends where another begins. */
  part(name: string, contents: string | Uint8Array): void {
    if (this.#open?.name !== name) {
      this.#last()
      this.#open = { name, file: this.#begin(name) }
    }
    this.#open.file.push(typeof contents === 'string' ? Buffer.from(contents) : contents)
  }

  #begin(name: string): ZipDeflate {
    const file = new ZipDeflate(name, { level: 6 })
    file.mtime = NO_TIME
    this.#zip.add(file)
    return file
  }

  #last(): void {
    this.#open?.file.push(new Uint8Array(), true)
    this.#open = undefined
  }

  /** Its size in bytes. */
  end(): number {
    this.#last()
    this.#zip.end()
    return this.#bytes
  }

  close(): void {
    closeSync(this.#handle)
  }
}
