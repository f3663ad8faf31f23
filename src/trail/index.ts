/** The trail: append durably, read, search; stores behind one small port. Knows no HTTP and no provider. */

export type { Acked, AckedMark, Gone } from './acked.ts'
export { Custody, type Doer, type Purged } from './custody/custody.ts'
export { ACTED_ON, type Doubt, doubtsIn } from './custody/doubts.ts'
export type { HoldRow } from './custody/in-force.ts'
export { namesUser } from './custody/naming.ts'
export type { PurgeRow } from './custody/purge.ts'
export { printScope, queryOf, readScope, toldScope } from './custody/scope.ts'
export { PATIENCE_MS, sealedUpTo, unsealedAfter } from './custody/sealed.ts'
export { tookOf } from './custody/took.ts'
export { fileFor as dayFileName, noteFile } from './dayfile.ts'
export { dayOfExchange, NO_EXCHANGE } from './days.ts'
export type { Documents } from './documents.ts'
export { isBare } from './entries.ts'
export { makeFolders } from './folders.ts'
export type { Journal, JournalLine } from './journal.ts'
export { type Adopted, adopt, ERASED, searchesWaiting } from './late-lines.ts'
export { type Likeness, likeness } from './likeness.ts'
export type { LineRetention } from './line-retention.ts'
export { openTrail, type TrailOptions } from './open.ts'
export { folded, isKey, parseQuery, type Query, readTerms, type Term } from './query.ts'
export { type ReadOf, Reads } from './reads.ts'
export type { Redaction, Revision, Soon } from './revision.ts'
export { type Anchored, type KeptAnchor, keepAnchored, readAnchors } from './seal/anchor.ts'
export {
  type ProveAnchor,
  type Proven,
  standingOf,
  type ToldAnchor,
  toldAnchor,
  toldAnchors,
} from './seal/anchored.ts'
export { behindOutside, type Outside } from './seal/before.ts'
export { syncNames, writeDurably } from './seal/durable.ts'
export { type Head, headIn, LogFiles, parseHead, sealIn, vkeyIn } from './seal/files.ts'
export { beginLog, type Covered } from './seal/former.ts'
export { consistencyProof, consistent, rangeHash } from './seal/hashes.ts'
export { canonical } from './seal/jcs.ts'
export { toldOf } from './seal/lineage.ts'
export {
  type Checkpoint,
  defaultOrigin,
  isSignedBy,
  parseCheckpoint,
  parseNote,
  parseVerifier,
  printCheckpoint,
  printNote,
  printVerifier,
  type Verifier,
  verifierOf,
} from './seal/note.ts'
export { logPack, unpackLog } from './seal/pack.ts'
export type { ProofHead, ProofLine, ProvenEntry } from './seal/prove.ts'
export type { Question } from './seal/question.ts'
export {
  canRemember,
  ended,
  keyOf,
  MOST_REMEMBERED,
  parseRemembered,
  printRemembered,
  type Remembered,
  untold,
  untoldOf,
} from './seal/remembered.ts'
export type { Alarm, Report } from './seal/report.ts'
export { originOf, type SealState } from './seal/sealer.ts'
export type { Signer } from './seal/signer.ts'
export type { EntryState, Standing } from './seal/standing.ts'
export { printTaken, Taken } from './seal/taken.ts'
export { printLeafProof } from './seal/tlog-proof.ts'
export { LogWriter } from './seal/writer.ts'
export { open as openSealed, seal as sealUnder } from './sealed.ts'
export { type ListedSeal, sealsOf } from './seals.ts'
export type { Begun, Claim, Copied, Copying, Followed, Mark, Origin, Page, Recorded, Unopened } from './store.ts'
export type { StoreName } from './stores/index.ts'
export {
  emptyKeys,
  FORMATS as RECORD_FORMATS,
  keysBeyond,
  type WithoutKey,
  withoutKey,
} from './stores/sqlite/formats.ts'
export { WITH_MACS } from './stores/sqlite/head.ts'
export { FolderLock } from './stores/sqlite/lock.ts'
export { type Migration, migrate } from './stores/sqlite/migrate.ts'
export { ownOf, type SessionSummary, type Summary } from './summary.ts'
export type { Trail, TrailState } from './trail.ts'
export { soughtOf, wordsOf } from './words.ts'
export {
  GIVEN_UP,
  KEY_BYTES,
  keyWantedBy,
  type LostKey,
  nameOfKey,
  type Wrapped,
  type Wrapping,
  wrappingOf,
} from './wrapping.ts'
