/** The day files that the store in memory would have, were it on disk. Writes none. */
import type { Note } from '#exchange'
import { dayFileOf, noteFile } from '../dayfile.ts'
import type { DayFile } from '../store.ts'
import { fileOf, isOpen, type Line } from './memory-line.ts'

/** Oldest day first. */
export function filesOf(lines: Iterable<Line>, notes: readonly { readonly note: Note }[]): DayFile[] {
  const files = new Map<string, { entries: number; exchanges: number; open: number }>()
  const tell = (name: string, entries: number, exchanges = 0, open = 0) => {
    const known = files.get(name) ?? { entries: 0, exchanges: 0, open: 0 }
    const sum = { entries: known.entries + entries, exchanges: known.exchanges + exchanges, open: known.open + open }
    files.set(name, sum)
  }
  for (const line of lines)
    tell(fileOf(line), 1 + (line.ending ? 1 : 0) + line.outcomes.length, 1, isOpen(line) ? 1 : 0)
  for (const { note } of notes) tell(noteFile(note), 1)
  const told = [...files].map(([name, figures]) => ({ ...dayFileOf(name), ...figures, bytes: 0 }))
  return told.sort((a, b) => (a.name < b.name ? -1 : 1))
}
