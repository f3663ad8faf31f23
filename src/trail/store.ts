/** The port between the trail and whatever keeps it: batches in, records out, all asynchronous. Types only. */
import type { Ending, Entry, Fault, KeptEdits, Note, Opening, Outcome } from '#exchange'
import type { Query } from './query.ts'
import type { Redaction, Revised, Revision, Soon } from './revision.ts'
import type { Held } from './seal/held.ts'
import type { Disclosure } from './seal/prove.ts'
import type { SealState } from './seal/sealer.ts'
import type { Signer } from './seal/signer.ts'
import type { LostKey, Wrapping } from './wrapping.ts'

/** Reply bytes of one open exchange, in the order in which they left. */
export interface Piece {
  readonly exchange: string
  readonly bytes: Uint8Array
}

/** What is to be made durable together. `pieces` belong to exchanges that are open once `entries` are written. */
export interface Batch {
  readonly entries: readonly Entry[]
  readonly pieces: readonly Piece[]
}

/**
 * What became of a batch. Each entry is durable with the seq given here, or not written at all. A fault
 * `trail.broken` says that the store must not be written again; any other may pass.
 */
export interface Committed {
  readonly outcomes: readonly (number | Fault)[]
  /** Why the pieces, all of them, are not durable. */
  readonly piecesFault?: Fault
}

/** An exchange as it is recorded. In lists the bodies are left out; `text` is never stored. */
export interface Recorded {
  readonly seq: number
  readonly opening: Opening
  readonly ending?: Ending
  /** The seq of its ending. */
  readonly closing?: number
  /** Why a body that was kept cannot be read: `trail.body` or `trail.key`. */
  readonly unreadable?: { readonly opening?: Fault; readonly ending?: Fault }
  /** What became of its suggestions, in the order in which it was told. */
  readonly outcomes?: readonly Outcome[]
  readonly redactions?: readonly Redaction[]
  /** What its reply brought; not in lists. */
  readonly edits?: KeptEdits
  /** What is wrong with the rows that it was found by, where that was asked for: it is not what they have it for. */
  readonly misfiled?: string
  /** Seqs of its entries that are none by their form: somebody else wrote there. Nothing of them is here; in the place of such an opening stands an empty one. */
  readonly forged?: readonly number[]
}

/** An entry in the order of its seq, without body. `entry` is absent where it was erased, or is none by its form (`forged`). */
export interface Followed {
  readonly seq: number
  readonly entry?: Entry
  readonly forged?: true
  /** Of an ending or outcome: the opening of its exchange. */
  readonly opening?: { readonly seq: number; readonly opening: Opening }
}

/** An exchange that was asked and never ended, with the bytes of its reply that were journalled. */
export interface Unfinished {
  readonly opening: Opening
  readonly bytes: Uint8Array
  /** Stretches of it that cannot be read any more. */
  readonly lost?: number
}

/** An entry that is not what was sealed in its place, or that nobody wrote who had the record's key. */
export interface Mark {
  readonly seq: number
  readonly mark: 'changed' | 'unproven'
}

/** A line that tells what was done to the record itself, held against its proof and against its leaf. */
export interface Claim {
  readonly seq: number
  /** Absent where it is none by its form. */
  readonly note?: Note
  /**
   * `unproven`: nobody wrote it who had the record's key. `changed`: it is not what was sealed in its place. `unknown`: the key is
   * not here, so nobody can tell. Absent where it is what it says.
   */
  readonly mark?: Mark['mark'] | 'unknown'
  /** What the log has in its place, as it says itself, of one that is not that. */
  readonly sealed?: { readonly kind: string; readonly exchange?: string }
}

/** What was received in an exchange before it was masked, sealed to a key that is not here. */
export interface KeptOriginals {
  readonly exchange: string
  readonly prompt?: Uint8Array
  readonly reply?: Uint8Array
}

