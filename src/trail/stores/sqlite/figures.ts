/** How much there is in each day file, for whoever decides what goes. Reads alone. */
import { dayFileOf } from '../../dayfile.ts'
import type { DayFile } from '../../store.ts'
import type { Engine } from './engine.ts'

const FIGURES = `SELECT (SELECT count(*) FROM entries WHERE seq > 0) AS entries, (SELECT count(*) FROM exchanges) AS exchanges,
  (SELECT count(*) FROM exchanges WHERE outcome IS NULL) AS open`

/** Of rows of the index: how many stand for an entry that begins their exchange; and the last of them. */
const BEGUN = `SELECT count(*) FILTER (WHERE iif(json_valid(e.json),
    json_extract(e.json, '$.exchange') = x.exchange AND json_extract(e.json, '$.kind') IN ('asked', 'refused'), 0)) AS count,
  max(x.seq) AS last
  FROM (SELECT seq, exchange FROM exchanges WHERE seq > ? ORDER BY seq LIMIT ?) x LEFT JOIN entries e ON e.seq = x.seq`
/** So many rows are looked at in one turn. */
const A_TURN = 2000

/** How many exchanges begin in a file, by their entries, of the next rows behind `after`; undefined for `last` where there are none. */
export function begunIn({ folder }: Engine, name: string, after: number): { count: number; last: number | undefined } {
  if (!folder.names().includes(name)) return { count: 0, last: undefined }
  const found = folder.day(name).file.get<{ count: number; last: number | null }>(BEGUN, after, A_TURN)
  return { count: found?.count ?? 0, last: found?.last ?? undefined }
}

/** Oldest day first. `exchanges` as the index has them. */
export function filesOf({ folder }: Engine): DayFile[] {
  const names = folder.names().reverse()
  return names.map((name) => {
    const { file } = folder.day(name)
    const {
      entries = 0,
      exchanges = 0,
      open = 0,
    } = file.get<Pick<DayFile, 'entries' | 'exchanges' | 'open'>>(FIGURES) ?? {}
    return { ...dayFileOf(name), ...{ entries, exchanges, open }, bytes: folder.bytesOf(name) }
  })
}
