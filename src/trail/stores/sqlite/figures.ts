/** How much there is in each day file, for whoever decides what goes. Reads alone. */
import { dayFileOf } from '../../dayfile.ts'
import type { DayFile } from '../../store.ts'
import type { Engine } from './engine.ts'

const FIGURES = `SELECT (SELECT count(*) FROM entries) AS entries, (SELECT count(*) FROM exchanges) AS exchanges,
  (SELECT count(*) FROM exchanges WHERE outcome IS NULL) AS open`

/** Oldest day first. */
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
