/** A day file written anew without what is free in it, by a thread of its own while commits go on, and put in the old one's place. */
import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { point } from '../../points.ts'
import { Copier } from './copier.ts'
import type { Changes, File } from './file.ts'
import type { Folder } from './folder.ts'

/** Does something alone in the store's thread: nobody else is answered until it is over. */
export type Turn = <Result>(work: () => Result | Promise<Result>) => Promise<Result>

/** How often what changed is taken while the copy is written, in milliseconds: the more there is, the longer that takes. */
const TAKEN_EACH_MS = 100
/** The last changes, so many bytes at most, are carried over while commits wait. */
const FEW = 64 * 1024

/** The old file, and the copy that becomes what it is. */
interface Both {
  readonly file: File
  readonly changes: Changes
  readonly copier: Copier
  readonly turn: Turn
}

/**
 * While the copy is written nothing is moved from the log into the file, and what changes is noted. The copy catches up with
 * that, at last while commits wait, and takes the file's place. A process that dies before leaves the old file. @throws trail.*
 */
export async function writeAnew(folder: Folder, name: string, turn: Turn): Promise<void> {
  const by = folder.anew(name)
  await turn(() => folder.keep(name).file.checkpoint())
  const both = await turn(() => begun(folder.day(name).file, by, turn))
  try {
    await whileCopied(both)
    await caughtUp(both)
    await turn(() => lastly(both, () => folder.replace(name, by)))
  } finally {
    both.file.isStill = false
    both.changes.end()
    await both.copier.stop()
    rmSync(by, { force: true })
  }
}

function begun(file: File, by: string, turn: Turn): Both {
  file.truncateLog()
  file.isStill = true
  return { file, changes: file.watch(), copier: new Copier(file.path, by), turn }
}

async function whileCopied({ changes, copier, turn }: Both): Promise<void> {
  const copied = copier.idle().then(() => false)
  while (await Promise.race([copied, setTimeout(TAKEN_EACH_MS, true)])) await turn(() => copier.post(changes.take()))
  point('anew.copied')
}

async function caughtUp(both: Both): Promise<void> {
  const { file, turn } = both
  file.isStill = false
  await turn(() => file.checkpoint())
  for (let bytes = FEW + 1; bytes > FEW; ) {
    await turn(() => {
      bytes = both.copier.post(both.changes.take())
    })
    await both.copier.idle()
  }
  await turn(() => file.checkpoint())
}

/** What seals may write in between: it is carried over too. */
async function lastly({ changes, copier }: Both, replace: () => void): Promise<void> {
  let last = changes.take()
  do {
    copier.post(last)
    await copier.end()
    last = changes.take()
  } while (last.byteLength > 0)
  changes.end()
  replace()
}
