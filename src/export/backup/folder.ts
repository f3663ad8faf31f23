/** Backups in a folder: a disk, a mounted share. Files are readable by their owner alone. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Fault } from '#exchange'
import { syncNames, writeDurably } from '#trail'
import type { Place } from './place.ts'

const HALF = '.half'
/** What `put` makes on the way to an object; nothing else that lies there is taken for it. */
const isHalf = (name: string): boolean => /\.[0-9a-f]{12}\.half$/.test(name)

export function openFolder(path: string): Place {
  const at = (name: string) => join(path, name)
  const tried = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work
    } catch (cause) {
      throw new Fault('backup.place', `${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause })
    }
  }
  const maybe = <Result>(work: Promise<Result>): Promise<Result | undefined> =>
    tried(work.catch((cause: NodeJS.ErrnoException) => (isAbsent(cause) ? undefined : Promise.reject(cause))))
  return {
    told: path,
    put: (name, bytes) => tried(put(at(name), bytes)),
    get: (name) => maybe(readFile(at(name))),
    size: async (name) => (await maybe(stat(at(name))))?.size,
    async list(folder) {
      const found = (await maybe(readdir(at(folder), { recursive: true, withFileTypes: true }))) ?? []
      const files = found.filter((each) => each.isFile() && !isHalf(each.name))
      return files.map((each) => relative(path, join(each.parentPath, each.name))).sort()
    },
    remove: (name) => tried(rm(at(name), { force: true })),
    async sweep() {
      const found = (await maybe(readdir(path, { recursive: true, withFileTypes: true }))) ?? []
      for (const each of found.filter((one) => one.isFile() && isHalf(one.name)))
        await tried(rm(join(each.parentPath, each.name), { force: true }))
    },
    close: async () => undefined,
  }
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  const half = `${path}.${randomBytes(6).toString('hex')}${HALF}`
  await writeDurably([{ path: half, bytes }])
  await rename(half, path)
  await syncNames(dirname(path))
}

const isAbsent = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOENT' || code === 'ENOTDIR'
