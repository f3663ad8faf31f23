/** Copies of the record's files as they are at one moment, through the connection that holds them: no other may open them. */
import { read } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault, faultOfDisk } from '#exchange'
import type { Copied, Copying } from '../../store.ts'
import type { Engine } from './engine.ts'
import { faultOfStore } from './faults.ts'
import type { File } from './file.ts'

/**
 * The files of a record but its log: `head.db`, `days/<name>`, and apart from them `keys.db`. All of one moment, which is over
 * before the first await: until they are copied, what is committed stays in their logs.
 */
export async function copyFiles(engine: Engine, { to, known, only }: Copying): Promise<Copied[]> {
  engine.folder.head.seq = engine.seq
  const copied: Copied[] = []
  const still: File[] = []
  try {
    for (const path of only === undefined ? pathsOf(engine) : [only]) {
      const file = fileAt(engine, path)
      file.truncateLog()
      const stamp = file.stamp()
      copied.push({ path, stamp, copied: known[path] !== stamp })
      if (known[path] === stamp) continue
      file.isStill = true
      still.push(file)
    }
    for (const file of still) await copyOne(file, join(to, file.name))
  } finally {
    for (const file of still) file.isStill = false
  }
  return copied
}

const DAYS = 'days/'

/** Oldest day first, the head last. */
const pathsOf = ({ folder }: Engine): string[] => [
  ...folder
    .names()
    .toReversed()
    .map((name) => `${DAYS}${name}`),
  'head.db',
]

const CHUNK_BYTES = 1_048_576

/** Through the descriptor that stays open with the file: a copy by its name would give up its locks. */
async function copyOne(file: File, to: string): Promise<void> {
  try {
    await using out = await open(to, 'w', 0o600)
    const bytes = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let at = 0; ; ) {
      const { bytesRead } = await promisify(read)(file.descriptor, bytes, 0, CHUNK_BYTES, at)
      if (bytesRead === 0) return
      await out.writeFile(bytes.subarray(0, bytesRead))
      at += bytesRead
    }
  } catch (error) {
    const disk = faultOfDisk(error, to)
    throw disk && disk.code !== 'disk.failed' ? disk : faultOfStore(error, file.name)
  }
}

/** The name of a copy. */
export const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function fileAt({ folder }: Engine, path: string): File {
  if (path === 'head.db') return folder.head.file
  if (path === 'keys.db') return folder.keys.file
  const name = nameIn(path)
  if (!folder.names().includes(name)) throw new Fault('gateway.internal', 'there is no such file')
  return folder.day(name).file
}