/** A body of an exchange, or what was derived of it or sealed beside it, that cannot be opened. */
export interface Unopened {
  readonly exchange: string
  /** The name of its day file. */
  readonly file: string
  readonly part: 'body' | 'edits' | 'original'
  /** `locked`: the wrapping key is not here, by its name. `destroyed`: its own key is no more. `damaged`: it was changed. */
  readonly why: 'locked' | 'destroyed' | 'damaged'
  readonly key?: string
}

/** A wrapping key by its name, and how many keys of sessions it wraps. */
export interface Wrapper {
  readonly name: string
  readonly current: boolean
  readonly keys: number
}

/** Keys that were wrapped anew, and those that cannot be: the key that wrapped them is not here. */
export interface Rewrapped {
  readonly rewrapped: number
  readonly lost: number
}

/** An entry of one kind that belongs to no exchange, with its seq. */
export interface NoteOf<Kind extends Note['kind']> {
  readonly seq: number
  readonly note: Extract<Note, { readonly kind: Kind }>
}

/** An exchange whose reply brought lines that were sought. */
export interface Origin {
  readonly exchange: string
  /** The seq of its ending. */
  readonly seq: number
  /** Which of them, each once. */
  readonly prints: readonly string[]
}

/** Where in a list to go on, and how many rows to return. `before` is the `next` of the page that went before. */
export interface Page {
  readonly limit: number
  readonly before?: string
  /** Only of this day file. */
  readonly file?: string
  /** Whether each row is held against what it is found by (`misfiled`). */
  readonly checked?: boolean
}

/** What is kept of one UTC day for the same time. */
export interface DayFile {
  readonly name: string
  /** `2026-11-24`. */
  readonly day: string
  /** As its entries say; undefined for what is kept for ever. */
  readonly retain?: string
  readonly entries: number
  readonly exchanges: number
  /** Exchanges without an ending. */
  readonly open: number
  readonly bytes: number
}

/** One session as a list shows it; figures are over all of its exchanges. */
export interface SessionTotals {
  readonly session: string
  readonly exchanges: number
  /** Milliseconds since the epoch of its first and its last opening. */
  readonly first: number
  readonly last: number
  readonly findings: number
  /** Tokens, as the providers reported them. */
  readonly input: number
  readonly output: number
  /** Its newest exchange. */
  readonly newest: Recorded
}

/** Small records beside the entries. `json` is JSON text. */
export interface StoredDocument {
  readonly id: string
  readonly json: string
}

/** A document that nobody wrote who had the record's key, or not there, or not so. Printable, and cut. */
export interface ForgedDocument {
  readonly kind: string
  readonly id: string
}

/**
 * A place that keeps the trail. Calls may overlap; commits are given one at a time. Every call rejects with a Fault
 * trail.*. An exchange has one opening and one ending, and outcomes only once it is opened: what does not fit is refused
 * as gateway.internal.
 */
