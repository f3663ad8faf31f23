/** Takes exchanges out of a day file for good, and writes bodies anew, in slices: with words and terms. Decides nothing. */
import type { Finding } from '#exchange'
import { markedBy } from '../../facets.ts'
import { point } from '../../points.ts'
import type { Revised, Revision } from '../../revision.ts'
import { sha256 } from '../../seal/hashes.ts'
import type { Proofs } from '../../seal/proofs.ts'
import type { Tokens } from '../../tokens.ts'
import { isStale } from '../stale.ts'
import { readable } from './bodies.ts'
import type { Day } from './day.ts'
import type { Engine } from './engine.ts'
import { type Exchange as Lying, lastLocked, Resting } from './resting.ts'
import { willScrub } from './scrubbing.ts'
import { each, inSlices, type Sliced, whole } from './sliced.ts'
import { unword, type Worded } from './unword.ts'
import { WantedSeal } from './wanted.ts'

interface Exchange extends Lying {
  readonly session: number | null
}

interface NewBody {
  readonly given: Revision['bodies'][number]
  readonly of: Exchange
  readonly seq: number
}

type Saying = Pick<NewBody['given'], 'part' | 'says'>

/** What is to be done in one file. */
interface Part {
  readonly erased: Exchange[]
  readonly bodies: NewBody[]
  /** Rows of the index of words. */
  readonly rows: readonly Worded[]
}

interface Means {
  readonly day: Day
  readonly by: string
  readonly proofs: Proofs
  /** Whether an entry is sealed, so that it may go. */
  isSealed(seq: number): boolean
  /** Once a slice is durable. */
  then(): void
}

interface Asked extends Pick<Means, 'isSealed'> {
  readonly file: string
  readonly revision: Revision
  readonly tokens: Tokens
}

/**
 * What a revision says of one file. May be done again: what is done already is passed over. The file is to be scrubbed after
 * it, which is remembered before anything is done. A body that is not the one that its new one was made from stays, and so does
 * one that a locked one may be put together from; neither is counted. @throws gateway.internal where an exchange is open
 */
export function* revise(engine: Engine, { file, revision, tokens, isSealed }: Asked): Sliced<Revised> {
  if (!engine.folder.names().includes(file)) return { entries: 0, bodies: 0 }
  const proofs = yield* whole(() => engine.proving.proofs())
  const day = engine.folder.keep(file)
  const part = yield* partOf(day, revision)
  day.file.overwrite()
  engine.settle(day, revision.erased)
  willScrub(engine.folder, day)
  while (day.index(INDEXED)) yield
  yield* unword(day, tokens, part.rows)
  point('revise.unworded')
  const then = () => {
    point('revise.durable')
    day.terms.forget()
    engine.unsealed.forget()
  }
  const means = { day, by: revision.by, proofs, isSealed, then }
  let entries = yield* inSlices(day, revision.notes, (note) => blankNote(means, note), then)
  for (const session of sessionsIn(part)) entries += yield* reviseSession(means, session, part)
  for (const each of engine.folder.opened()) each.terms.forget()
  tokens.forget()
  return { entries, bodies: part.bodies.length }
}

/** Texts that are put into the index at a time, before words are taken out of it. */
const INDEXED = 16

function* partOf(day: Day, { erased, bodies, words = [] }: Revision): Sliced<Part> {
  const find = (exchange: string) => day.file.get<Exchange>(FOUND, exchange)
  const gone = yield* each(erased, find)
  const anew = yield* each(bodies, (given) => {
    const of = find(given.exchange)
    const seq = of && (given.part === 'prompt' ? of.seq : of.closing)
    const stale =
      given.from &&
      seq &&
      isStale(
        readable(() => day.bodies.read(seq)),
        given,
      )
    return of && seq && !stale ? { given, of, seq } : undefined
  })
  const rest = yield* each(words, (given) => {
    const of = find(given.exchange)
    return of && { given, of }
  })
  const part = { erased: gone.filter(isHere), bodies: yield* free(day, anew.filter(isHere)) }
  return { ...part, rows: [...goneRows(part), ...[...part.bodies, ...rest.filter(isHere)].map(rowOf)] }
}

/** Those that nothing locked may be put together from. What an erasure cuts is not asked: it is refused where something is locked. */
function* free(day: Day, bodies: readonly NewBody[]): Sliced<NewBody[]> {
  const locked = new Map<number | null, number>()
  for (const { of, given } of bodies)
    if (given.from && !locked.has(of.session)) locked.set(of.session, yield* lastLocked(day, of.session))
  return bodies.filter(({ of, seq }) => seq >= (locked.get(of.session) ?? 0))
}

const isHere = <Item>(item: Item | undefined): item is Item => item !== undefined

const FOUND = 'SELECT exchange, seq, closing, session FROM exchanges WHERE exchange = ?'

const goneRows = ({ erased }: Pick<Part, 'erased'>): Worded[] =>
  erased.flatMap(({ seq }) => [{ id: 2 * seq }, { id: 2 * seq + 1 }])

const rowOf = ({ of: { seq }, given: { part, says } }: { of: Exchange; given: Saying }): Worded => ({
  id: 2 * seq + (part === 'reply' ? 1 : 0),
  ...(says !== undefined && { says }),
})

