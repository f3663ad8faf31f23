/** What was done to the record and befell it, over the admin API: the lines of no exchange, as a list and one by one. Shows no body. */
import type { Context, Hono } from 'hono'
import { Fault, LOGGED, type Note, type PurgedDay } from '#exchange'
import { type Claim, dayOfExchange, type ListedSeal, type Standing, sealsOf, Taken, type Trail } from '#trail'
import { noteFor, type ReadHouse } from './readers.ts'

/** Lines of who read and who went past, which have lists of their own. */
const OTHERS = ['searched', 'read', 'bypass'] as const satisfies readonly Note['kind'][]

/** A line of `GET /log`. `seal`: an alarm. Without `note` what stands there is none by its form; `kind` is then what the log has. */
export interface LogLine {
  readonly seq: number
  readonly kind: string
  readonly note?: Note
  readonly seal?: ListedSeal
}

/** `fault`: why some cannot be held against the log; `more`: how many older ones were not asked for. */
export interface LogPage {
  readonly entries: readonly LogLine[]
  readonly more: number
  readonly fault?: string
}

/** `GET /log/:id`: the line, or the exchange that an entry is of. */
export type LogEntry =
  | { readonly seq: number; readonly note?: Note; readonly seal?: readonly Standing[] }
  | { readonly seq: number; readonly of: string }

/** A seq as one writes it: what begins with a zero is rather the beginning of an id. */
const PLACE = /^(?:0|[1-9]\d{0,14})$/
const MOST = 1000
const DEFAULT = 50

type House = { readonly trail: Trail; readonly reading: ReadHouse }

/**
 * `GET /log?since=&kind=&limit=`: newest first; `since` in ms since the Unix epoch. `GET /log/:id`: any by its seq; one
 * of those also by its id, or eight or more characters of its beginning. @throws usage.option, trail.absent, trail.entry, trail.erased, trail.ambiguous
 */
export function logRoutes(app: Hono, { trail, reading }: House): void {
  const noteOf = (c: Context) => noteFor(reading, (name) => c.req.header(name))
  app.get('/log', async (c) => {
    const [kind, since] = [c.req.query('kind'), Number(c.req.query('since') ?? Number.NEGATIVE_INFINITY)]
    const kinds = kind === undefined ? LOGGED : LOGGED.filter((one) => one === kind)
    if (kinds.length === 0) throw new Fault('usage.option', `kind is one of ${LOGGED.join(', ')}`)
    const found = (await trail.claims(kinds)).filter(({ note }) => note === undefined || note.at >= since).toReversed()
    const shown = found.slice(0, Math.min(MOST, Math.max(1, Number(c.req.query('limit')) || DEFAULT)))
    await noteOf(c)('listed', kind ?? '', shown.length, { format: 'log' })
    return c.json(await pageOf(trail, shown, found.length - shown.length))
  })
  app.get('/log/:id', async (c) => {
    const id = c.req.param('id')
    const found = /^\d{1,15}$/.test(id)
      ? ((await atSeq(trail, Number(id))) ?? (await byId(trail, id)))
      : await byId(trail, id)
    if (!found)
      throw (await takenAt(trail, id)) ?? new Fault(PLACE.test(id) ? 'trail.entry' : 'trail.absent', id.slice(0, 64))
    if ('of' in found) return c.json(found satisfies LogEntry)
    const { seq, note } = found
    await noteOf(c)('listed', note?.exchange ?? '', 1, { format: 'log' })
    const seal = note && (await trail.standing(note.exchange, [seq]))
    return c.json({ ...found, ...(seal && { seal }) } satisfies LogEntry)
  })
}

async function pageOf(trail: Trail, shown: readonly Claim[], more: number): Promise<LogPage> {
  const { marks, fault } = await sealsOf(
    trail,
    shown.map(({ seq }) => seq),
  )
  const entries = shown.map(({ seq, note, mark, sealed }): LogLine => {
    const seal = mark === undefined || mark === 'unknown' ? marks.get(seq) : mark
    const kind = note?.kind ?? sealed?.kind ?? 'forged'
    return { seq, kind, ...(note && { note }), ...(seal && { seal }) }
  })
  return { entries, more, ...(fault !== undefined && { fault }) }
}

