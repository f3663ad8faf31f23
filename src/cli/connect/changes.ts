/** Writes a client's settings and takes them back: remembers what was there before, and never touches another's change. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import type { Settings } from './client.ts'
import { type File, readFile, replaceFile } from './files.ts'

/** What undoes one write; kept as JSON. */
interface Memo {
  readonly path: string
  /** The file's text before the first write; null where there was no file. */
  readonly before: string | null
  /** SHA-256 of what was written, hex. */
  readonly written: string
  /** The file that these settings refer to, and that Gatelog wrote for them. */
  readonly refers?: string
  /** Of such a file: the settings that refer to it; it stays as long as there is one. */
  readonly for?: readonly string[]
}

/** A change that nobody has agreed to yet. */
export interface Change {
  readonly file: File
  /** What the file will hold; undefined where it goes. */
  readonly text: string | undefined
  readonly memo: File
  /** What undoes it; undefined where there is nothing left to undo. */
  readonly undo: Memo | undefined
}

/** The memos' folder and the client's file. */
export interface Place {
  readonly folder: string
  readonly path: string
}

/** The change that writes settings; over an earlier write, also where the file was changed since. @throws client.* */
export function writing({ folder, path }: Place, settings: Pick<Settings, 'write' | 'remove'>): Change {
  const file = readFile(path)
  const memo = memoFile(folder, file.path)
  const known = memoOf(memo)
  const before = known ? named(file, () => formerOf(file, known, settings)) : file.text
  const text = named(file, () => settings.write(before ?? ''))
  return { file, text, memo, undo: { path: file.path, before: before ?? null, written: digest(text) } }
}

/**
 * The change that writes `text` as the file that the settings at `user` refer to. undefined where somebody else has
 * put the same text there: it is theirs. @throws client.*
 */
export function providing(place: Place, text: string, user: string): Change | undefined {
  const file = readFile(place.path)
  const known = memoOf(memoFile(place.folder, file.path))
  if (!known && file.text === text) return undefined
  const users = new Set([...(known?.for ?? []), user])
  return tied(writing(place, { write: () => text, remove: (theirs) => theirs }), { for: [...users] })
}

/** The same change, remembered as one whose settings refer to the file at `path`. */
export const referring = (change: Change, path: string): Change => tied(change, { refers: path })

const tied = (change: Change, ties: Pick<Memo, 'refers' | 'for'>): Change => ({
  ...change,
  undo: change.undo && { ...change.undo, ...ties },
})

/** The file that the settings of this place refer to by an earlier write. @throws client.file */
export const referredBy = ({ folder, path }: Place): string | undefined =>
  memoOf(memoFile(folder, readFile(path).path))?.refers

/**
 * The change once the settings at `user` refer to the file no more: it goes, or is as it was, with the last of them. What
 * another hand has changed since stays. undefined where Gatelog did not write it. @throws client.file
 */
export function releasing(place: Place, user: string): Change | undefined {
  const file = readFile(place.path)
  const memo = memoFile(place.folder, file.path)
  const known = memoOf(memo)
  if (!known) return undefined
  const users = (known.for ?? []).filter((each) => each !== user)
  const same = { file, text: file.text, memo }
  if (users.length > 0) return { ...same, undo: { ...known, for: users } }
  const ours = file.text !== undefined && digest(file.text) === known.written
  return { ...same, text: ours ? (known.before ?? undefined) : file.text, undo: undefined }
}

/** A fault in a text, with the name of its file. */
function named<Value>({ path }: File, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    throw cause instanceof Fault ? new Fault(cause.code, `${path}: ${cause.detail}`, { cause }) : cause
  }
}

/** What the file would be without the earlier write. */
function formerOf(
  { text = '' }: File,
  { before, written }: Memo,
  settings: Pick<Settings, 'remove'>,
): string | undefined {
  if (digest(text) === written) return before ?? undefined
  const rest = settings.remove(text, before ?? '')
  return before === null && rest.trim() === '' ? undefined : rest
}

/**
 * The change that puts the file back as it was. `changed` where it is no longer what was written: then it is not to be
 * applied, and tells what would be lost.
 * @throws client.file where nothing was written
 */
export function undoing({ folder, path }: Place): Change & { readonly changed: boolean } {
  const file = readFile(path)
  const memo = memoFile(folder, file.path)
  const known = memoOf(memo)
  if (!known) throw new Fault('client.file', `Gatelog has written nothing to ${file.path}`)
  const text = known.before ?? undefined
  const changed = file.text !== text && (file.text === undefined || digest(file.text) !== known.written)
  return { file, text, memo, undo: undefined, changed }
}

/** First the memo, then the file: a crash between the two leaves a file that undoing finds as it was. @throws client.file */
export function apply({ file, text, memo, undo }: Change): void {
  if (undo) replaceFile(memo, JSON.stringify(undo))
  if (file.text !== text) replaceFile(file, text)
  if (!undo) replaceFile(memo, undefined)
}

/** A file that was written and not taken back, as it is now. */
export interface Standing {
  readonly path: string
  readonly state: 'as written' | 'changed' | 'gone'
  /** Of one that settings refer to: which. */
  readonly for?: readonly string[]
}

/** All of them; none where the folder is not there. @throws client.file */
export function standing(folder: string): Standing[] {
  if (!existsSync(folder)) return []
  const memos = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const found = memos.flatMap((name): Standing[] => {
    const memo = memoOf(readFile(join(folder, name)))
    if (!memo) return []
    const { text } = readFile(memo.path)
    const state = text === undefined ? 'gone' : digest(text) === memo.written ? 'as written' : 'changed'
    return [{ path: memo.path, state, ...(memo.for && { for: memo.for }) }]
  })
  return found.toSorted((a, b) => a.path.localeCompare(b.path))
}

const memoFile = (folder: string, path: string): File => readFile(join(folder, `${digest(path).slice(0, 16)}.json`))

function memoOf({ path, text }: File): Memo | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Memo
  } catch (cause) {
    throw new Fault('client.file', `${path} cannot be read`, { cause })
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
