/** A store in memory, for tests and for looking at. Keeps nothing once the process ends. */

import { type Edits, type Entry, Fault, type KeptEdits, type Note, type Opening } from '#exchange'
import { ambiguous } from '../ambiguous.ts'
import { isBefore } from '../cursor.ts'
import { noteFile } from '../dayfile.ts'
import { dayOfExchange } from '../days.ts'
import { isNote, isOpening, isOutcome, parseEntry, printEntry } from '../entries.ts'
import { endingFacets, openingFacets } from '../facets.ts'
import { digestsOf, Prints, spellPrints } from '../prints.ts'
import type { Query } from '../query.ts'
import type { Revised, Revision } from '../revision.ts'
import type { SealState } from '../seal/sealer.ts'
import type {
  Batch,
  Claim,
  Committed,
  Copied,
  DayFile,
  Followed,
  KeptOriginals,
  NoteOf,
  Origin,
  Page,
  Recorded,
  SessionTotals,
  Store,
  StoredDocument,
  StoreOptions,
  Unfinished,
  Waiting,
} from '../store.ts'
import { wordsOf } from '../words.ts'
import { filesOf } from './memory-files.ts'
import { doubled, fileOf, isOpen, type Line, listed, recorded, stored } from './memory-line.ts'
import { revised } from './memory-revising.ts'
import { after, matching, ofSession, paged, totalsOf } from './memory-search.ts'
import { packUnits } from './sqlite/units.ts'

/** Opens an empty one. */
export const openMemory = async ({ lineKey }: Pick<StoreOptions, 'lineKey'>): Promise<Store> => new MemoryStore(lineKey)

class MemoryStore implements Store {
  readonly #prints: Prints
  #seq = 0
  readonly #lines = new Map<string, Line>()
  readonly #notes: { seq: number; note: Note }[] = []
  /** All entries, in the order of their seq, which is that of the list. */
  readonly #entries: Followed[] = []
  readonly #documents = new Map<string, Map<string, string>>()

  constructor(lineKey: Uint8Array) {
    this.#prints = new Prints(lineKey)
  }

  async commit({ entries, pieces }: Batch): Promise<Committed> {
    const outcomes = entries.map((entry) => this.#followed(entry, this.#write(entry)))
    for (const { exchange, bytes } of pieces) this.#lines.get(exchange)?.flight.push(Uint8Array.from(bytes))
    return { outcomes }
  }

  #followed(entry: Entry, seq: number | Fault): number | Fault {
    if (typeof seq !== 'number') return seq
    const line = this.#lines.get(entry.exchange)
    if (line?.ending?.kind === entry.kind) line.closing = seq
    const opening = line && !isOpening(entry) && { seq: line.seq, opening: listed(line.opening) }
    this.#entries.push({ seq, entry: parseEntry<Entry>(printEntry(entry), undefined), ...(opening && { opening }) })
    return seq
  }

  #write(entry: Entry): number | Fault {
    if (isNote(entry)) {
      if (entry.kind === 'vanished') this.#seq = Math.max(this.#seq, entry.to)
      this.#notes.push({ seq: ++this.#seq, note: structuredClone(entry) })
      return this.#seq
    }
    const line = this.#lines.get(entry.exchange)
    if (isOpening(entry)) return line ? doubled(entry) : this.#open(entry)
    if (isOutcome(entry)) {
      if (!line) return doubled(entry)
      line.outcomes.push(structuredClone(entry))
      return ++this.#seq
    }
    if (!line || line.ending || line.opening.kind === 'refused') return doubled(entry)
    line.ending = stored(entry)
    if (entry.body?.original) line.reply = Uint8Array.from(entry.body.original)
    line.endingFacets = endingFacets(entry)
    if (entry.edits) {
      line.edits = this.#kept(entry.edits)
      const digests = digestsOf(packUnits(entry.edits), this.#prints.pack(entry.edits.forms))
      line.ending = { ...line.ending, ...digests }
    }
    line.words.push(wordsOf(entry.text ?? ''))
    line.flight = []
    return ++this.#seq
  }

