/**
 * Lines of who read that were put down where the record's key was not. Who has the key puts them on the record, as the word of
 * whoever could write in the data folder: such a line adds a claim, and takes nothing away.
 */
import type { Late, Read, ReadAct, Searched } from '#exchange'
import { isExchangeId } from './days.ts'
import type { Write } from './documents.ts'
import { entryIn } from './seal/held.ts'
import type { Store, Waiting } from './store.ts'
import type { Trail } from './trail.ts'

export interface LateLines {
  /** At most `most` of those with higher ids than `after`, in order of id. */
  waiting(after: string, most: number): Promise<Waiting>
  /** Removes such lines, and with `strange` all that is none. @throws trail.* */
  remove(ids: readonly string[], strange: boolean): Promise<void>
}

export const lateLinesOf = (store: Store, write: Write): LateLines => ({
  waiting: (after, most) => store.waiting(after, most),
  remove: (ids, strange) => write(() => store.unwait(ids, strange)),
})

interface House {
  readonly trail: Pick<Trail, 'append' | 'late' | 'reads' | 'searches'>
  now(): number
  uuid(): string
}

/** How many were put on the record, how many rows were none and were removed, and how many lines still wait. */
export interface Adopted {
  readonly lines: number
  readonly strange: number
  readonly left: number
}

const PAGE = 256
/** So many are put on the record at a start at most: nobody honest left more. */
const MOST = 10_000
const LONGEST_READER = 128
const DID: ReadonlySet<unknown> = new Set<ReadAct>(['viewed', 'listed', 'searched', 'followed', 'exported', 'unmasked'])

/** What was asked for and went by an erasure. */
export const ERASED = '"[masked:erased]"'

interface How {
  readonly most?: number
  /** What was asked for is left out: an erasure may have taken it before the record was put back. */
  readonly blank?: boolean
}

/**
 * Puts on the record what waits, at most `most`, and removes what is no such line. One that a process which died had put there
 * already is only removed. Nothing is done where the key is not here. @throws trail.*
 */
export async function adopt(house: House, { most = MOST, blank = false }: How = {}): Promise<Adopted> {
  const { trail } = house
  let [lines, odd, after] = [0, 0, '']
  const first = await trail.late.waiting(after, 0)
  if (!first.isHere || first.count + first.strange === 0) return { lines, strange: 0, left: first.count }
  const done = await adoptedIn(trail)
  while (lines < most) {
    const page = await trail.late.waiting(after, PAGE)
    if (page.lines.length === 0) break
    const entries = page.lines.map((line) => lateEntry(line, house))
    const fresh = entries.flatMap((entry) => (entry && !done.has(entry.late.id) ? [entry] : []))
    await Promise.all(fresh.map((entry) => trail.append(blank ? blanked(entry) : entry)))
    lines += fresh.length
    odd += entries.filter((entry) => entry === undefined).length
    after = page.lines.at(-1)?.id ?? after
    await trail.late.remove(
      page.lines.map(({ id }) => id),
      false,
    )
  }
  if (first.strange > 0) await trail.late.remove([], true)
  return { lines, strange: odd + first.strange, left: (await trail.late.waiting(after, 0)).count }
}

/** The ids of those on the record that could have been left waiting: the newest. */
async function adoptedIn(trail: House['trail']): Promise<ReadonlySet<string>> {
  const reads = (await trail.reads(2 * MOST)).map(({ read }) => read)
  const searches = (await trail.searches()).map(({ searched }) => searched)
  return new Set([...reads, ...searches].flatMap(({ late }) => late?.id ?? []))
}

function blanked(entry: LateEntry): LateEntry {
  return entry.kind === 'read' ? { ...entry, of: ERASED } : { ...entry, query: ERASED, fingerprint: 'erased' }
}

type LateEntry = (Read | Searched) & { readonly late: Late }

/** What a row that waits says, as an entry of now; undefined for what is no line of who read. Nothing else of it is taken over. */
function lateEntry({ json }: { readonly json: string }, { now, uuid }: Omit<House, 'trail'>): LateEntry | undefined {
  const { uid, line } = entryIn(json) ?? {}
  if (typeof line !== 'object' || line === null) return undefined
  const said = line as Readonly<Record<string, unknown>>
  const claim = said['kind'] === 'read' ? readIn(said) : said['kind'] === 'searched' ? searchedIn(said) : undefined
  const { exchange: id, at } = said
  if (!claim || typeof id !== 'string' || !isExchangeId(id) || !isCount(at)) return undefined
  const since = now()
  const late = { id, at: Math.min(at, since), ...(isCount(uid) && { uid }) }
  return { ...claim, exchange: uuid(), at: since, late }
}

function readIn({ did, reader, of, content, format, count, times }: Readonly<Record<string, unknown>>) {
  const { value } = (typeof reader === 'object' && reader !== null ? reader : {}) as { readonly value?: unknown }
  if (!DID.has(did) || typeof value !== 'string' || typeof of !== 'string' || !isCount(count) || !isCount(times))
    return undefined
  if (format !== undefined && !(typeof format === 'string' && /^[a-z0-9.-]{1,32}$/.test(format))) return undefined
  const who = { value: value.slice(0, LONGEST_READER), source: 'declared' } as const
  const shown = { of, content: content === true, ...(format !== undefined && { format }), count, times }
  return { kind: 'read', did: did as ReadAct, via: 'local', reader: who, ...shown } as const
}

function searchedIn({ fingerprint, query, found }: Readonly<Record<string, unknown>>) {
  const isPrint = typeof fingerprint === 'string' && /^[0-9a-f]{1,128}$/.test(fingerprint)
  if (!isPrint || typeof query !== 'string' || !isCount(found)) return undefined
  return { kind: 'searched', via: 'local', fingerprint, query, found } as const
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** When each search by value that waits was put down, by its own word, ms since the Unix epoch. */
export async function searchesWaiting(trail: Pick<Trail, 'late'>): Promise<number[]> {
  const { lines } = await trail.late.waiting('', MOST)
  return lines.flatMap(({ json }) => {
    const { line } = entryIn(json) ?? {}
    const { kind, at } = (line ?? {}) as { readonly kind?: unknown; readonly at?: unknown }
    return kind === 'searched' && isCount(at) ? [at] : []
  })
}
