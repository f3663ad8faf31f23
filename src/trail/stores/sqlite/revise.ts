/** Takes exchanges out of day files for good, and writes bodies anew: with words, terms and bytes on disk. Decides nothing. */
import type { Finding } from '#exchange'
import { markedBy } from '../../facets.ts'
import { point } from '../../points.ts'
import { sha256 } from '../../seal/hashes.ts'
import type { Proofs } from '../../seal/proofs.ts'
import type { Revised, Revision } from '../../store.ts'
import type { Tokens } from '../../tokens.ts'
import { isStale } from '../stale.ts'
import { readable } from './bodies.ts'
import type { Day } from './day.ts'
import type { Engine } from './engine.ts'
import { TERM_KEYS } from './schema.ts'
import { scrub, scrubLeft, willScrub } from './scrubbing.ts'
import { unword, type Worded } from './unword.ts'

interface Exchange {
  readonly seq: number
  readonly closing: number | null
  readonly session: number | null
}

const HAS_ID = `SELECT 1 FROM entries
  WHERE seq = ? AND CASE WHEN json_valid(json) THEN json_extract(json, '$.exchange') = ? ELSE 0 END`

type NewBody = Revision['bodies'][number]

/** What is to be done in one file. */
interface Part {
  readonly day: Day
  readonly erased: (Exchange & { readonly exchange: string })[]
  readonly bodies: (NewBody & { readonly of: Exchange; readonly seq: number })[]
  readonly notes: Revision['notes'][number][]
}

/**
 * Each file in one durable transaction, overwritten on disk before it returns. May be done again: what is done already is
 * passed over, and what was not written anew is. A body that is not the one that its new one was made from is not counted. @throws Wanted
 */
export function revise(engine: Engine, revision: Revision, tokens: Tokens): Revised {
  const proofs = engine.proving.proofs()
  const parts = partsOf(engine, revision)
  let [entries, bodies] = [0, 0]
  for (const part of parts) {
    part.day.file.overwrite()
    willScrub(engine.folder, part.day)
    engine.settle(part.day, revision.erased)
    engine.indexed(part.day)
    const done = part.day.transaction(() => {
      const changed = reviseIn(part, revision, { tokens, proofs })
      point('revise.written')
      return changed
    })
    point('revise.durable')
    scrub(engine.folder, part.day)
    point('revise.scrubbed')
    entries += done.entries
    bodies += done.bodies
  }
  while (scrubLeft(engine.folder));
  for (const day of engine.folder.opened()) day.terms.forget()
  engine.unsealed.forget()
  tokens.forget()
  return { entries, bodies }
}

function partsOf(engine: Engine, { erased, bodies, notes }: Revision): Part[] {
  const parts = new Map<string, Part>()
  const partFor = (name: string): Part => {
    const known = parts.get(name) ?? { day: engine.folder.day(name), erased: [], bodies: [], notes: [] }
    parts.set(name, known)
    return known
  }
  for (const exchange of erased) {
    const name = engine.homeOf(exchange)
    const found = name && find(engine.folder.day(name), exchange)
    if (name && found) partFor(name).erased.push({ ...found, exchange })
  }
  for (const body of bodies) {
    const name = engine.homeOf(body.exchange)
    const of = name && find(engine.folder.day(name), body.exchange)
    const seq = of && (body.part === 'prompt' ? of.seq : of.closing)
    if (name && of && seq) partFor(name).bodies.push({ ...body, of, seq })
  }
  for (const note of notes) if (engine.folder.names().includes(note.file)) partFor(note.file).notes.push(note)
  return [...parts.values()]
}

const find = (day: Day, exchange: string): Exchange | undefined =>
  day.file.get<Exchange>('SELECT seq, closing, session FROM exchanges WHERE exchange = ?', exchange)

interface Means {
  readonly tokens: Tokens
  readonly proofs: Proofs
}

