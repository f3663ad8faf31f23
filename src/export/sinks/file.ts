/**
 * A file of JSON Lines that is begun anew when it has grown. A row counts once it is synced; what a crash left of a line is
 * taken away before the next one. Blocks no other work while the disk is slow.
 */
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { Fault } from '#exchange'
import { makeFolders, syncNames } from '#trail'
import { FORMATS } from '../formats/index.ts'
import type { Row } from '../row.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { COMMON, format } from './form.ts'

const Form = z.strictObject({
  kind: z.literal('file'),
  path: z.string().min(1).describe('Where the file is; its folder is made'),
  format,
  rotate_bytes: z.number().int().min(4096).default(104_857_600).describe('From this size on a new file is begun'),
  keep: z.number().int().min(1).optional().describe('How many earlier files stay; all where it is left out'),
  ...COMMON,
})

type Settings = z.infer<typeof Form>

export const file: SinkKind<typeof Form> = { form: Form, rows: 200, gatherMs: 200, open: (form) => new FileSink(form) }

class FileSink implements Sink {
  readonly #form: Settings
  #file: FileHandle | undefined

  constructor(form: Settings) {
    this.#form = form
  }

  async deliver(rows: readonly Row[]): Promise<void> {
    const { format, path } = this.#form
    try {
      const file = await this.#current()
      const { size } = await file.stat()
      await append(file, rows.map((row) => FORMATS[format].lines(row, true)).join(''), size)
    } catch (cause) {
      await this.close()
      throw new Fault('export.refused', `${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause })
    }
  }

  /** The file that is written: opened anew where somebody moved it, rotated where it is full. */
  async #current(): Promise<FileHandle> {
    const { path, rotate_bytes } = this.#form
    const there = await statOf(path)
    if (this.#file && (await this.#file.stat()).ino !== there?.ino) await this.close()
    if (there && there.size >= rotate_bytes) await this.#rotate()
    this.#file ??= await opened(path)
    return this.#file
  }

  async #rotate(): Promise<void> {
    const { path, keep } = this.#form
    await this.close()
    await rename(path, `${path}.${new Date().toISOString().replace(/[-:.]/g, '')}`)
    await syncNames(dirname(path))
    if (keep === undefined) return
    const name = `${basename(path)}.`
    const earlier = (await readdir(dirname(path))).filter((each) => each.startsWith(name) && STAMP.test(each))
    for (const old of earlier.sort().slice(0, -keep)) await rm(join(dirname(path), old))
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

const STAMP = /\.\d{8}T\d{9}Z$/

const statOf = (path: string) =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** All of it, synced, or nothing: what a full disk took of it is cut off again. */
async function append(file: FileHandle, text: string, size: number): Promise<void> {
  try {
    await file.appendFile(text)
    await file.datasync()
  } catch (error) {
    await file.truncate(size)
    throw error
  }
}

/** Opens for appending, readable by its owner alone, without the part of a line that a crash left. */
async function opened(path: string): Promise<FileHandle> {
  makeFolders(dirname(path))
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const whole = await endOfLines(file, size)
    if (whole < size) await file.truncate(whole)
    await syncNames(dirname(path))
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The offset behind the last line end. */
async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const part = Buffer.alloc(65_536)
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - part.length)
    const { bytesRead } = await file.read(part, 0, end - from, from)
    const at = part.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (at >= 0) return from + at + 1
    end = from
  }
  return 0
}