/** What stands in a place of the record. */
async function atSeq(
  trail: Trail,
  seq: number,
): Promise<{ seq: number; note?: Note } | { seq: number; of: string } | undefined> {
  const [found] = seq > 0 ? await trail.following(seq - 1, 1) : []
  if (found?.seq !== seq) return undefined
  if (found.forged) return { seq }
  const { entry } = found
  if (!entry) return undefined
  return [...LOGGED, ...OTHERS].some((kind) => kind === entry.kind)
    ? { seq, note: entry as Note }
    : { seq, of: entry.exchange }
}

/** The one of those that are listed whose id begins so: of the others there may be very many. @throws trail.ambiguous */
async function byId(trail: Trail, id: string): Promise<{ seq: number; note: Note } | undefined> {
  if (!/^[0-9a-f][0-9a-f-]{7,35}$/.test(id)) return undefined
  const all = await trail.claims(LOGGED)
  const found = all.flatMap(({ seq, note }) => (note?.exchange.startsWith(id) ? [{ seq, note }] : []))
  if (found.length > 1) {
    const some = found.slice(0, 10).map(({ seq }) => seq)
    throw new Fault('trail.ambiguous', `entries ${some.join(', ')}`)
  }
  return found[0]
}

/** The entry that says that it took what stood in a place. */
async function takenAt(trail: Trail, id: string): Promise<Fault | undefined> {
  const seq = /^\d{1,15}$/.test(id) ? Number(id) : undefined
  if (seq === undefined) return undefined
  const acts = await trail.claims(['erase', 'purge'])
  const by = acts.find(({ note }) => spansOf(note).some((took) => new Taken(took).has(seq)))
  if (by?.note?.kind === 'erase') return new Fault('trail.erased', `by entry ${by.seq}, ${actOf(by)}`)
  return by && new Fault('trail.entry', `${seq}: entry ${by.seq} removed its day: ${actOf(by)}`)
}

function spansOf(note: Note | undefined): (readonly number[])[] {
  if (note?.kind === 'erase') return note.took ? [note.took] : []
  return note?.kind === 'purge' ? note.days.flatMap(({ took }: PurgedDay) => (took ? [took] : [])) : []
}

/** Why there is no such exchange: by whom it was erased, why and on what basis; or that its day was purged. */
export async function absent(trail: Trail, id: string): Promise<Fault> {
  const by = await trail.dayFiles.erasedBy(id)
  if (by !== undefined) {
    const act = (await trail.claims(['erase'])).find(({ note }) => note?.exchange === by)
    return new Fault(
      'trail.erased',
      act ? `by entry ${act.seq}, ${actOf(act)}` : `by entry ${by}, which is not on this record`,
    )
  }
  const day = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? dayOfExchange(id) : undefined
  const purges = day === undefined ? [] : await trail.claims(['purge'])
  const purged = purges.findLast(({ note }) => note?.kind === 'purge' && note.days.some((one) => one.day === day))
  const why = purged ? `; entry ${purged.seq} removed entries of its day, ${day}: ${actOf(purged)}` : ''
  return new Fault('trail.absent', `${id.slice(0, 64)}${why}`)
}

const UNTRUE = {
  unproven: ' (UNPROVEN: nobody wrote it who had the key of this record)',
  changed: ' (CHANGED: it is not what was sealed in its place)',
  unknown: '',
} as const

/** Who did it, when, why and on what basis; and what is wrong with the entry that says so. */
function actOf({ note, mark }: Claim): string {
  if (note?.kind !== 'erase' && note?.kind !== 'purge') return ''
  const basis = note.kind === 'erase' ? `, on the basis of ${note.basis}` : ''
  const untrue = mark === undefined ? '' : UNTRUE[mark]
  return `${new Date(note.at).toISOString()}, by ${note.who.value} (${note.who.source})${basis}: ${note.why}${untrue}`
}
