/** What a record is verified by: what is read of it, and what others say. Types only. */
import type { Restored } from '#exchange'
import type { Acked, Gone } from '../acked.ts'
import type { HoldRow } from '../custody/in-force.ts'
import type { Claim } from '../store.ts'
import type { KeptAnchor } from './anchor.ts'
import type { ProveAnchor } from './anchored.ts'
import type { Outside } from './before.ts'
import type { Placed } from './fates.ts'
import type { Held } from './held.ts'

/** What is verified. */
export interface Evidence {
  /** The folder of the log. */
  readonly folder: string
  /** What the record holds of `count` seqs from `from` on, in their order; `first` are those whose leaves are of version 1. */
  held(from: number, count: number, first: readonly number[]): Promise<readonly Held[]>
  /** Entries that say what was done to the record, or is gone, each with what is wrong with it. */
  readonly notes: readonly (Placed & Pick<Claim, 'mark'>)[]
  /** Holds in force. */
  readonly holds?: readonly HoldRow[]
  /** Entries that say that the record was put back from a backup. */
  readonly restored: readonly { readonly seq: number; readonly note: Restored }[]
  /** Entries that were acknowledged and are not there, and nothing says so. */
  readonly gone?: readonly Gone[]
  /** The seq of the record's last entry, and how many it once had, as far as it says so itself. */
  readonly last: number
  readonly sealedOnce: number
  /** The key that entries are proven with: here, not to be read here, or not there although the key that wraps it is here. */
  readonly proof: 'here' | 'locked' | 'none'
  /** The last entry that was there before entries were proven; without it none is taken to be. */
  readonly provenAfter?: number
  readonly anchors: readonly KeptAnchor[]
  /** Documents beside the entries that nobody wrote who had the record's key; none where that cannot be told. */
  readonly forgedDocuments: readonly { readonly kind: string; readonly id: string }[]
}

export interface VerifyOptions {
  /** The log's verifier key, from elsewhere; without it the one beside the log is used, and the report says so. */
  readonly vkey?: string
  /** Signed notes that somebody kept: each must be a beginning of the log. */
  readonly heads?: readonly string[]
  /** What who signs remembers as signed last, from outside of the record: such a one may be not shown yet. */
  readonly known?: readonly string[]
  /** How far entries were acknowledged, as is remembered outside of the record. */
  readonly acked?: Acked
  /** What anchors show of the log now: each head of this very log must be a beginning of it too. */
  readonly outside?: readonly Outside[]
  /** Checks the proofs of anchors; without it they are claims. */
  readonly prove?: ProveAnchor
  /** Of a record whose keys are in part destroyed: such bodies are not held against the log, all else of their entries is. */
  readonly missingKeys?: boolean
  readonly progress?: (done: number, total: number) => void
}
