/** What was signed last, as whoever signs remembers it: for who holds a record against its log. Reads heads, no key; writes nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf } from '#exchange'
import { type Acked, parseRemembered, type Remembered, type Signer } from '#trail'
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
    const notes = [...((await signer.known?.()) ?? []), (await signer.last?.()) ?? []].flat()
    return { notes: [...new Set(notes)], unread: [] }
  } catch (error) {
    return { notes: [], unread: [`who signs: ${faultOf(error).message}`] }
  }
}

/** Where it lies, and of which record. */
export interface Places {
  readonly data: string
  /** The folder of the wrapping keys. */
  readonly keys: string | undefined
  /** The id of the record. */
  readonly record: string
}

/** As its memories lie there, where nobody signs: the folder may be there and the place beside the keys not be readable. */
export function rememberedIn(seal: Seal | undefined, places: Places): SignedLast {
  const { heads, unread } = readFrom([...memoriesOf(seal, places.data, places.keys), join(places.data, 'seal.known')])
  return { notes: heads.filter(isOf(places)).map(({ head }) => head.printed), unread }
}

/** Those of the memories outside of the data folder alone. */
export const rememberedOutside = (seal: Seal | undefined, places: Places): string[] =>
  readFrom(memoriesOf(seal, places.data, places.keys).filter((path) => isOutside(path, places.data)))
    .heads.filter(isOf(places))
    .map(({ head }) => head.printed)

/** How many entries were sealed in the log that goes on, as is remembered outside of the data folder; undefined where nothing there tells. */
export function sealedOutside(seal: Seal | undefined, places: Places): number | undefined {
  const { data, keys } = places
  const { heads } = readFrom(memoriesOf(seal, data, keys).filter((path) => isOutside(path, data)))
  const sizes = heads.filter((one) => one.goesOn && isOf(places)(one)).map(({ head }) => head.size)
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}

/** One that an earlier version wrote does not say of which record it is. */
const isOf =
  ({ record }: Places) =>
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
