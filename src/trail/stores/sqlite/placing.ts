/** Which day file each line of a parcel goes to. Writes none of them; what waits outside of the log is put down at once. */
import { fileFor, noteFileFor } from '../../dayfile.ts'
import { dayOfExchange } from '../../days.ts'
import type { Engine } from './engine.ts'
import type { Folder } from './folder.ts'
import { isOfReading, noPlace } from './lines.ts'
import type { Line, LineOutcome, Parcel } from './protocol.ts'
import { waitOutside } from './waiting.ts'

/** What goes to one file, and where each line stands in its parcel. */
export interface Group {
  readonly name: string
  readonly lines: { readonly line: Line; readonly at: number }[]
}

/** The lines by the file that each goes to, in order. What belongs to an exchange that is nowhere has no place. */
export function groupsOf(engine: Engine, { lines, pieces }: Parcel, outcomes: LineOutcome[]): Group[] {
  const groups = new Map<string, Group>()
  const begun = new Map<string, string>()
  const isProvable = !lines.some(isOfReading) || engine.proving.open() !== undefined
  const group = (name: string): Group => {
    const known = groups.get(name) ?? { name, lines: [] }
    groups.set(name, known)
    return known
  }
  for (const [at, line] of lines.entries()) {
    if (!isProvable && isOfReading(line)) {
      outcomes[at] = waitOutside(engine, line)
      continue
    }
    const name = begun.get(line.exchange) ?? nameFor(engine, line)
    if (line.part === 'opening' && name) begun.set(line.exchange, name)
    if (name) group(name).lines.push({ line, at })
    else outcomes[at] = noPlace(line)
  }
  const flying = pieces.find(({ exchange }) => engine.flight.isOpen(exchange))
  const home = flying && engine.flight.homeOf(flying.exchange)?.file
  if (groups.size === 0 && home) group(home)
  return [...groups.values()]
}

/** A first line makes its file, and no other does. */
function nameFor(engine: Engine, line: Line): string | undefined {
  if (line.part === 'note') return noteFileFor(dayOfExchange(line.exchange), line.kind, line.retain)
  const home = engine.flight.homeOf(line.exchange)?.file
  if (line.part === 'opening') return home ?? fileFor(dayOfExchange(line.exchange), line.retain)
  return home ?? homeOf(engine.folder, line.exchange)
}

/** Where an exchange is that is open no more: in one of its day's files. */
export function homeOf(folder: Folder, exchange: string): string | undefined {
  const sql = 'SELECT seq FROM exchanges WHERE exchange = ? AND seq > 0'
  return folder.namesOf(dayOfExchange(exchange)).find((name) => folder.day(name).file.get(sql, exchange))
}
