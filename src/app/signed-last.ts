/** What was signed last, as whoever signs remembers it: for who holds a record against its log. Reads heads, no key; writes nothing. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf } from '#exchange'
import { type Acked, parseRemembered, type Remembered, type Signer } from '#trail'
import type { Seal } from './config-trail.ts'
import { headBeside, isOutside, keyOutside, memoriesOf, type RecordPlaces, sharedHead } from './seal-key.ts'

/** Signed notes, how far entries were acknowledged, and which memories could not be read, and why. */
export interface SignedLast {
  readonly notes: readonly string[]
  readonly unread: readonly string[]
  readonly acked?: Acked
}

/** As the open signer tells it. Never rejects. */
export async function toldBy(signer: Signer): Promise<SignedLast> {
  try {
    const notes = [...((await signer.known?.()) ?? []), (await signer.last?.()) ?? []].flat()
    return { notes: [...new Set(notes)], unread: [] }
  } catch (error) {
    return { notes: [], unread: [`who signs: ${faultOf(error).message}`] }
  }
}

/** As its memories lie there, where nobody signs: the folder may be there and the place beside the keys not be readable. */
export function rememberedIn(seal: Seal | undefined, places: RecordPlaces): SignedLast {
  const [before, own] = [leftIn(seal, places), readFrom([...memoriesOf(seal, places), join(places.data, 'seal.known')])]
  const heads = [...before.heads, ...own.heads].filter(isOf(places))
  return { notes: heads.map(({ head }) => head.printed), unread: [...before.unread, ...own.unread] }
}

/** Those of the memories outside of the data folder alone. */
export const rememberedOutside = (seal: Seal | undefined, places: RecordPlaces): string[] =>
  outside(seal, places).map(({ head }) => head.printed)

/** How many entries were sealed in the log that goes on, as is remembered outside of the data folder; undefined where nothing there tells. */
export function sealedOutside(seal: Seal | undefined, places: RecordPlaces): number | undefined {
  const sizes = outside(seal, places).flatMap(({ goesOn, head }) => (goesOn ? head.size : []))
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}

function outside(seal: Seal | undefined, places: RecordPlaces) {
  const paths = memoriesOf(seal, places).filter((path) => isOutside(path, places.data))
  return [...leftIn(seal, places).heads, ...readFrom(paths).heads].filter(isOf(places))
}

/** What an earlier version left beside the key, for all records that have it: what is of another name counts for none. */
function leftIn(seal: Seal | undefined, { data, record }: RecordPlaces): ReturnType<typeof readFrom> {
  const key = keyOutside(seal, data)
  if (key === undefined || existsSync(headBeside(key, record))) return { heads: [], unread: [] }
  const { heads, unread } = readFrom([sharedHead(key)])
  const isOwn = (name: string) => (seal?.origin === undefined ? isDefaultOrigin(name) : name === seal.origin)
  return { heads: heads.filter(({ head }) => isOwn(head.origin)), unread }
}

/** The name that a log has where the configuration says none is of its key alone. */
const isDefaultOrigin = (name: string): boolean => /^gatelog\/[0-9a-f]{8}$/.test(name)

/** One that does not say of which record it is lies in a file of this one, or was left by an earlier version. */
const isOf =
  ({ record }: RecordPlaces) =>
  (one: Remembered) =>
    one.record === undefined || one.record === record

function readFrom(paths: readonly string[]) {
  const heads: (Remembered & { readonly goesOn: boolean })[] = []
  const unread: string[] = []
  for (const path of paths)
    try {
      const all = parseRemembered(readFileSync(path, 'utf8'))
      if (!all) unread.push(`${path}: it holds no head of a log`)
      for (const [at, one] of (all ?? []).entries())
        heads.push({ ...one, goesOn: all?.findIndex(({ record }) => record === one.record) === at })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') unread.push(`${path}: ${code}`)
    }
  return { heads, unread }
}
