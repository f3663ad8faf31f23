/** Files that are durable with their names once the promise resolves, in folders below one. Reads nothing. */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolders } from '../folders.ts'

export interface Written {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Writes whole files (0600) and syncs them, then the folders that name them, and those that name new folders. */
export async function writeDurably(files: readonly Written[]): Promise<void> {
  const folders = new Set<string>()
  await Promise.all(
    files.map(async ({ path, bytes }) => {
      const made = await folderMade(dirname(path))
      folders.add(dirname(path))
      if (made) for (const each of namingOf(dirname(path), made)) folders.add(each)
      await writeSynced(path, bytes)
    }),
  )
  await Promise.all([...folders].map(syncNames))
}

/** As `makeFolders`: mostly it is there, and nobody waits for that. */
async function folderMade(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: 0o700 })
    return path
  } catch {
    return makeFolders(path) // it is there, or says why not
  }
}

/** A folder with those above it up to the one that names the first that was made. */
function namingOf(folder: string, made: string): string[] {
  const naming = [folder]
  for (let at = folder; at.length >= made.length; at = dirname(at)) naming.push(dirname(at))
  return naming
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. */
export async function syncNames(folder: string): Promise<void> {
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
