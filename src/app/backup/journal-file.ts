/** The journal of what must outlive a restored copy: lines of JSON in a file outside the data folder, synced one by one. */
import { existsSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { type Erase, Fault } from '#exchange'
import { type Custody, type Journal, type JournalLine, makeFolders, type Trail } from '#trail'
import { unlocked } from '../documents.ts'
import { parseJournal, withoutReleased } from './journal-lines.ts'

export interface JournalFile extends Journal {
  readonly path: string
  /** Whether there was none when it was opened, or not one line in it that can be read. */
  readonly isNew: boolean
  lines(): readonly JournalLine[]
  /** Writes it anew without what holds that are released were about. @throws trail.journal */
  forgetReleased(): Promise<void>
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
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (cause) {
      const failed = file
      file = undefined
      await failed?.then((handle) => handle.close()).catch(() => undefined) // left open, its collection would end the process
      throw new Fault('trail.journal', `${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause })
    }
  }
  const write = async (text: string) => {
    file ??= opened(path)
    const open = await file
    await open.appendFile(text)
    await open.sync()
  }
  const forget = async () => {
    if (!(await withoutReleased(path))) return
    const before = file
    file = undefined
    await (await before)?.close()
  }
  const inTurn = (work: () => Promise<void>) => {
    const done = line.then(() => attempt(work))
    line = done.catch(() => undefined)
    return done
  }
  return {
    path,
    isNew: !existsSync(path) || linesIn(path).length === 0,
    lines: () => linesIn(path),
    note: (told) =>
      inTurn(async () => {
        await write(`${JSON.stringify(told)}\n`)
        if (told.kind === 'gone' && told.of === 'hold') await forget()
      }),
    forgetReleased: () => inTurn(forget),
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
  if (!journal.isNew) return journal
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
  makeFolders(dirname(path))
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = size > 0 ? await file.read(Buffer.alloc(1), 0, 1, size - 1) : undefined
    if (last && last.buffer[0] !== 0x0a) await file.appendFile('\n')
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

function linesIn(path: string): JournalLine[] {
  try {
    return parseJournal(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Fault('trail.journal', `${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
  }
}

/**
 * Notes what the record knows and the journal does not: of a time before there was one, of one that was lost, or of a crash
 * between the two. Only what is proven, and of a hold or an erasure under way no more than its entry bears out: whoever writes in
 * the data folder says nothing here. How many entries the record had, where nothing but itself told of them. Where the key that proves entries
 * is not here, nothing is noted of them.
 */
export async function reconcile(journal: JournalFile, trail: Told, holds: Holds): Promise<number> {
  const known = new Set(journal.lines().map(keyOf))
  const after = journal.isNew ? await trail.highest() : 0
  for (const line of (await unlocked(() => linesOf(trail, holds, known))) ?? []) {
    if (known.has(keyOf(line))) continue
    await journal.note(line)
    known.add(keyOf(line))
  }
  if (after > 0) await journal.note({ kind: 'mark', at: Date.now(), after })
  await journal.forgetReleased()
  return after
}

async function linesOf(trail: Told, holds: Holds, known: ReadonlySet<string>): Promise<JournalLine[]> {
  const lines: JournalLine[] = []
  const keys = (await trail.documents.list('key')) as { id: string; revoked?: number }[]
  for (const value of keys) if (value.revoked !== undefined) lines.push(documentOf('key', value))
  for (const { wrong, id, at, who, why, scope } of await holds.list())
    if (!wrong && !known.has(`gone hold ${id}`)) lines.push(documentOf('hold', { id, at, who, why, scope }))
  for (const { note: entry } of await trail.custody()) {
    const line = { kind: 'entry', entry } as const
    if (entry.kind === 'erase') lines.push(...(await erasureIn(trail, entry, known.has(keyOf(line)))))
    else if (known.has(keyOf(line))) continue
    else if (entry.kind === 'release') lines.push({ kind: 'gone', of: 'hold', id: entry.hold }, line)
    else lines.push(line)
  }
  return lines
}

const documentOf = <Value extends { readonly id: string }>(of: string, value: Value): JournalLine => ({
  ...{ kind: 'document', of, id: value.id, value },
})

/** What the record tells of an erasure that is on it: what it took, that it did, and that it is done; of one that is under way only what it takes. */
async function erasureIn(trail: Told, entry: Erase, isKnown: boolean): Promise<JournalLine[]> {
  const [of, id] = ['erasing', entry.exchange]
  const told = { kind: 'entry', entry } as const
  const going = await trail.documents.get(of, id)
  if (going) return [{ kind: 'document', of, id, value: going }, told]
  if (isKnown) return []
  const taken = await trail.dayFiles.takenBy(id, entry.took)
  if (taken.ids.length === 0) return [told]
  const value = { id, ...taken, sessions: [] }
  return [{ kind: 'document', of, id, value }, told, { kind: 'gone', of, id }]
}

type Holds = Pick<Custody['holds'], 'list'>
type Told = Pick<Trail, 'documents' | 'custody' | 'dayFiles' | 'highest'>

/** What a line is of: noted once. */
function keyOf(line: JournalLine): string {
  if (line.kind === 'document' || line.kind === 'gone') return `${line.kind} ${line.of} ${line.id}`
  return line.kind === 'entry' ? `entry ${line.entry.exchange}` : ''
}
