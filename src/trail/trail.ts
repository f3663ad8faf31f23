/** What the trail is to the rest of the gateway. Types only. */
import type { Bypass, CustodyNote, Entry, Fault, Gap, Note, Read, Ruled, Searched, Vanished } from '#exchange'
import type { DayFiles } from './dayfiles.ts'
import type { Documents } from './documents.ts'
import type { KeyCare } from './key-care.ts'
import type { LateLines } from './late-lines.ts'
import type { Query } from './query.ts'
import type { KeptAnchor } from './seal/anchor.ts'
import type { VerifyOptions } from './seal/evidence.ts'
import type { ProofLine } from './seal/prove.ts'
import type { Question, Showing } from './seal/question.ts'
import type { Report } from './seal/report.ts'
import type { SealState } from './seal/sealer.ts'
import type { Standing } from './seal/standing.ts'
import type { Claim, Copied, Copying, Followed, KeptOriginals, Mark, Origin, Page, Recorded } from './store.ts'
import type { SessionSummary, Summary } from './summary.ts'

/** `refusing` recovers with the next append that succeeds; `latched` never does. */
export type TrailState =
  | { readonly kind: 'open' }
  | { readonly kind: 'refusing'; readonly fault: Fault }
  | { readonly kind: 'latched'; readonly fault: Fault }

export interface Trail {
  /**
   * Resolves with the entry's seq once a fresh process that reads only the disk would reproduce it with its whole body. With 0
   * where it is a line of who reads and the record’s key is not here: it is durable, and waits outside of the log.
   * @throws trail.unavailable | trail.locked | trail.broken, and then nothing of it is written; gateway.internal for a
   * second opening or ending of one exchange, an ending without opening, an id that is not a UUIDv7
   */
  append(entry: Entry): Promise<number>
  /** Takes reply bytes in flight; they ride with the next group, at the latest some 5 ms later. They must not change. */
  journal(exchange: string, bytes: Uint8Array): void
  /** performance.now() of the oldest journalled byte that is not yet durable. */
  readonly unjournalled: number | undefined
  /** Resolves when all bytes journalled so far are durable. @throws trail.unavailable | trail.locked | trail.broken */
  journalled(): Promise<void>
  readonly state: TrailState
  /** By id, or by a prefix of at least 8 characters. @throws trail.ambiguous where several begin so */
  exchange(id: string): Promise<Recorded | undefined>
  last(): Promise<Recorded | undefined>
  /** What was received in an exchange, sealed to a key that is not here. @throws as `exchange`, trail.key, trail.body */
  originals(id: string): Promise<KeptOriginals | undefined>
  /** Newest first. */
  find(query: Query, page: Page): Promise<{ exchanges: Summary[]; next?: string }>
  /** The entries of what `find` finds, without bodies. */
  recorded(query: Query, page: Page): Promise<{ readonly rows: readonly Recorded[]; readonly next?: string }>
  /** The session with the newest exchange first. */
  sessions(query: Query, page: Page): Promise<{ sessions: SessionSummary[]; next?: string }>
  /** Oldest first. */
  session(id: string): Promise<Summary[]>
  /** Entries with a higher seq than `after`, in order, at most `limit`, without bodies. */
  following(after: number, limit: number): Promise<readonly Followed[]>
  /** The highest seq that was given out; 0 where none was. */
  highest(): Promise<number>
  /** Stretches in which traffic passed unrecorded, oldest first. */
  gaps(): Promise<readonly { readonly seq: number; readonly gap: Gap }[]>
  /** The last entry that was there before entries were proven; undefined where that cannot be told here. */
  provenAfter(): Promise<number | undefined>
  /** Entries that were acknowledged and were not there when the record was opened next, oldest first. */
  vanished(): Promise<readonly { readonly seq: number; readonly vanished: Vanished }[]>
  /** Searches for secrets by their value, oldest first. */
  searches(): Promise<readonly { readonly seq: number; readonly searched: Searched }[]>
  /** Calls of a model that were seen elsewhere and not here, oldest first. */
  bypasses(): Promise<readonly { readonly seq: number; readonly bypass: Bypass }[]>
  /** Who read the record, oldest first: the last so many. */
  reads(newest: number): Promise<readonly { readonly seq: number; readonly read: Read }[]>
  /** Which rules came into force when, oldest first, by entries that are proven; each version's text is in the first one that bears it. */
  policies(): Promise<readonly { readonly seq: number; readonly ruled: Ruled }[]>
  /** The entry that has the text of a version of the rules; undefined where the record has none such. */
  policy(id: string): Promise<{ readonly seq: number; readonly ruled: Ruled & { readonly text: string } } | undefined>
  /** What was done to the record itself, oldest first, by entries that are proven alone. @throws trail.key where nobody can tell */
  custody(): Promise<readonly { readonly seq: number; readonly note: CustodyNote }[]>
  /** Lines of these kinds, oldest first, each with what is wrong with it; also what stands where the log has one of these kinds. */
  claims(kinds: readonly Note['kind'][]): Promise<readonly Claim[]>
  /**
   * Exchanges whose reply brought any of these lines, the newest first, at most `most` of each day file. A line is sought by
   * its fingerprint: the first 12 hexadecimal digits of the keyring's digest `line` of its form.
   */
  lines(prints: readonly string[], most?: number): Promise<readonly Origin[]>
  /** Calls back with every entry from now on, once it is durable; returns what ends it. */
  tail(listener: (entry: Entry, seq: number) => void): () => void
  readonly documents: Documents
  /** Holds every sealed entry against the log. Undefined where nothing can be sealed. */
  verify(options: VerifyOptions): Promise<Report | undefined>
  /** Proofs for entries that are sealed, with as much of them as may be shown. @throws seal.off, seal.damaged, seal.behind */
  prove(question: Question, showing: Showing): AsyncIterable<ProofLine>
  /** How an exchange's entries, and those of the seqs that are shown as its, stand to the log; undefined where nothing is sealed. */
  standing(exchange: string, shown?: readonly number[]): Promise<readonly Standing[] | undefined>
  /** Those of these entries that are not what was sealed, or that nobody wrote who had the record's key: for rows that leave the house. */
  marks(seqs: readonly number[], bodies: boolean): Promise<readonly Mark[]>
  /** As `keptSizes` of the log. @throws usage.input, seal.* */
  keptSizes(notes: readonly string[]): Promise<readonly number[]>
  /** The newest proof from outside of each anchor. */
  anchors(): Promise<readonly KeptAnchor[]>
  /** What the sealer does, and how far it came. */
  sealed(): Promise<SealState>
  /** The keys that its bodies are encrypted under. */
  readonly keys: KeyCare
  readonly dayFiles: DayFiles
  /** Lines of who read that wait for the record’s key. */
  readonly late: LateLines
  /** Copies its files as they are at one moment; appends wait meanwhile. @throws trail.* */
  copy(copying: Copying): Promise<readonly Copied[]>
  /** Writes what waits, keeps every promise given out, lets go of the folder. */
  close(): Promise<void>
}
