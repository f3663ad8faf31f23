/** Copies of the record's files as they are at one moment, through the connection that holds them: no other may open them. */
import { join } from 'node:path'
import { Fault } from '#exchange'
import type { Copied, Copying } from '../../store.ts'
import type { Engine } from './engine.ts'
import type { File } from './file.ts'

/** The files of a record but its log: `head.db`, `days/<name>`, and apart from them `keys.db`. */
export async function copyFiles(engine: Engine, { to, known, only }: Copying): Promise<Copied[]> {
  engine.folder.head.seq = engine.seq
  const copied: Copied[] = []
  for (const path of only === undefined ? pathsOf(engine) : [only]) copied.push(await copyOne(engine, path, to, known))
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

/** Where a file is as it was when it had the stamp that is known, nothing is copied. */
async function copyOne(engine: Engine, path: string, to: string, known: Copying['known']): Promise<Copied> {
  const file = fileAt(engine, path)
  file.truncateLog()
  const stamp = file.stamp()
  if (known[path] === stamp) return { path, stamp, copied: false }
  await file.copyTo(join(to, nameIn(path)))
  return { path, stamp, copied: true }
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