function reviseIn(part: Part, { by, taken }: Revision, { tokens, proofs }: Means): Revised {
  const { day, erased, notes } = part
  const bodies = part.bodies.filter((one) => !isStale(one.from && readable(() => day.bodies.read(one.seq)), one))
  const worded: Worded[] = []
  const changes = new Map<number, Uint8Array | undefined>()
  let entries = 0
  for (const one of erased) {
    entries += erase(day, one, by)
    changes.set(one.seq, undefined)
    if (one.closing !== null) changes.set(one.closing, undefined)
    worded.push({ id: 2 * one.seq, erased: true }, { id: 2 * one.seq + 1, erased: true })
  }
  for (const { seq, exchange } of notes) if (isIt(day, seq, exchange)) entries += blank(day, seq, '', by)
  for (const { seq, of, part: side, bytes, findings, salt, withEdits } of bodies) {
    changes.set(seq, bytes)
    worded.push({ id: 2 * of.seq + (side === 'reply' ? 1 : 0), erased: false })
    const body = sha256(bytes)
    const proven = (salts: Uint8Array, json: string) => proofs.left(salts, { seq, json, body })
    redact(day, { seq, of: of.seq, by, salt, findings }, proven)
    if (findings.length === 0) day.originals.remove(seq)
    if (of.closing !== null && (side === 'reply' || withEdits)) day.edits.remove(of.closing)
  }
  const sessions = new Set([...erased, ...bodies.map(({ of }) => of)].map(({ session }) => session))
  for (const session of sessions) day.bodies.rewrite(session, changes)
  for (const one of erased) forget(day, one)
  unword(day.file, tokens, worded, taken)
  day.edits.condense()
  forgetTerms(day)
  return { entries, bodies: bodies.length }
}

/** All entries of one exchange lose what they say; how many. */
function erase(day: Day, { seq, closing, exchange }: Part['erased'][number], by: string): number {
  const told = day.file.all<{ seq: number }>('SELECT seq FROM outcomes WHERE of = ?', seq)
  const seqs = [seq, ...(closing === null ? [] : [closing]), ...told.map((row) => row.seq)]
  return seqs.reduce((sum, each) => sum + blank(day, each, exchange, by), 0)
}

/** Whether the entry of a place is the one that is meant: a record that was put back gives seqs anew. */
function isIt(day: Day, seq: number, exchange: string | undefined): boolean {
  return exchange === undefined || day.file.get(HAS_ID, seq, exchange) !== undefined
}

/** What it says goes, and the file tells what took it; of what is not there, or is gone, nothing. How many. */
function blank(day: Day, seq: number, exchange: string, by: string): number {
  const { changes } = day.file.run("UPDATE entries SET json = '', salt = NULL WHERE seq = ? AND json <> ''", seq)
  day.file.run('DELETE FROM gaps WHERE seq = ?', seq)
  if (changes > 0) day.file.run('INSERT OR IGNORE INTO erased VALUES (?, ?, ?)', seq, exchange, by)
  return changes
}

/** Once its bodies are gone: what it could be found by. */
function forget(day: Day, { seq, closing }: Exchange): void {
  if (closing !== null) day.edits.remove(closing)
  for (const each of closing === null ? [seq] : [seq, closing]) day.originals.remove(each)
  day.file.run('DELETE FROM outcomes WHERE of = ?', seq)
  day.file.run('DELETE FROM rules WHERE seq = ?', seq)
  day.file.run('DELETE FROM exchanges WHERE seq = ?', seq)
}

interface Redaction {
  readonly seq: number
  readonly of: number
  readonly by: string
  readonly salt: Uint8Array
  readonly findings: readonly Finding[]
}

function redact(day: Day, { seq, of, by, salt, findings }: Redaction, proven: Parameters<Day['unsalt']>[2]): void {
  const told = day.file.run(
    'INSERT OR IGNORE INTO redacted VALUES (?, ?, ?, ?)',
    seq,
    by,
    salt,
    JSON.stringify(findings),
  )
  if (told.changes === 0) return
  day.unsalt(seq, 'body', proven)
  if (findings.length === 0) return
  day.file.run('UPDATE exchanges SET findings = findings + ? WHERE seq = ?', findings.length, of)
  day.terms.mark(markedBy(findings), of)
}

/** Values that nothing has any more. A session's is a keyed digest, and its key is found by it. */
function forgetTerms(day: Day): void {
  const used = TERM_KEYS.map((key) => `AND id NOT IN (SELECT "${key}" FROM exchanges WHERE "${key}" IS NOT NULL)`)
  day.file.run(`DELETE FROM terms WHERE key <> 'session' AND id NOT IN (SELECT term FROM rules) ${used.join(' ')}`)
  day.terms.forget()
}
