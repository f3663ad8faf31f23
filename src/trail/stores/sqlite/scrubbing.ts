/** Day files that are to be written anew because something in them was deleted: remembered, so that a crash forgets none. */
import { dayOfFile } from '../../dayfile.ts'
import { point } from '../../points.ts'
import type { Day } from './day.ts'
import type { Folder } from './folder.ts'
import { TERM_KEYS } from './schema.ts'
import { inSlices, type Sliced, until } from './sliced.ts'

const KIND = 'scrub'

/** To be durable before anything is deleted in the file. */
export function willScrub({ head }: Folder, day: Day): void {
  if (head.document(KIND, day.file.name) === undefined) head.put(KIND, day.file.name, '{}')
}

/** Whether there are files that are to be written anew. */
export const isLeft = ({ head }: Folder): boolean => head.documents(KIND).length > 0

/** The next file that is to be written anew; none of the day `but`. */
export function toScrub(folder: Folder, but: string | undefined): string | undefined {
  for (const { id } of folder.head.documents(KIND)) {
    if (!folder.names().includes(id)) folder.head.delete(KIND, id)
    else if (dayOfFile(id) !== but) return id
  }
  return undefined
}

/** A file is written anew. */
export function scrubbed({ head }: Folder, name: string): void {
  head.delete(KIND, name)
  point('revise.scrubbed')
}

/** What was deleted goes from its indexes, and from the values that something can be found by. */
export function* condense(day: Day): Sliced {
  for (const index of ['words', 'prints']) yield* merge(day, index)
  yield* forgetTerms(day)
  point('revise.condensed')
}

/** Pages of an index that are merged at a time. */
const MERGED = 32

/**
 * All segments of a full-text index become one, in which nothing is left of what was deleted (sqlite.org/fts5.html, "merge":
 * once with a negative number, then until hardly a row changes).
 */
function* merge(day: Day, index: string): Sliced {
  let pages = -MERGED
  yield* until(day, () => {
    const before = changesOf(day)
    day.file.command(`INSERT INTO ${index}(${index}, rank) VALUES ('merge', ${pages})`)
    const isDone = pages > 0 && changesOf(day) - before < 2
    pages = MERGED
    return isDone
  })
}

const changesOf = ({ file }: Day): number => file.get<{ count: number }>('SELECT total_changes() AS count')?.count ?? 0

/** So many rows are read at a time. */
const ROWS = 200

/** Values that nothing has any more. A session's is a keyed digest, and its key is found by it. */
function* forgetTerms(day: Day): Sliced {
  const all = day.file.all<{ id: number }>("SELECT id FROM terms WHERE key <> 'session'")
  const unused = new Set(all.map(({ id }) => id))
  let last = Number.MIN_SAFE_INTEGER
  const isRead = (): boolean => {
    const rows = day.file.all<Record<string, number | null>>(USED, last)
    for (const row of rows) for (const key of TERM_KEYS) unused.delete(row[key] ?? 0)
    last = rows.at(-1)?.['seq'] ?? last
    return rows.length < ROWS
  }
  yield* until(day, isRead)
  yield* inSlices(day, [...unused], (id) => {
    while (!isRead());
    if (!unused.has(id) || day.file.get('SELECT 1 FROM rules WHERE term = ?', id)) return 0
    day.terms.forget()
    return day.file.run('DELETE FROM terms WHERE id = ?', id).changes
  })
}

const USED = `SELECT seq, ${TERM_KEYS.map((key) => `"${key}"`).join(', ')} FROM exchanges WHERE seq > ? ORDER BY seq LIMIT ${ROWS}`
