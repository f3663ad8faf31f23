/** What a verification came to. Types only. */
import type { ToldAnchor } from './anchored.ts'
import type { ToldFormer } from './lineage.ts'
import type { PutBack } from './put-back.ts'
import type { Locked } from './unread.ts'

/** What was done to an entry, or to the log over it. */
export type Harm =
  | 'changed'
  | 'dropped'
  | 'added'
  | 'reordered'
  | 'duplicated'
  | 'truncated'
  | 'rolled back'
  | 'forged'
  | 'log changed'
  | 'unreadable'
  | 'index changed'
  | 'hold changed'

export interface Alarm {
  readonly harm: Harm
  /** The first entry that it befell; absent where it is no entry's. */
  readonly seq?: number
  /** Its exchange, as the log has it. */
  readonly exchange?: string
  /** The document beside the entries that it befell: its kind and its id. */
  readonly document?: { readonly kind: string; readonly id: string }
  readonly told: string
}

/** How many entries are in which state. */
export interface Counts {
  verified: number
  erased: number
  expired: number
  redacted: number
  /** Of the erased and expired ones those of which an entry of an earlier version says only how many it took, not which. */
  counted?: number
  /** Redacted ones that an erasure of an earlier version cut: nothing says what they are now. */
  unprovable?: number
  /** Lines of who read that an earlier version wrote where the record’s key was not: nothing vouches for them. */
  unproven?: number
  /** Nothing was left of them when their place was sealed, and an entry says that they were acknowledged and are gone. */
  vanished?: number
  /** Whose body cannot be read for want of a key; all else of them is as it was. */
  locked?: number
}

export interface Report {
  /** True where there is no alarm, and everything could be looked at. */
  readonly ok: boolean
  /** Bodies that could not be held against the log: their key is not here. Absent where that was to be passed over. */
  readonly locked?: Locked
  readonly origin?: string
  /** The verifier key that was used, and whether it lay beside the log itself. */
  readonly vkey?: string
  readonly ownKey: boolean
  /** Entries that the head covers, and those that came since. */
  readonly sealed: number
  readonly unsealed: number
  /** Entries up to this one are taken without a proof, for they were there before there were any; absent where there is none such. */
  readonly unproven?: number
  readonly root?: string
  /** Logs that this one goes on from, the oldest first; absent where there was none. */
  readonly former?: readonly ToldFormer[]
  /** The record was put back, and nothing was sealed since. */
  readonly putBack?: PutBack
  /** What entries say of others that were acknowledged and are gone; `by`: the seq of each; `sealed`: the log in which some had been sealed. */
  readonly vanished?: readonly {
    readonly from: number
    readonly to: number
    readonly by: number
    readonly sealed?: string
  }[]
  readonly counts: Counts
  readonly alarms: readonly Alarm[]
  /** How many alarms there were; the list is cut. */
  readonly found: number
  /** Each anchor that is kept beside the log and whose head is a beginning of it, with what came of its proof; none where there is an alarm. */
  readonly anchors: readonly ToldAnchor[]
}