export interface Store {
  /** Every exchange that was asked and has no ending, oldest first. */
  unfinished(): Promise<readonly Unfinished[]>
  /** In the order of their seqs; one that tells what vanished stands behind all that it names. */
  commit(batch: Batch): Promise<Committed>
  /** The one exchange whose id begins with `prefix`, with its bodies. @throws trail.ambiguous where several do */
  exchange(prefix: string): Promise<Recorded | undefined>
  /** The sealed originals of the one exchange whose id begins so. @throws as `exchange`, trail.key, trail.body */
  originals(prefix: string): Promise<KeptOriginals | undefined>
  /** Newest first. @throws query.syntax for a `before` that no page gave out */
  find(query: Query, page: Page): Promise<{ readonly rows: readonly Recorded[]; readonly next?: string }>
  /** Sessions with an exchange that fits the query, the one with the newest such exchange first. */
  sessions(query: Query, page: Page): Promise<{ readonly rows: readonly SessionTotals[]; readonly next?: string }>
  /** The exchanges of one session, oldest first. */
  session(id: string): Promise<readonly Recorded[]>
  /** Entries with a higher seq than `after`, in order, at most `limit`. None of a lower seq is written any more. */
  following(after: number, limit: number): Promise<readonly Followed[]>
  /** The highest seq that was given out; 0 where none was. */
  highest(): Promise<number>
  /** Numbers are given out behind this one from now on, whatever stood there; nothing is sealed before that is said. */
  goOn(seq: number): Promise<void>
  /** Those of one kind, oldest first; with `newest` only the last so many. */
  notes<Kind extends Note['kind']>(kind: Kind, newest?: number): Promise<readonly NoteOf<Kind>[]>
  /**
   * Those of these kinds, oldest first, each with what is wrong with it; also what stands where the log has one of these kinds.
   * A log that cannot be read says nothing: a proof counts alone then.
   */
  claims(kinds: readonly Note['kind'][]): Promise<readonly Claim[]>
  /**
   * Exchanges whose reply brought any of these lines (fingerprints, 12 hexadecimal digits), the newest first, at most `most`
   * of each day file.
   */
  lines(prints: readonly string[], most: number): Promise<readonly Origin[]>
  putDocument(kind: string, id: string, json: string): Promise<void>
  getDocument(kind: string, id: string): Promise<string | undefined>
  /** In order of id. */
  listDocuments(kind: string): Promise<readonly StoredDocument[]>
  /** Whether there was one. */
  deleteDocument(kind: string, id: string): Promise<boolean>
  /** Those that are in no answer of the others, for they bear no true MAC; also one that another took the place of. */
  forgedDocuments(): Promise<readonly ForgedDocument[]>
  /** Lines of who read that wait for the record’s key: at most `most` with higher ids than `after`, in order of id. */
  waiting(after: string, most: number): Promise<Waiting>
  /** Removes such lines, and with `strange` all that is none; no byte of them stays on disk. */
  unwait(ids: readonly string[], strange: boolean): Promise<void>
  /** Where its log is, and what it says of itself; undefined where nothing is sealed. */
  state(): Promise<RecordState | undefined>
  /**
   * What is there of `count` seqs from `from` on, in their order; of those that are nowhere, nothing. `first` are the seqs
   * whose leaves are of version 1.
   */
  held(from: number, count: number, first: readonly number[]): Promise<readonly Held[]>
  /** Those of these entries that are not what was sealed; of their bodies only with `bodies`. What is not sealed yet has its proof alone. */
  marks(seqs: readonly number[], bodies: boolean): Promise<readonly Mark[]>
  /** The seqs of an exchange's entries, in their order. */
  seqs(exchange: string): Promise<readonly number[]>
  /** The seqs of the entries in a day file, in their order. */
  seqsIn(file: string): Promise<readonly number[]>
  /** How many exchanges begin in a day file, by their entries: what only the index tells of does not count. */
  begunIn(file: string): Promise<number>
  /** What may be shown of these entries; of those that are gone, nothing. */
  disclose(seqs: readonly number[], bodies: boolean): Promise<readonly Disclosure[]>
  /** What its sealer does. */
  sealed(): Promise<SealState>
  /** Every day file, oldest day first. */
  files(): Promise<readonly DayFile[]>
  /** Removes day files for good, none of them with an open exchange; bytes given back. */
  remove(names: readonly string[]): Promise<number>
  /** Each day file at once, and no byte of what went stays on disk. May be done again. @throws gateway.internal: one is open */
  revise(revision: Revision): Promise<Revised>
  /** Each day file that something went from is written anew, so that no byte of it stays on disk; but for those of `soon`. */
  scrub(soon?: Soon): Promise<void>
  /** The id of the entry that erased an exchange, by the beginning of its id. */
  erasedBy(prefix: string): Promise<string | undefined>
  /** What an entry erased and is still in its files; of that what its `took` lists, where it is given. */
  takenBy(by: string, took?: readonly number[]): Promise<TakenBy>
  /**
   * Puts all that is kept of a session under a new key and destroys the old ones, in every file: what was taken out of it before
   * can be read by nobody, in no copy. What cannot be opened now stays as it lies, and so does its key: see `unopened`.
   * `undefined` is what belongs to no session. How many rows it were.
   */
  rekey(session: string | undefined): Promise<number>
  /** What is kept of a session, in every file or those of some days, and cannot be opened now. `undefined` is what belongs to no session. */
  unopened(session: string | undefined, days?: readonly string[]): Promise<readonly Unopened[]>
  /** Destroys every key of a day file, by its name; how many. Its bodies can be read by nobody, in no copy. */
  shred(file: string): Promise<number>
  /**
   * Wraps every key anew with the key that `wrapping` names now. Goes on where it stopped. @throws trail.keyholder, and
   * trail.key where the one before is not here and `lost` is `refuse`
   */
  rewrap(lost: LostKey): Promise<Rewrapped>
  wrappers(): Promise<readonly Wrapper[]>
  /** Copies its files as they are at one moment; appends wait meanwhile. @throws trail.* */
  copy(copying: Copying): Promise<readonly Copied[]>
  close(): Promise<void>
}

