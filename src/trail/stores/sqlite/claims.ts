/** Lines that tell what was done to the record itself, each held against its proof and against its leaf. Writes nothing. */
import { holdsExchanges } from '../../dayfile.ts'
import { type Head, headIn, LogFiles, sealIn } from '../../seal/files.ts'
import { entryIn } from '../../seal/held.ts'
import { commitmentsOf, isFirst, parseLeaf, parseSalts, printLeaf } from '../../seal/leaf.ts'
import type { Claim } from '../../store.ts'
import type { Engine } from './engine.ts'
import type { Proving } from './proving.ts'

/** A line as its row has it. */
export interface ClaimRow extends Omit<Claim, 'note'> {
  readonly json: string
}

interface Row {
  readonly seq: number
  readonly json: string
  readonly salt: Uint8Array | null
}

const COLUMNS = 'SELECT entries.seq AS seq, json, salt FROM'
/** By what each line says of itself: the index of kinds is a row that anybody can take out. */
const OF_KIND = `${COLUMNS} entries WHERE seq > 0 AND CASE WHEN json_valid(json) THEN json_extract(json, '$.kind') END
  IN (SELECT value FROM json_each(?)) ORDER BY seq`
const PLACES = 'SELECT seq FROM entries WHERE seq > 0 ORDER BY seq'
const AT = `${COLUMNS} entries WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`
/** Elsewhere they were never written, or by an early version: found as any other line is. */
const ELSEWHERE = `${COLUMNS} gaps JOIN entries USING (seq) WHERE seq > 0 AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq`

/** Those of these kinds, oldest first, and those in whose place the log has one of them. @throws Wanted, trail.* */
export function claimsIn(engine: Engine, kinds: readonly string[]): ClaimRow[] {
  const log = logIn(engine.folder.path)
  const wanted = JSON.stringify(kinds)
  const found: ClaimRow[] = []
  for (const name of engine.folder.names())
    engine.passOver(() => {
      const { file } = engine.folder.day(name)
      const rows = file.all<Row>(holdsExchanges(name) ? ELSEWHERE : OF_KIND, wanted)
      if (!holdsExchanges(name)) {
        const told = new Set(rows.map(({ seq }) => seq))
        const places = file.all<{ seq: number }>(PLACES).map(({ seq }) => seq)
        const others = places.filter((seq) => !told.has(seq) && kinds.includes(parseLeaf(log(seq) ?? '')?.kind ?? ''))
        if (others.length > 0) rows.push(...file.all<Row>(AT, JSON.stringify(others)))
      }
      for (const row of rows) found.push(claimOf(engine.proving, row, log(row.seq)))
    })
  return found.sort((one, other) => one.seq - other.seq)
}

/** The leaf in a place; undefined where there is none yet. A log that cannot be read says nothing: then a proof counts alone. */
function logIn(path: string): (seq: number) => string | undefined {
  const folder = sealIn(path)
  const head = unlessDamaged<Head>(() => headIn(folder))
  const files = head && new LogFiles(folder, head.size)
  return (seq) => (!files || seq > files.size ? undefined : unlessDamaged<string>(() => files.leaf(seq - 1).toString()))
}

function unlessDamaged<Found>(read: () => Found | undefined): Found | undefined {
  try {
    return read()
  } catch {
    return undefined // `verify` tells what is wrong with the log
  }
}

function claimOf(proving: Proving, { seq, json, salt }: Row, text: string | undefined): ClaimRow {
  const first = text !== undefined && isFirst(text)
  const isProven = proving.isProven(first ? null : salt, { seq, json, body: undefined })
  const { kind, exchange } = parseLeaf(text ?? '') ?? {}
  const sealed = kind !== undefined && { sealed: { kind, ...(exchange !== undefined && { exchange }) } }
  if (isProven === false || kind === 'unproven') return { seq, json, mark: 'unproven', ...sealed }
  if (text !== undefined && !makes(text, seq, json, salt)) return { seq, json, mark: 'changed', ...sealed }
  return isProven === undefined && proving.state === 'locked' ? { seq, json, mark: 'unknown' } : { seq, json }
}

/** Whether an entry without a body makes this leaf. */
function makes(text: string, seq: number, json: string, salt: Uint8Array | null): boolean {
  const entry = entryIn(json)
  const salts = salt instanceof Uint8Array ? parseSalts(salt) : {}
  const version = isFirst(text) ? 1 : 2
  try {
    return (
      entry !== undefined && printLeaf(seq, entry, commitmentsOf(entry, salts, undefined, version), version) === text
    )
  } catch {
    return false // of such JSON no leaf can be made
  }
}
