/** What a list of sessions tells of each: its figures over all day files. Reads. */
import { dayOfFile, holdsExchanges } from '../../dayfile.ts'
import type { Folder } from './folder.ts'
import type { SessionRow } from './protocol.ts'
import { each, type Sliced } from './sliced.ts'

/** As the row of a query has them. */
interface Figures extends Omit<SessionRow, 'session' | 'newest'> {
  readonly term: number
  readonly seq: number
}

interface Placed {
  readonly day: string
  readonly totals: SessionRow
}

const FIGURES = `SELECT session AS term, max(seq) AS seq, count(*) AS exchanges, min(at) AS first, max(at) AS last,
  sum(findings) AS findings, sum(input) AS input, sum(output) AS output
  FROM exchanges WHERE session IN (SELECT value FROM json_each(?)) AND seq > 0 GROUP BY session`

/** By session; what is in no file any more is not there. Each file is looked into once, the newest day first. */
export function* totalsOf(folder: Folder, sessions: readonly string[]): Sliced<ReadonlyMap<string, SessionRow>> {
  const placed = new Map<string, Placed>()
  if (sessions.length > 0)
    yield* each(folder.names().filter(holdsExchanges), (name) => {
      for (const { day, totals } of folder.has(name) ? totalsIn(folder, name, sessions) : []) {
        const known = placed.get(totals.session)
        placed.set(totals.session, known ? added(known, { day, totals }) : { day, totals })
      }
    })
  return new Map([...placed].map(([session, { totals }]) => [session, totals]))
}

function totalsIn(folder: Folder, name: string, sessions: readonly string[]): Placed[] {
  const day = folder.day(name)
  const terms = day.terms.exactly('session', sessions)
  if (terms.length === 0) return []
  return day.file.all<Figures>(FIGURES, JSON.stringify(terms)).flatMap(({ term, seq, ...figures }) => {
    const session = day.terms.value('session', term)
    const totals = session === undefined ? [] : [{ session, ...figures, newest: day.listed(seq) }]
    return totals.map((each) => ({ day: dayOfFile(name), totals: each }))
  })
}

/** Of one day the higher seq is the newer one, in whichever file that is. */
const added = (known: Placed, { day, totals: more }: Placed): Placed => ({
  day: known.day,
  totals: {
    ...known.totals,
    ...(day === known.day && more.newest.seq > known.totals.newest.seq && { newest: more.newest }),
    exchanges: known.totals.exchanges + more.exchanges,
    first: Math.min(known.totals.first, more.first),
    last: Math.max(known.totals.last, more.last),
    findings: known.totals.findings + more.findings,
    input: known.totals.input + more.input,
    output: known.totals.output + more.output,
  },
})
