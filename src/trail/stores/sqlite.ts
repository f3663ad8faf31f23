/** The default store, seen from the data path: hands batches to a worker thread. Runs no SQL, touches no file. */
import { setImmediate } from 'node:timers/promises'
import { Fault, type Note } from '#exchange'
import { isNote, isOpening, readEntry } from '../entries.ts'
import type { Query } from '../query.ts'
import type { Revised, Revision, Soon } from '../revision.ts'
import { type Held, heldOf, type Unmade } from '../seal/held.ts'
import type { SealState } from '../seal/sealer.ts'
import type {
  Batch,
  Claim,
  Committed,
  Copying,
  Mark,
  NoteOf,
  Origin,
  Page,
  Recorded,
  RecordState,
  Store,
  StoreOptions,
  Unopened,
} from '../store.ts'
import type { LostKey, Wrapping } from '../wrapping.ts'
import type { Begin } from './sqlite/keys.ts'
import { Link } from './sqlite/link.ts'
import { packBatch } from './sqlite/parcel.ts'
import { partsOf } from './sqlite/parts.ts'
import type { LineOutcome, Parcel } from './sqlite/protocol.ts'
import { faultFrom, followed, recorded } from './sqlite/rows.ts'

/**
 * Opens the store in a folder, which is made (0700) where it is not there; one process at a time.
 * @throws trail.locked, trail.newer, trail.key, trail.unavailable, trail.broken
 */
export async function openSqlite(options: StoreOptions): Promise<Store> {
  const { wrapping, lostKey, signer, asItIs = false, begun, sealedOutside, ofBefore } = options
  const [last, known = []] = [await signer?.last?.(), await signer?.known?.()]
  const sealing = signer && { vkey: signer.vkey, known, ...(last !== undefined && { last }) }
  const link = new Link(options)
  try {
    await link.call('open', [beginOf(wrapping, lostKey), { sealing, looking: asItIs, begun, sealedOutside, ofBefore }])
  } catch (error) {
    await link.end()
    throw error
  }
  return new SqliteStore(link, wrapping)
}

/** So many leaves are made before others have their turn: about a millisecond. */
const LEAVES_A_TURN = 64
/** The same of entries that the thread holds against their leaves. */
const MARKS_A_TURN = 128

const beginOf = ({ name, known, missing }: Wrapping, lost: LostKey = 'refuse'): Begin => ({
  ...{ name, known, lost },
  ...(missing !== undefined && { missing }),
})

class SqliteStore implements Store {
  readonly #link: Link
  readonly #wrapping: Wrapping

  constructor(link: Link, wrapping: Wrapping) {
    this.#link = link
    this.#wrapping = wrapping
  }

  async commit(batch: Batch): Promise<Committed> {
    const { outcomes, piecesFault } = await this.#send(packBatch(batch))
    const wanted = batch.entries.filter((_, at) => outcomes[at] === 'whole')
    const more = wanted.length > 0 ? await this.#send(packBatch({ entries: wanted, pieces: [] }, true)) : undefined
    const rest = more?.outcomes.values()
    const final = outcomes.map((outcome) => (outcome === 'whole' ? rest?.next().value : outcome))
    return {
      outcomes: final.map((outcome) => (typeof outcome === 'number' ? outcome : faultOfLine(outcome))),
      ...(piecesFault && { piecesFault: faultFrom(piecesFault) }),
    }
  }

