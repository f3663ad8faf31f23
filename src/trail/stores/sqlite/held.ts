/** Reads day files as a verifier wants them: by seq, with what became of each. Writes nothing; a damaged file harms no other. */
import { Fault } from '#exchange'
import { sha256Text } from '../../seal/hashes.ts'
import { entryIn, type Unmade } from '../../seal/held.ts'
import { parseSalts, saltOf, type Version } from '../../seal/leaf.ts'
import type { Disclosure } from '../../seal/prove.ts'
import { type BodyRow, keyGone, readable } from './bodies.ts'
import type { Day } from './day.ts'
import { Derived } from './derived.ts'
import type { Engine } from './engine.ts'
import { faultOfStore } from './faults.ts'
import { Indexed } from './indexed.ts'
import { homeOf } from './placing.ts'
import type { Proving } from './proving.ts'
import { Wanted } from './wanted.ts'

const ROWS = `SELECT seq, json, salt,
  (SELECT "by" FROM erased WHERE erased.seq = entries.seq) AS told,
  (SELECT group_concat("by" || ' ' || hex(salt), ' ') FROM redacted WHERE redacted.seq = entries.seq) AS anew
  FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq`
/** The same with their bodies. */
const WHOLE = `SELECT entries.seq AS seq, json, salt, coding, size, bytes, bodies.key AS key,
  (SELECT "by" FROM erased WHERE erased.seq = entries.seq) AS told,
  (SELECT group_concat("by" || ' ' || hex(salt), ' ') FROM redacted WHERE redacted.seq = entries.seq) AS anew
  FROM entries LEFT JOIN bodies ON bodies.seq = entries.seq
  WHERE entries.seq >= ? AND entries.seq < ? ORDER BY entries.seq`
/** What may be anywhere in the order: its file does not say. */
const ANYWHERE = { first: 0, last: Number.POSITIVE_INFINITY }
const BEFORE_FIRST = 'SELECT seq FROM entries WHERE seq < 1 ORDER BY seq LIMIT 1'
const OF = 'SELECT seq, closing FROM exchanges WHERE exchange = ?'
const KEYS = `SELECT key FROM bodies WHERE seq >= ?1 AND seq < ?2 AND key IS NOT NULL
  UNION SELECT key FROM edits WHERE seq >= ?1 AND seq < ?2`

interface Row {
  readonly seq: number
  readonly json: string
  readonly salt: Uint8Array | null
  readonly told: string | null
  /** Pairs of who says so and a salt in hexadecimal, all with a space between. */
  readonly anew: string | null
}

interface WholeRow extends Row, Omit<BodyRow, 'coding'> {
  readonly coding: BodyRow['coding'] | null
}

/**
 * What is held of `count` seqs from `from` on; of those that are nowhere, nothing. `first` are those whose leaves are of
 * version 1: who asks makes the leaves. @throws Wanted
 */
export function heldIn(engine: Engine, from: number, count: number, first: readonly number[]): Unmade[] {
  const held = engine.folder.names().flatMap((name) => {
    const { first: begin, last } = rangeIn(engine, name)
    return last < from || begin >= from + count ? [] : inDay(engine, name, [from, from + count], first)
  })
  const read = new Set(held.flatMap(({ seq, lost }) => (lost === undefined ? [seq] : [])))
  const before = from === 1 ? engine.folder.names().flatMap((name) => beforeFirst(engine, name)) : []
  return [...before, ...held.filter(({ seq, lost }) => lost === undefined || !read.has(seq))].sort(
    (a, b) => a.seq - b.seq,
  )
}

/** What a file has in places that nothing is ever written to, and that no log has. What is wrong with the file is told elsewhere. */
function beforeFirst(engine: Engine, name: string): Unmade[] {
  try {
    const row = engine.folder.day(name).file.get<{ seq: number }>(BEFORE_FIRST)
    return row ? [{ seq: row.seq, strange: 'it stands before the first entry, where nobody wrote anything' }] : []
  } catch {
    return []
  }
}

function rangeIn(engine: Engine, name: string): { readonly first: number; readonly last: number } {
  try {
    return engine.rangeOf(name)
  } catch {
    return ANYWHERE // what is wrong with the file is told of each place that it may hold
  }
}

/** The seqs of an exchange's entries, in their order; none where it is not here. */
export function seqsIn(engine: Engine, exchange: string): number[] {
  const name = homeOf(engine.folder, exchange)
  const day = name === undefined ? undefined : engine.folder.day(name)
  const row = day?.file.get<{ seq: number; closing: number | null }>(OF, exchange)
  if (!day || !row) return []
  const told = day.file.all<{ seq: number }>('SELECT seq FROM outcomes WHERE of = ?', row.seq).map(({ seq }) => seq)
  return [row.seq, ...(row.closing === null ? [] : [row.closing]), ...told].sort((a, b) => a - b)
}

/** The seqs of the entries in a day file, in their order. */
export const seqsOfFile = (engine: Engine, name: string): number[] =>
  engine.folder
    .day(name)
    .file.all<{ seq: number }>('SELECT seq FROM entries WHERE seq > 0 ORDER BY seq')
    .map(({ seq }) => seq)

/** What may be shown of these entries; of those that are nowhere, nothing. @throws Wanted */
export const disclosedIn = (engine: Engine, seqs: readonly number[], bodies: boolean): Disclosure[] =>
  seqs.flatMap((seq) => {
    for (const name of engine.folder.names()) {
      const { first, last } = engine.rangeOf(name)
      const day = seq < first || seq > last ? undefined : engine.folder.day(name)
      const [row] = day?.file.all<Row>(ROWS, seq, seq + 1) ?? []
      if (day && row) return [disclosedAs(day, row, bodies)]
    }
    return []
  })

