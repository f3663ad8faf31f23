/** What is done to keys over all day files: a session gets another, a file's are destroyed, all are wrapped anew. */
import { lostPoint, point } from '../../points.ts'
import type { Rewrapped } from '../../store.ts'
import type { Day } from './day.ts'
import type { Engine } from './engine.ts'
import type { Folder } from './folder.ts'
import type { Ask, Begin } from './keys.ts'
import { rekeyDay } from './rekey.ts'
import { type Sliced, whole } from './sliced.ts'
import { dropFormer, rewrapSome } from './wrappers.ts'

/** Keys that are wrapped anew at a time. */
const STEP = 256

/**
 * Puts all that one day file has of a session, or of none, under a new key, and destroys those it had, in slices; nothing
 * where the file is gone. How many rows it were.
 */
export function* rekey(folder: Folder, file: string, session: string | undefined): Sliced<number> {
  if (!folder.names().includes(file)) return 0
  const day = folder.keep(file)
  const term = session === undefined ? null : day.terms.like('session', [session])[0]
  if (term === undefined) return 0
  day.file.overwrite()
  yield* whole(() => folder.keys.need(day.keys.of(term)))
  const rows = yield* rekeyDay(day, term)
  bury(folder, day)
  point('rekey.buried')
  return rows
}

/** Destroys the keys that nothing in a file is under any more. The transaction that doomed them must be over. */
export function bury(folder: Folder, day: Day): void {
  if (day.file.isReadOnly) return
  const doomed = day.keys.doomed()
  if (doomed.length === 0) return
  folder.keys.destroy(doomed)
  day.keys.buried()
}

/** Destroys every key of a day file; how many. */
export function shred({ keys }: Folder, file: string): number {
  const ids = keys.of({ file })
  keys.destroy(ids)
  return ids.length
}

/** Who holds the wrapping keys, and what fetches the keys that a work wants. */
interface Means {
  readonly ask: Ask
  reading<Result>(work: () => Result): Promise<Awaited<Result>>
}

/**
 * Wraps every key anew that another wrapping key wrapped than the one given, a few at a time. Where that is lost, what proves
 * entries and documents from now on is there before the new one takes over. @throws trail.keyholder
 */
export async function rewrap(
  { folder, proving }: Engine,
  wrapping: Begin,
  { ask, reading }: Means,
): Promise<Rewrapped> {
  const { keys } = folder
  proving.forget()
  if (keys.giveUp(wrapping)) {
    lostPoint('lost.begun')
    await reading(() => proving.open())
    lostPoint('lost.proven')
    keys.takeOver()
    lostPoint('lost.over')
  } else keys.begin(wrapping)
  const total = { rewrapped: 0, lost: 0 }
  for (let after = 0; ; ) {
    const { last, rewrapped, lost } = await rewrapSome(keys, STEP, after, ask)
    if (last === after) break
    after = last
    total.rewrapped += rewrapped
    total.lost += lost
  }
  dropFormer(keys.file)
  return total
}

/** Makes keys ahead, where few are left; whether it did. @throws trail.keyholder */
export async function prepare({ keys }: Folder, ask: Ask): Promise<boolean> {
  if (!keys.isLow) return false
  await keys.refill(ask)
  return true
}
