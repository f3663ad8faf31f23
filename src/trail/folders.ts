/** Folders, made with those above them. Knows not what for. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder (0700) with those above it; the first that was made, undefined where it is there. One by one: Node’s own way
 * of making them all never ends where one is there and takes none, as in /proc. @throws what the file system says
 */
export function makeFolders(path: string): string | undefined {
  try {
    made(path)
    return path
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
    const above = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error
    const first = makeFolders(above)
    made(path)
    return first ?? path
  }
}

const made = (path: string): void => mkdirSync(path, { mode: 0o700 })
