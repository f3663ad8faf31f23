/** What crosses between the data path and the store's thread: plain data, cheap to copy. Types only. */
import type { FaultCode, KeptEdits, Like, Note } from '#exchange'
import type { EndingFacets, ManyValues, OpeningFacets } from '../../facets.ts'
import type { EditDigests } from '../../prints.ts'
import type { Query } from '../../query.ts'
import type { Revised, Revision, Soon } from '../../revision.ts'
import type { Covered } from '../../seal/former.ts'
import type { Unmade } from '../../seal/held.ts'
import type { Disclosure } from '../../seal/prove.ts'
import type { SealState } from '../../seal/sealer.ts'
import type {
  Begun,
  Copied,
  Copying,
  DayFile,
  ForgedDocument,
  KeptOriginals,
  Mark,
  Origin,
  Page,
  RecordState,
  Rewrapped,
  SessionTotals,
  StoredDocument,
  TakenBy,
  Unopened,
  Waiting,
  Wrapper,
} from '../../store.ts'
import type { ClaimRow } from './claims.ts'
import type { Begin, Grant, Wish } from './keys.ts'

/** A stretch of a parcel's bytes: [offset, length]. */
export type Stretch = readonly [offset: number, length: number]

interface Common {
  readonly exchange: string
  /** Of the opening or ending itself, in milliseconds since the epoch. */
  readonly at: number
  /** All of the entry but body bytes and text. */
  readonly json: string
  readonly body?: Stretch
  /** Of the body only what stands between the bytes that it shares was sent. */
  readonly like?: Like
  /** What was received, sealed to a key that is not here. */
  readonly original?: Stretch
  readonly text?: string
  /** SHA-256 of the whole body, hexadecimal, where somebody took it already. Never stored. */
  readonly hash?: string
}

/** What a reply brought: its units as they are kept, and the forms of its new lines, one a line. */
export interface LineEdits {
  readonly units: Uint8Array
  readonly forms: string
}

/** What is kept of that: fingerprints in the place of the lines, and the digests of them. */
export interface LineDerived {
  readonly units: Uint8Array
  readonly prints: Uint8Array
  readonly digests: EditDigests
}

/** One entry of a batch, ready to be written. */
export type Line =
  | (Common & { readonly part: 'opening'; readonly facets: OpeningFacets; readonly retain?: string })
  | (Common & {
      readonly part: 'ending'
      readonly facets: EndingFacets
      readonly edits?: LineEdits
      readonly derived?: LineDerived
    })
  | (Common & { readonly part: 'outcome'; readonly many: ManyValues })
  | (Common & {
      readonly part: 'note'
      readonly kind: Note['kind']
      readonly retain?: string
      /** It stands behind this seq, whatever was given out: what stood there before is gone. */
      readonly after?: number
    })