  #open(opening: Opening): number {
    const seq = ++this.#seq
    const words = [wordsOf(opening.text ?? '')]
    const line = {
      seq,
      day: dayOfExchange(opening.exchange),
      opening: stored(opening),
      words,
      flight: [],
      outcomes: [],
      redactions: [],
    }
    const prompt = opening.body?.original && Uint8Array.from(opening.body.original)
    this.#lines.set(opening.exchange, { ...line, facets: openingFacets(opening), ...(prompt && { prompt }) })
    return seq
  }

  async waiting(): Promise<Waiting> {
    return { lines: [], count: 0, strange: 0, isHere: true }
  }

  async unwait(): Promise<void> {
    // nothing waits: its key is always here
  }

  async unfinished(): Promise<Unfinished[]> {
    const open = [...this.#lines.values()].filter(({ ending, opening }) => !ending && opening.kind === 'asked')
    return open.map(({ opening, flight }) => ({ opening: listed(opening), bytes: Buffer.concat(flight) }))
  }

  #only(prefix: string): Line | undefined {
    const found = [...this.#lines.values()].filter(({ opening }) => opening.exchange.startsWith(prefix))
    if (found.length > 1) throw ambiguous(found.map(({ opening }) => opening.exchange))
    return found[0]
  }

  async originals(prefix: string): Promise<KeptOriginals | undefined> {
    const line = this.#only(prefix)
    if (!line) return undefined
    const { opening, prompt, reply } = line
    return { exchange: opening.exchange, ...(prompt && { prompt }), ...(reply && { reply }) }
  }

  async exchange(prefix: string): Promise<Recorded | undefined> {
    const line = this.#only(prefix)
    if (!line) return undefined
    const { opening, ending, edits } = line
    return structuredClone({ ...recorded(line), opening, ...(ending && { ending }), ...(edits && { edits }) })
  }

  async find(query: Query, page: Page): Promise<{ rows: Recorded[]; next?: string }> {
    const { file } = page
    const lines = matching(this.#lines.values(), query, page.before).filter(
      (line) => file === undefined || fileOf(line) === file,
    )
    return paged(lines, page.limit, recorded)
  }

  async sessions(query: Query, page: Page): Promise<{ rows: SessionTotals[]; next?: string }> {
    const newest = new Map<string, Line>()
    for (const line of matching(this.#lines.values(), query, undefined)) {
      const { session } = line.opening
      if (session !== undefined && !newest.has(session)) newest.set(session, line)
    }
    const lines = [...newest.values()].filter(after(page.before))
    return paged(lines, page.limit, ({ opening: { session = '' } }) =>
      totalsOf(session, ofSession(this.#lines.values(), session)),
    )
  }

  async session(id: string): Promise<Recorded[]> {
    return ofSession(this.#lines.values(), id).map(recorded)
  }

  async goOn(seq: number): Promise<void> {
    this.#seq = seq
  }

  async highest(): Promise<number> {
    return this.#seq
  }

  async following(after: number, limit: number): Promise<Followed[]> {
    return structuredClone(this.#entries.filter(({ seq }) => seq > after).slice(0, limit))
  }

  #kept({ forms, ...edits }: Edits): KeptEdits {
    return { ...structuredClone(edits), prints: spellPrints(this.#prints.pack(forms)) }
  }

  async lines(prints: readonly string[], most: number): Promise<Origin[]> {
    const sought = new Set(prints)
    const found = [...this.#lines.values()].flatMap(({ day, closing = 0, opening: { exchange }, edits }) => {
      const own = [...new Set(edits?.prints)].filter((print) => sought.has(print))
      return own.length > 0 ? [{ day, seq: closing, exchange, prints: own }] : []
    })
    const newest = found.sort((a, b) => (isBefore(a, b) ? 1 : -1)).slice(0, most)
    return newest.map(({ exchange, seq, prints: own }) => ({ exchange, seq, prints: own }))
  }

  async notes<Kind extends Note['kind']>(kind: Kind, newest?: number): Promise<NoteOf<Kind>[]> {
    const found = this.#notes.filter((each): each is NoteOf<Kind> => each.note.kind === kind)
    return structuredClone(newest === undefined ? found : found.slice(Math.max(0, found.length - newest)))
  }

  /** Nobody else writes here. */
  async claims(kinds: readonly Note['kind'][]): Promise<Claim[]> {
    return structuredClone(this.#notes.filter(({ note }) => kinds.includes(note.kind)))
  }

  async putDocument(kind: string, id: string, json: string): Promise<void> {
    const documents = this.#documents.get(kind) ?? new Map<string, string>()
    this.#documents.set(kind, documents.set(id, json))
  }

  async getDocument(kind: string, id: string): Promise<string | undefined> {
    return this.#documents.get(kind)?.get(id)
  }

  async listDocuments(kind: string): Promise<StoredDocument[]> {
    const found = [...(this.#documents.get(kind) ?? [])].map(([id, json]) => ({ id, json }))
    return found.sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)))
  }

  async deleteDocument(kind: string, id: string): Promise<boolean> {
    return this.#documents.get(kind)?.delete(id) ?? false
  }

  async forgedDocuments(): Promise<readonly []> {
    return [] // nobody else writes here
  }

  async files(): Promise<DayFile[]> {
    return filesOf(this.#lines.values(), this.#notes)
  }

  async remove(names: readonly string[]): Promise<number> {
    const gone = [...this.#lines.values()].filter((line) => names.includes(fileOf(line)))
    if (gone.some(isOpen)) throw new Fault('gateway.internal', 'a day with an open exchange is not removed')
    for (const line of gone) this.#lines.delete(line.opening.exchange)
    const left = this.#notes.filter(({ note }) => !names.includes(noteFile(note)))
    this.#notes.splice(0, this.#notes.length, ...left)
    const kept = (exchange: string) => this.#lines.has(exchange) || left.some(({ note }) => note.exchange === exchange)
    const entries = this.#entries.filter(({ entry }) => !entry || kept(entry.exchange))
    this.#entries.splice(0, this.#entries.length, ...entries)
    return 0
  }

  readonly #erased = new Map<string, string>()

  async revise(revision: Revision): Promise<Revised> {
    const record = { lines: this.#lines, entries: this.#entries, notes: this.#notes, erased: this.#erased }
    return revised(record, revision)
  }

  scrub = (): Promise<void> => Promise.resolve()

  async erasedBy(prefix: string): Promise<string | undefined> {
    return [...this.#erased].find(([exchange]) => exchange.startsWith(prefix))?.[1]
  }

  async takenBy(by: string) {
    return { ids: [...this.#erased].flatMap(([exchange, told]) => (told === by ? exchange : [])), notes: [] }
  }

  /** Nothing here is under a key. */
  rekey = async () => 0
  unopened = async () => []
  shred = async () => 0

  async rewrap() {
    return { rewrapped: 0, lost: 0 }
  }

  async copy(): Promise<readonly Copied[]> {
    throw new Fault('trail.unavailable', 'a record in memory has no files')
  }

  async wrappers() {
    return []
  }

  async state() {
    return undefined
  }

  async marks() {
    return []
  }

  async seqs() {
    return []
  }

  async begunIn(file: string) {
    return (await this.files()).find(({ name }) => name === file)?.exchanges ?? 0
  }

  async seqsIn() {
    return []
  }

  async disclose() {
    return []
  }

  async held() {
    return []
  }

  async sealed(): Promise<SealState> {
    return { kind: 'off', why: 'a record in memory is not sealed', size: 0 }
  }

  async close(): Promise<void> {
    this.#lines.clear()
  }
}