  #send(parcel: Parcel) {
    return this.#link.call('commit', [parcel], [parcel.bytes.buffer])
  }

  async unfinished() {
    const rows = await this.#link.call('unfinished', [])
    return rows.flatMap(({ opening: json, ...rest }) => {
      const opening = readEntry(json)
      return opening && isOpening(opening) ? [{ opening, ...rest }] : []
    })
  }

  async exchange(prefix: string): Promise<Recorded | undefined> {
    const row = await this.#link.call('exchange', [prefix])
    return row && recorded(row)
  }

  originals(prefix: string) {
    return this.#link.call('originals', [prefix])
  }

  async find(query: Query, page: Page) {
    const { rows, next } = await this.#link.call('find', [query, page])
    return { rows: rows.map(recorded), ...(next !== undefined && { next }) }
  }

  async sessions(query: Query, page: Page) {
    const { rows, next } = await this.#link.call('sessions', [query, page])
    const totals = rows.map(({ newest, ...figures }) => ({ ...figures, newest: recorded(newest) }))
    return { rows: totals, ...(next !== undefined && { next }) }
  }

  async session(id: string): Promise<Recorded[]> {
    return (await this.#link.call('session', [id])).map(recorded)
  }

  goOn(seq: number): Promise<void> {
    return this.#link.call('goOn', [seq])
  }

  highest(): Promise<number> {
    return this.#link.call('highest', [])
  }

  async following(after: number, limit: number) {
    return (await this.#link.call('following', [after, limit])).map(followed)
  }

  async notes<Kind extends Note['kind']>(kind: Kind, newest?: number): Promise<NoteOf<Kind>[]> {
    const rows = await this.#link.call('notes', [kind, newest])
    return rows.flatMap(({ seq, json }) => {
      const note = readEntry(json)
      return note?.kind === kind ? [{ seq, note: note as NoteOf<Kind>['note'] }] : []
    })
  }

  async claims(kinds: readonly Note['kind'][]): Promise<Claim[]> {
    return (await this.#link.call('claims', [kinds])).map(({ json, ...claim }) => {
      const note = readEntry(json)
      return note && isNote(note) ? { ...claim, note } : claim
    })
  }

  /** A day file at a time, so that commits go on between them. */
  async lines(prints: readonly string[], most: number): Promise<Origin[]> {
    const found: Origin[] = []
    for (const name of await this.#link.call('lineFiles', []))
      for (const one of await this.#link.call('lines', [name, prints, most])) found.push(one)
    return found
  }

  putDocument(kind: string, id: string, json: string): Promise<void> {
    return this.#link.call('putDocument', [kind, id, json])
  }

  getDocument(kind: string, id: string): Promise<string | undefined> {
    return this.#link.call('getDocument', [kind, id])
  }

  listDocuments(kind: string) {
    return this.#link.call('listDocuments', [kind])
  }

  deleteDocument(kind: string, id: string): Promise<boolean> {
    return this.#link.call('deleteDocument', [kind, id])
  }

  forgedDocuments() {
    return this.#link.call('forgedDocuments', [])
  }

  waiting(after: string, most: number) {
    return this.#link.call('waiting', [after, most])
  }

  unwait(ids: readonly string[], strange: boolean): Promise<void> {
    return this.#link.call('unwait', [ids, strange])
  }

  /** A day file at a time; then those are scrubbed, with what an earlier one left. Commits go on in between. */
  async revise(revision: Revision): Promise<Revised> {
    const total = { entries: 0, bodies: 0 }
    for (const part of await partsOf(revision, (ids) => this.#link.call('homes', [ids]))) {
      const { entries, bodies } = await this.#link.call('revise', [part.file, part.revision])
      total.entries += entries
      total.bodies += bodies
    }
    if (!revision.more) await this.scrub()
    return total
  }

  scrub(soon?: Soon): Promise<void> {
    return this.#link.call('scrub', [soon])
  }

  erasedBy(prefix: string): Promise<string | undefined> {
    return this.#link.call('erasedBy', [prefix])
  }

  takenBy(by: string, took?: readonly number[]) {
    return this.#link.call('takenBy', [by, took])
  }

  files() {
    return this.#link.call('files', [])
  }

  remove(names: readonly string[]): Promise<number> {
    return this.#link.call('remove', [names])
  }

  async rekey(session: string | undefined) {
    let rows = 0
    for (const name of await this.#link.call('lineFiles', [])) rows += await this.#link.call('rekey', [name, session])
    return rows
  }

  async unopened(session: string | undefined, days?: readonly string[]) {
    const found: Unopened[] = []
    const names = await this.#link.call('lineFiles', [])
    for (const name of names.filter((name) => !days || days.some((day) => name.startsWith(`${day}.`))))
      found.push(...(await this.#link.call('unopened', [name, session])))
    return found
  }

  shred(file: string) {
    return this.#link.call('shred', [file])
  }

  rewrap(lost: LostKey) {
    return this.#link.call('rewrap', [beginOf(this.#wrapping, lost)])
  }

  wrappers = () => this.#link.call('wrappers', [])

  copy(copying: Copying) {
    return this.#link.call('copy', [copying])
  }

  state(): Promise<RecordState> {
    return this.#link.call('state', [])
  }

  /** Some at a time, so that commits go on between them. */
  async marks(seqs: readonly number[], bodies: boolean) {
    const marks: Mark[] = []
    for (let at = 0; at < seqs.length; at += MARKS_A_TURN)
      marks.push(...(await this.#link.call('marks', [seqs.slice(at, at + MARKS_A_TURN), bodies])))
    return marks
  }

  seqs(exchange: string) {
    return this.#link.call('seqs', [exchange])
  }

  seqsIn(file: string) {
    return this.#link.call('seqsIn', [file])
  }

  /** Some rows at a time, so that commits go on between them. */
  async begunIn(file: string): Promise<number> {
    let total = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { count, last }: { count: number; last: number | undefined } = await this.#link.call('begunIn', [
        file,
        after,
      ])
      total += count
      after = last
    }
    return total
  }

  disclose(seqs: readonly number[], bodies: boolean) {
    return this.#link.call('disclose', [seqs, bodies])
  }

  async held(from: number, count: number, first: readonly number[]) {
    return madeByTurns(await this.#link.call('held', [from, count, first]))
  }

  sealed(): Promise<SealState> {
    return this.#link.call('sealed', [])
  }

  async close(): Promise<void> {
    try {
      await this.#link.call('close', [])
    } finally {
      await this.#link.end()
    }
  }
}

/** The leaves of what the thread read: while these are made here, it reads on. Others have a turn between. */
async function madeByTurns(unmade: readonly Unmade[]): Promise<readonly Held[]> {
  const held: Held[] = []
  for (const one of unmade) {
    held.push(heldOf(one))
    if (held.length % LEAVES_A_TURN === 0) await setImmediate()
  }
  return held
}

/** A line that was sent whole and is still asked for cannot be. */
const faultOfLine = (outcome: LineOutcome | undefined): Fault =>
  typeof outcome === 'object'
    ? faultFrom(outcome)
    : new Fault('gateway.internal', 'the store did not take a whole body')
