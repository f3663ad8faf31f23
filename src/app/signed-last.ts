/** What was signed last, as whoever signs remembers it: for who holds a record against its log. Reads heads, no key; writes nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf } from '#exchange'
import { type Acked, parseHead, type Signer } from '#trail'
import type { Seal } from './config-trail.ts'
import { isOutside, memoriesOf } from './seal-key.ts'

/** Signed notes, how far entries were acknowledged, and which memories could not be read, and why. */
export interface SignedLast {
  readonly notes: readonly string[]
  readonly unread: readonly string[]
  readonly acked?: Acked
}

/** As the open signer tells it. Never rejects. */
export async function toldBy(signer: Signer): Promise<SignedLast> {
  try {
    const note = await signer.last?.()
    return { notes: note === undefined ? [] : [note], unread: [] }
  } catch (error) {
    return { notes: [], unread: [`who signs: ${faultOf(error).message}`] }
  }
}

/** As its memories lie there, where nobody signs: the folder may be there and the place beside the keys not be readable. */
export const rememberedIn = (seal: Seal | undefined, data: string, keys: string | undefined): SignedLast =>
  readFrom([...memoriesOf(seal, data, keys), join(data, 'seal.known')])

/** How many entries were sealed, as is remembered outside of the data folder; undefined where nothing there tells. */
export function sealedOutside(seal: Seal | undefined, data: string, keys: string | undefined): number | undefined {
  const { notes } = readFrom(memoriesOf(seal, data, keys).filter((path) => isOutside(path, data)))
  return notes.length === 0 ? undefined : Math.max(...notes.map((note) => parseHead(note)?.size ?? 0))
}

function readFrom(paths: readonly string[]): SignedLast {
  const notes: string[] = []
  const unread: string[] = []
  for (const path of paths)
    try {
      const note = readFileSync(path, 'utf8')
      if (parseHead(note)) notes.push(note)
      else unread.push(`${path}: it holds no head of a log`)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') unread.push(`${path}: ${code}`)
    }
  return { notes, unread }
}