/** A batch as one message: all bytes in one buffer that changes hands without being copied. */
export interface Parcel {
  readonly lines: readonly Line[]
  readonly pieces: readonly { readonly exchange: string; readonly stretch: Stretch }[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A fault without its class. */
export interface FaultLine {
  readonly code: FaultCode
  readonly detail: string
}

/** What became of a line: its seq, 0 where it waits outside of the log, a fault, or `whole`: what its body is like is not there, so send all of it. */
export type LineOutcome = number | FaultLine | 'whole'

export interface Outcome {
  readonly outcomes: readonly LineOutcome[]
  readonly piecesFault?: FaultLine
}

/** A body that was written anew. `findings` is JSON. */
export interface RedactedRow {
  readonly seq: number
  readonly by: string
  readonly findings: string
}

/** An exchange as it lies in a file: JSON texts, and bodies where they were asked for. */
export interface Row {
  readonly seq: number
  /** As the index has it. */
  readonly exchange: unknown
  readonly opening: string
  readonly ending?: string
  readonly closing?: number
  readonly outcomes?: readonly string[]
  readonly redactions?: readonly RedactedRow[]
  readonly openingBody?: Uint8Array
  readonly endingBody?: Uint8Array
  /** Why a body that was asked for cannot be read. */
  readonly openingFault?: FaultLine
  readonly endingFault?: FaultLine
  readonly edits?: KeptEdits
  /** What is wrong with the rows that it is found by, where that was asked for. */
  readonly misfiled?: string
}

/** An entry with that of its exchange's opening. JSON that was erased is empty. */
export interface FollowedRow {
  readonly seq: number
  readonly json: string
  readonly of: number | null
  readonly opening: string | null
}

export type SessionRow = Omit<SessionTotals, 'newest'> & { readonly newest: Row }

export interface Paged<Item> {
  readonly rows: readonly Item[]
  readonly next?: string
}

/** The calls that the thread answers. */
export interface Calls {
  open(wrapping: Begin, how: OpenHow): Promise<void>
  commit(parcel: Parcel): Outcome
  unfinished(): readonly UnfinishedRow[]
  exchange(prefix: string): Row | undefined
  originals(prefix: string): KeptOriginals | undefined
  find(query: Query, page: Page): Promise<Paged<Row>>
  sessions(query: Query, page: Page): Promise<Paged<SessionRow>>
  session(id: string): Promise<readonly Row[]>
  following(after: number, limit: number): readonly FollowedRow[]
  highest(): number
  goOn(seq: number): void
  notes(kind: Note['kind'], newest?: number): readonly { readonly seq: number; readonly json: string }[]
  claims(kinds: readonly Note['kind'][]): readonly ClaimRow[]
  /** The files to look for lines in, newest day first. */
  lineFiles(): readonly string[]
  lines(file: string, prints: readonly string[], most: number): readonly Origin[]
  putDocument(kind: string, id: string, json: string): void
  getDocument(kind: string, id: string): string | undefined
  listDocuments(kind: string): readonly StoredDocument[]
  deleteDocument(kind: string, id: string): boolean
  forgedDocuments(): readonly ForgedDocument[]
  waiting(after: string, most: number): Waiting
  unwait(ids: readonly string[], strange: boolean): void
  files(): readonly DayFile[]
  /** What goes is sealed first, where somebody seals: no commit comes between. */
  remove(names: readonly string[]): number | Promise<number>
  /** What it says of one day file, which is to be scrubbed then; what goes is sealed first. */
  revise(file: string, revision: Revision): Promise<Revised>
  /** Writes every day file anew that something was deleted in, but those of `soon`. */
  scrub(soon: Soon | undefined): Promise<void>
  erasedBy(prefix: string): string | undefined
  takenBy(by: string, took?: readonly number[]): TakenBy
  /** Gives a session a new key and destroys the old ones that nothing is under any more; how many rows were put under it. */
  rekey(file: string, session: string | undefined): Promise<number>
  /** What a day file has of a session and cannot be opened now. */
  unopened(file: string, session: string | undefined): Promise<readonly Unopened[]>
  /** The day file of each exchange. */
  homes(exchanges: readonly string[]): (string | undefined)[]
  /** Destroys every key of a day file: nothing in it, nor in a copy of it, can be read any more. */
  shred(file: string): number
  rewrap(wrapping: Begin): Promise<Rewrapped>
  wrappers(): readonly Wrapper[]
  sealed(): SealState
  state(): RecordState
  held(from: number, count: number, first: readonly number[]): readonly Unmade[]
  marks(seqs: readonly number[], bodies: boolean): readonly Mark[]
  seqs(exchange: string): readonly number[]
  seqsIn(file: string): readonly number[]
  begunIn(file: string, after: number): { readonly count: number; readonly last: number | undefined }
  disclose(seqs: readonly number[], bodies: boolean): readonly Disclosure[]
  copy(copying: Copying): Promise<readonly Copied[]>
  close(): Promise<void>
}

/** The key that heads are signed with, and the last one that is known outside the folder, and those of all its logs. */
export interface Sealing {
  readonly vkey: string
  readonly last?: string
  readonly known?: readonly string[]
}

/** How a record is opened. */
export interface OpenHow {
  readonly looking: boolean
  readonly sealing?: Sealing | undefined
  readonly begun?: Begun | undefined
  readonly sealedOutside?: number | undefined
  readonly ofBefore?: boolean | undefined
}

/** A signature over these bytes is wanted. */
export interface SealWish {
  readonly sign: Uint8Array
  /** Logs that entries tell of. */
  readonly told: readonly Covered[]
}

export interface UnfinishedRow {
  readonly opening: string
  readonly bytes: Uint8Array
  /** Stretches of the reply that cannot be read. */
  readonly lost: number
}

export interface Call {
  /** From 1 upwards. */
  readonly number: number
  readonly name: keyof Calls
  readonly args: readonly unknown[]
}

/** The answer to a call; a fault with number 0 came without one. */
export type Reply =
  | { readonly number: number; readonly fault: FaultLine }
  | { readonly number: number; readonly value: unknown }
  | Asked

/** What the thread wants of whoever holds the wrapping key; the parent answers with the same number. */
export interface Asked {
  readonly asked: number
  readonly wish: Wish | SealWish
}

/** The answer to what the thread asked. */
export type Answer =
  | { readonly asked: number; readonly grant: Grant }
  | { readonly asked: number; readonly fault: FaultLine }
