/** The names of day files: a UTC day and how long what is in it is kept. Pure. */
import { Fault, type Note } from '#exchange'
import { dayOfExchange } from './days.ts'
import { CUSTODY as CUSTODIAL } from './entries.ts'
import type { DayFile } from './store.ts'

/** What is kept for ever, and the lines that tell of the record itself, which outlive what they tell of. */
const DEFAULT = 'default'
const CUSTODY = 'custody'
const NAME = /^(\d{4}-\d\d-\d\d)\.([a-z0-9-]+)\.db$/
const OWN: ReadonlySet<Note['kind']> = new Set<Note['kind']>([...CUSTODIAL, 'rotated', 'restored', 'ruled', 'vanished'])

/** The file of what was recorded on a day and is kept for so long. */
export function fileFor(day: string, retain: string | undefined): string {
  const name = `${day}.${retain ?? DEFAULT}.db`
  if (!NAME.test(name)) throw new Fault('gateway.internal', 'no retention class has such a name')
  return name
}

/** The file of a line that belongs to no exchange. */
export const noteFileFor = (day: string, kind: Note['kind'], retain?: string): string =>
  fileFor(day, OWN.has(kind) ? CUSTODY : retain)

/** For how long a line is kept, as it says itself. */
export const retainOf = (note: object): string | undefined =>
  'retain' in note && typeof note.retain === 'string' ? note.retain : undefined

/** The file of a note. */
export const noteFile = (note: Note): string => noteFileFor(dayOfExchange(note.exchange), note.kind, retainOf(note))

export const isDayFile = (name: string): boolean => NAME.test(name)

/** The day that a file is named after. */
export const dayOfFile = (name: string): string => NAME.exec(name)?.[1] ?? ''

/** Whether exchanges may be in a file. */
export const holdsExchanges = (name: string): boolean => NAME.exec(name)?.[2] !== CUSTODY

/** What a file's name tells. */
export function dayFileOf(name: string): Pick<DayFile, 'name' | 'day' | 'retain'> {
  const [, day = '', retain] = NAME.exec(name) ?? []
  return { name, day, ...(retain !== DEFAULT && retain !== undefined && { retain }) }
}