/** Lines that wait outside of the log. Whoever can write in the data folder can have put them there. */
export interface Waiting {
  /** `json`: an object with `line`, the entry as it was to be written, and `uid`; or anything else. */
  readonly lines: readonly { readonly id: string; readonly json: string }[]
  /** How many there are in all, and how many rows are no lines by their form alone. */
  readonly count: number
  readonly strange: number
  /** Whether the key is here, so that they may be put on the record. */
  readonly isHere: boolean
}

/** Exchanges by their ids, lines of none by their places. */
export interface TakenBy {
  readonly ids: readonly string[]
  readonly notes: readonly { readonly seq: number; readonly file: string }[]
}

/** What is to be copied into the folder `to`: all but `keys.db`, or one file by its path below the data folder. */
export interface Copying {
  readonly to: string
  /** Stamps by path: what still has its own is not copied. */
  readonly known: Readonly<Record<string, string>>
  readonly only?: string
}

/** A file by its path below the data folder. `stamp` changes with its bytes; its copy has the last part of its path as name. */
export interface Copied {
  readonly path: string
  readonly stamp: string
  readonly copied: boolean
}

/** A record that is sealed, as it says itself. */
export interface RecordState {
  /** Of the log. */
  readonly folder: string
  /** The highest seq that was given out. */
  readonly last: number
  /** How many entries were sealed at least. */
  readonly sealedOnce: number
  /** The key that entries are proven with: here, not to be read here, or not there although the key that wraps it is here. */
  readonly proof: 'here' | 'locked' | 'none'
  /** The last entry that was there before entries were proven. */
  readonly provenAfter: number
  /** Documents that nobody wrote who had that key. */
  readonly forgedDocuments: readonly ForgedDocument[]
}

/**
 * That entries are proven and documents bear MACs, as is remembered outside of the folder, and the last entry that was there
 * before: undefined where it is remembered, and cannot be read.
 */
export interface Begun {
  readonly since: number | undefined
}

/** What a store is opened with. */
export interface StoreOptions {
  /** Where a store on disk keeps its files. */
  readonly folder: string
  /** The 32-byte key of the full-text tokens. */
  readonly tokenKey: Uint8Array
  /** Wraps the keys of sessions. */
  readonly wrapping: Wrapping
  /** Without it, `refuse`. */
  readonly lostKey?: LostKey
  /** The record is only looked at: a day file that is damaged is passed over, and nothing is tidied. */
  readonly asItIs?: boolean
  /** The 32-byte key of the fingerprints of lines. */
  readonly lineKey: Uint8Array
  /** Told when the store breaks while no call is open. */
  readonly onBroken: (fault: Fault) => void
  /** Who signs the heads of the log; without one nothing is sealed. */
  readonly signer?: Signer
  /** Undefined where nothing outside remembers it. */
  readonly begun?: Begun
  /** How many entries were sealed, as is remembered outside; undefined where nothing there tells. */
  readonly sealedOutside?: number | undefined
  /** It is of a version whose entries and documents proved nothing, as is known from elsewhere. */
  readonly ofBefore?: boolean | undefined
}

/** @throws trail.locked, trail.newer, trail.unavailable, trail.broken */
export type OpenStore = (options: StoreOptions) => Promise<Store>
