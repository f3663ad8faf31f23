/** The journal of what must outlive a restored copy: lines of JSON in a file outside the data folder, synced one by one. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { Fault } from '#exchange'
import type { Journal, JournalLine, Trail } from '#trail'

export interface JournalFile extends Journal {
  readonly path: string
  lines(): readonly JournalLine[]
  close(): Promise<void>
}

/** Where it is: where the configuration says, or beside the wrapping key; undefined where that lies in the data folder. */
export function journalPath(
  configured: string | undefined,
  keys: string | undefined,
  data: string,
): string | undefined {
  if (configured !== undefined) return configured
  if (keys === undefined || `${resolve(keys)}${sep}`.startsWith(`${resolve(data)}${sep}`)) return undefined
  return join(keys, 'journal.jsonl')
}

/** Opens it when it is first written. */
export function openJournal(path: string): JournalFile {
  let file: Promise<FileHandle> | undefined
  let line: Promise<unknown> = Promise.resolve()
  const write = async (text: string) => {
    try {
      file ??= opened(path)
      const open = await file
      await open.appendFile(text)
      await open.sync()
    } catch (cause) {
      file = undefined
      throw new Fault('trail.journal', `${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause })
    }
  }
  return {
    path,
    lines: () => linesIn(path),
    note(told) {
      const written = line.then(() => write(`${JSON.stringify(told)}\n`))
      line = written.catch(() => undefined)
      return written
    },
    async close() {
      await line
      const open = await file?.catch(() => undefined)
      await open?.close()
    },
  }
}

/** Opens it for a record that is open, with a first line; undefined where it cannot be kept there, of which `doctor` warns. */
export async function beginJournal(path: string, now: number): Promise<JournalFile | undefined> {
  const journal = openJournal(path)
  if (existsSync(path)) return journal
  try {
    await journal.note({ kind: 'mark', at: now })
    return journal
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

/** What a crash left of a line is ended, so that the next one is whole. */
async function opened(path: string): Promise<FileHandle> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  const { size } = await file.stat()
  const last = size > 0 ? await file.read(Buffer.alloc(1), 0, 1, size - 1) : undefined
  if (last && last.buffer[0] !== 0x0a) await file.appendFile('\n')
  return file
}

function linesIn(path: string): JournalLine[] {
  try {
    return parseJournal(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Fault('trail.journal', `${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
  }
}

/** A line that a crash cut short is none: what it told of was not done. */
export function parseJournal(text: string): JournalLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalLine]
    } catch {
      return []
    }
  })
}

/** Notes what the record knows and the journal does not: of a time before there was one, or of a crash between the two. */
export async function reconcile(journal: JournalFile, trail: Pick<Trail, 'documents'>): Promise<void> {
  const known = new Set(journal.lines().map((line) => JSON.stringify(keyOf(line))))
  for (const kind of ['key', 'hold', 'erasing'])
    for (const value of (await trail.documents.list(kind)) as { id: string; revoked?: number }[]) {
      if (kind === 'key' && value.revoked === undefined) continue
      const line = { kind: 'document', of: kind, id: value.id, value } as const
      if (!known.has(JSON.stringify(keyOf(line)))) await journal.note(line)
    }
}

const keyOf = (line: JournalLine) => (line.kind === 'document' ? [line.of, line.id] : [])