function disclosedAs(day: Day, { seq, json, salt, told, anew }: Row, bodies: boolean): Disclosure {
  const again = pairsIn(anew)
  const { body, locked } = bodies && json !== '' ? bodyIn(day, seq) : {}
  return {
    ...{ seq, json },
    ...(salt && { salt }),
    ...(told !== null && { gone: told }),
    ...(again.length > 0 && { anew: again }),
    ...(body && { body }),
    ...(locked && { locked }),
  }
}

/** A body, or that its key is not here. */
function bodyIn(day: Day, seq: number): { readonly body?: Uint8Array; readonly locked?: true } {
  let locked = false
  const body = readable(() => {
    try {
      return day.body(seq)
    } catch (error) {
      locked = error instanceof Fault && keyGone(error) !== undefined
      throw error
    }
  })
  return body ? { body } : locked ? { locked } : {}
}

const pairsIn = (anew: string | null): { readonly by: string; readonly salt: Buffer }[] => {
  const pairs = anew === null ? [] : anew.split(' ')
  return pairs.flatMap((id, at) => (at % 2 === 0 ? [{ by: id, salt: Buffer.from(pairs[at + 1] ?? '', 'hex') }] : []))
}

type Span = readonly [from: number, to: number]

/** Of a file that is damaged in some place, whatever else is in it. */
function inDay(engine: Engine, name: string, [from, to]: Span, first: readonly number[]): Unmade[] {
  try {
    const day = engine.folder.day(name)
    engine.folder.keys.need(day.file.all<{ key: number }>(KEYS, from, to).map(({ key }) => key))
    const old = new Set(first)
    const { since } = engine.proving
    const indexed = new Indexed(day, [from, to], since)
    const derived = new Derived(day, [from, to], since)
    const read: { readonly one: Unmade; readonly entry: Parsed | undefined }[] = []
    for (const row of day.file.each<WholeRow>(WHOLE, from, to)) {
      const entry = row.json === '' ? undefined : entryIn(row.json)
      const one = unmadeOf(engine, day, { row, entry, version: old.has(row.seq) ? 1 : 2 })
      const body = row.coding === null ? undefined : { locked: one.locked }
      const misfiled = entry && marked(row, since)
      const looked = misfiled === undefined && entry ? derived.look({ seq: row.seq, entry, body }) : {}
      read.push({ one: { ...one, ...looked, ...(misfiled !== undefined && { misfiled }) }, entry })
    }
    const wrong = indexed.wrong(read.flatMap(({ one: { seq }, entry }) => (entry ? [{ seq, entry }] : [])))
    const held = read.map(({ one }) => {
      const misfiled = one.misfiled ?? wrong.get(one.seq)
      return misfiled === undefined ? one : { ...one, misfiled }
    })
    const [begin, ...rest] = held
    const strange = begin && begin.seq === engine.rangeOf(name).first ? indexed.ofNothing() : undefined
    return begin && strange !== undefined ? [{ ...begin, strange }, ...rest] : held
  } catch (error) {
    if (error instanceof Wanted) throw error
    const { detail: fault = '' } = faultOfStore(error, name)
    if (to - from === 1) return [{ seq: from, fault, lost: name }]
    return Array.from({ length: to - from }, (_, at) => inDay(engine, name, [from + at, from + at + 1], first)).flat()
  }
}

/** That an entry is marked as erased or written anew while nothing was done to it; up to `since` salts were given later than that. */
function marked({ seq, salt, told, anew }: Row, since: number): string | undefined {
  if (told !== null) return 'it is marked as erased, and nothing was done'
  const isWhole = salt !== null && seq > since && saltOf('body', parseSalts(salt)) !== undefined
  return anew !== null && isWhole ? 'its body is marked as written anew, and nothing was done' : undefined
}

type Parsed = Readonly<Record<string, unknown>>

interface Found {
  readonly row: WholeRow
  /** Its JSON, parsed; undefined where it was erased, or is none. */
  readonly entry: Parsed | undefined
  readonly version: Version
}

function unmadeOf({ proving }: Engine, day: Day, { row, entry, version }: Found): Unmade {
  const { seq, json, salt, told, anew } = row
  const by = told === null ? {} : { by: [told] }
  if (!entry) return { seq, ...(json !== '' && noJson(proving, row)), ...by }
  const { digest, locked } = entry['body'] === undefined ? {} : digestOf(day, row)
  const of = {
    ...{ json, body: digest, version },
    ...(salt instanceof Uint8Array && { salt: Buffer.from(salt).toString('latin1') }),
    ...(anew !== null && { redacted: pairsIn(anew) }),
  }
  // what a body says that cannot be read is not known to be false
  if (locked !== undefined) return { seq, ...by, locked, of }
  const unproven = proving.isProven(version === 1 ? null : salt, { seq, json, body: digest }) === false
  return { seq, ...by, ...(unproven && { unproven }), of }
}

/** Where the key is here, so is whether somebody else wrote it. */
function noJson(proving: Proving, { seq, json }: Row): Pick<Unmade, 'fault' | 'unproven'> {
  const isForeign = proving.isProven(null, { seq, json, body: undefined }) === false
  return { fault: 'it is no JSON', ...(isForeign && { unproven: true }) }
}

/** SHA-256 of a body, as Latin-1 text, or the key that is not here; neither where it cannot be read. */
function digestOf(day: Day, row: WholeRow): { readonly digest?: string; readonly locked?: string } {
  if (row.coding === null) return {}
  let locked: string | undefined
  const body = readable(() => {
    try {
      return day.bodyFrom(row as BodyRow, row.seq)
    } catch (error) {
      locked = error instanceof Fault ? keyGone(error) : undefined
      throw error
    }
  })
  return body ? { digest: sha256Text(body) } : locked === undefined ? {} : { locked }
}
