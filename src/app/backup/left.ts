/**
 * What a backup or a restore that was killed left lying: copies of bodies, of keys and of the journal, which no erasure and no purge
 * reaches. They go as soon as the record is opened. Touches no record.
 */
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Fault, faultOf } from '#exchange'
import { FolderLock, makeFolders } from '#trail'

/** Where a backup of a record has its copies, until they are sent. */
export const stagingIn = (data: string): string => join(data, 'backup.tmp')

/** Where a record is put back before it gets its name. */
const besideOf = (data: string): string => `${resolve(data)}.restoring`

/**
 * Of a record that this process has open: no backup of it is under way. What lies beside the data folder and cannot be removed, or
 * is in the hands of a restore that runs, is told. @throws trail.unavailable for what cannot be removed within it
 */
export function removeLeft(data: string): string[] {
  const staging = stagingIn(data)
  try {
    rmSync(staging, { recursive: true, force: true })
  } catch (cause) {
    throw new Fault('trail.unavailable', `${staging}, which a backup left, cannot be removed: ${codeOf(cause)}`, {
      cause,
    })
  }
  const beside = besideOf(data)
  try {
    if (!isFolder(beside)) return []
    using _ = holdBeside(data)
    rmSync(beside, { recursive: true, force: true })
    return []
  } catch (error) {
    if (error instanceof Fault && error.code === 'trail.locked') return [`a record is being put back into ${data}`]
    return [
      `a restore that was killed left a copy of the record, which no erasure reaches: remove ${beside} (${faultOf(error).detail ?? codeOf(error)})`,
    ]
  }
}

/** An empty folder beside the data folder that no other process clears away, until it is closed. @throws trail.locked, trail.unavailable */
export function holdBeside(data: string): { readonly folder: string; close(): void } & Disposable {
  const folder = besideOf(data)
  if (!isFolder(folder)) rmSync(folder, { force: true })
  makeFolders(folder)
  const lock = new FolderLock(folder)
  try {
    for (const name of readdirSync(folder))
      if (name !== 'lock') rmSync(join(folder, name), { recursive: true, force: true })
  } catch (error) {
    lock.close()
    throw error
  }
  const close = () => lock.close()
  return { folder, close, [Symbol.dispose]: close }
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