const sessionsIn = ({ erased, bodies }: Part): Set<number | null> =>
  new Set([...erased, ...bodies.map(({ of }) => of)].map(({ session }) => session))

/** How many entries went. */
function* reviseSession(means: Means, session: number | null, part: Part): Sliced<number> {
  const { day, then } = means
  const erased = part.erased.filter((one) => one.session === session)
  const bodies = Map.groupBy(
    part.bodies.filter(({ of }) => of.session === session),
    ({ of }) => of.seq,
  )
  const gone = new Set(erased.map(({ seq }) => seq))
  const resting = new Resting(day, session, changesOf(erased, [...bodies.values()].flat()))
  const lots = yield* resting.lots()
  return yield* inSlices(day, lots, (lot) => reviseLot(means, resting, { lot, gone, bodies }), then)
}

/** The new bodies by their seqs; undefined for those that go. */
function changesOf(erased: readonly Exchange[], bodies: readonly NewBody[]): Map<number, Uint8Array | undefined> {
  const changes = new Map<number, Uint8Array | undefined>(bodies.map(({ seq, given }) => [seq, given.bytes]))
  for (const { seq, closing } of erased)
    for (const each of closing === null ? [seq] : [seq, closing]) changes.set(each, undefined)
  return changes
}

interface Lot {
  readonly lot: readonly Lying[]
  /** Seqs of the openings of those that go. */
  readonly gone: ReadonlySet<number>
  readonly bodies: ReadonlyMap<number, readonly NewBody[]>
}

function reviseLot(means: Means, resting: Resting, { lot, gone, bodies }: Lot): number {
  let entries = 0
  for (const one of lot) if (gone.has(one.seq)) entries += erase(means, one)
  for (const one of lot) for (const body of bodies.get(one.seq) ?? []) redact(means, body)
  resting.do(lot)
  for (const one of lot) if (gone.has(one.seq)) forget(means.day, one)
  point('revise.written')
  return entries
}

/** All entries of one exchange lose what they say; how many. @throws WantedSeal where one came just now, and is not sealed */
function erase({ day, by, isSealed }: Means, { seq, closing, exchange }: Lying): number {
  const told = day.file.all<{ seq: number }>('SELECT seq FROM outcomes WHERE of = ?', seq)
  const seqs = [seq, ...(closing === null ? [] : [closing]), ...told.map((row) => row.seq)]
  if (!seqs.every(isSealed)) throw new WantedSeal()
  return seqs.reduce((sum, each) => sum + blank(day, each, exchange, by), 0)
}

/** The entry of a place, where it is the one that is meant: a record that was put back gives seqs anew. How many went. */
function blankNote({ day, by }: Means, { seq, exchange }: Revision['notes'][number]): number {
  return exchange === undefined || day.file.get(HAS_ID, seq, exchange) ? blank(day, seq, '', by) : 0
}

const HAS_ID = `SELECT 1 FROM entries
  WHERE seq = ? AND CASE WHEN json_valid(json) THEN json_extract(json, '$.exchange') = ? ELSE 0 END`

/** What it says goes, and the file tells what took it; of what is not there, or is gone, nothing. How many. */
function blank(day: Day, seq: number, exchange: string, by: string): number {
  const { changes } = day.file.run("UPDATE entries SET json = '', salt = NULL WHERE seq = ? AND json <> ''", seq)
  day.file.run('DELETE FROM gaps WHERE seq = ?', seq)
  if (changes > 0) day.file.run('INSERT OR IGNORE INTO erased VALUES (?, ?, ?)', seq, exchange, by)
  return changes
}

/** Once its bodies are gone: what it could be found by. */
function forget(day: Day, { seq, closing }: Lying): void {
  if (closing !== null) day.edits.remove(closing)
  for (const each of closing === null ? [seq] : [seq, closing]) day.originals.remove(each)
  day.file.run('DELETE FROM outcomes WHERE of = ?', seq)
  day.file.run('DELETE FROM rules WHERE seq = ?', seq)
  day.file.run('DELETE FROM exchanges WHERE seq = ?', seq)
}

/** What an entry says of a body that is written anew, and what goes with the old one. */
function redact({ day, by, proofs }: Means, { given, of, seq }: NewBody): void {
  const { bytes, findings, salt, part, withEdits } = given
  if (findings.length === 0) day.originals.remove(seq)
  if (of.closing !== null && (part === 'reply' || withEdits)) day.edits.remove(of.closing)
  const sql = 'INSERT OR IGNORE INTO redacted VALUES (?, ?, ?, ?)'
  if (day.file.run(sql, seq, by, salt, JSON.stringify(findings)).changes === 0) return
  const body = sha256(bytes)
  day.unsalt(seq, 'body', (salts, json) => proofs.left(salts, { seq, json, body }))
  mark(day, findings, of.seq)
}

function mark(day: Day, findings: readonly Finding[], seq: number): void {
  if (findings.length === 0) return
  day.file.run('UPDATE exchanges SET findings = findings + ? WHERE seq = ?', findings.length, seq)
  day.terms.mark(markedBy(findings), seq)
}
