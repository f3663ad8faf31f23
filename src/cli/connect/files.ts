/** A settings file that belongs to another program: read whole, replaced whole or not at all. Knows no client. */
import {
  chmodSync,
  closeSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '#exchange'

/** `text` is undefined where there is no file. */
export interface File {
  /** Absolute, with links followed, also those of its folders where there is no file yet: a file has one name. */
  readonly path: string
  readonly text: string | undefined
}

const MOST_BYTES = 4_194_304

/** @throws client.file for what is no file, too large, not to be read, or no UTF-8 */
export function readFile(path: string): File {
  const found = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (!found) return { path: attempt(path, () => placeOf(resolve(path))), text: undefined }
  const target = attempt(path, () => realpathSync(path))
  const stats = attempt(target, () => statSync(target))
  if (!stats.isFile()) throw new Fault('client.file', `${target} is no file`)
  if (stats.size > MOST_BYTES) throw new Fault('client.file', `${target} has more than ${MOST_BYTES} bytes`)
  const bytes = attempt(target, () => readFileSync(target))
  try {
    return { path: target, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch (cause) {
    throw new Fault('client.file', `${target} is no UTF-8`, { cause })
  }
}

/** Where a file that is not there will stand: the links of the folders that are there are followed. */
function placeOf(path: string): string {
  const folder = dirname(path)
  if (folder === path) return path
  const there = lstatSync(folder, { throwIfNoEntry: false })
  return join(there ? realpathSync(folder) : placeOf(folder), basename(path))
}

/**
 * Puts `text` in a file's place, by a rename; its mode and owner stay, a new one is its owner's only. `undefined`
 * removes it. Nothing is done where the file is no longer as it was read.
 * @throws client.file
 */
export function replaceFile(file: File, text: string | undefined): void {
  const stats = attempt(file.path, () => statSync(file.path, { throwIfNoEntry: false }))
  if (stats && (stats.mode & 0o222) === 0) throw new Fault('client.file', `${file.path} is read-only`)
  if (readFile(file.path).text !== file.text) throw new Fault('client.file', `${file.path} has just been changed`)
  attempt(file.path, () => (text === undefined ? rmSync(file.path) : rename(file.path, text, stats)))
}

function rename(path: string, text: string, former: Stats | undefined): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const made = `${path}.gatelog-${process.pid}`
  try {
    const handle = openSync(made, 'wx', 0o600)
    try {
      writeFileSync(handle, text)
      if (former && former.uid !== process.getuid?.()) fchownSync(handle, former.uid, former.gid)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    if (former) chmodSync(made, former.mode & 0o7777)
    renameSync(made, path)
  } finally {
    rmSync(made, { force: true })
  }
}

function attempt<Value>(path: string, act: () => Value): Value {
  try {
    return act()
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    throw new Fault('client.file', `${path}: ${REASONS[code ?? ''] ?? code ?? message}`, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOENT: 'a link to nothing',
  ENOTDIR: 'what should be its folder is a file',
  ELOOP: 'links that lead round in a circle',
  ENOSPC: 'the disk is full',
}
