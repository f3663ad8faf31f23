/** What one day file has of a session and cannot be opened now, and why. Writes nothing. */
import { Fault } from '#exchange'
import type { Unopened } from '../../store.ts'
import { keyGone, UNREADABLE } from './bodies.ts'
import type { Day } from './day.ts'
import type { Folder } from './folder.ts'
import { each, type Sliced } from './sliced.ts'

interface Row {
  readonly exchange: string
  readonly seq: number
  readonly closing: number | null
}

const PARTS = ['body', 'edits', 'original'] as const

/** Of one file; `session` undefined for what belongs to none. Nothing where the file is gone. */
export function* unopenedIn(folder: Folder, file: string, session: string | undefined): Sliced<Unopened[]> {
  if (!folder.names().includes(file)) return []
  const day = folder.keep(file)
  const term = session === undefined ? null : day.terms.like('session', [session])[0]
  if (term === undefined) return []
  const of = term === null ? 'session IS NULL' : `session = ${term}`
  const rows = day.file.all<Row>(`SELECT exchange, seq, closing FROM exchanges WHERE ${of} ORDER BY seq`)
  const found = yield* each(rows, ({ exchange, seq, closing }) =>
    (closing === null ? [seq] : [seq, closing]).flatMap((one) =>
      PARTS.flatMap((part) => {
        const fault = faultOf(() => read(day, one, part))
        return fault ? { exchange, file, part, ...whyOf(fault) } : []
      }),
    ),
  )
  return found.flat()
}

function read(day: Day, seq: number, part: Unopened['part']): unknown {
  if (part === 'body') return day.bodies.read(seq)
  return part === 'edits' ? day.edits.opened(seq) : day.originals.read(seq)
}

function faultOf(read: () => unknown): Fault | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof Fault && UNREADABLE.has(error.code)) return error
    throw error
  }
}

function whyOf(fault: Fault): Pick<Unopened, 'why' | 'key'> {
  const gone = keyGone(fault)
  if (gone === undefined) return { why: 'damaged' }
  return gone === '' ? { why: 'destroyed' } : { why: 'locked', key: gone }
}
