/** What a verification came to. Types, and how its parts are named. Pure. */

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

export interface Alarm {
  readonly harm: Harm
  /** The first entry that it befell; absent where it is no entry's. */
  readonly seq?: number
  /** Its exchange, as the log has it. */
  readonly exchange?: string
  readonly told: string
}

/** How many entries are in which state. */
export interface Counts {
  verified: number
  erased: number
  expired: number
  redacted: number
  /** Where it was asked to pass over them: whose body’s key is gone. */
  locked?: number
}

export interface Report {
  /** True where there is no alarm. */
  readonly ok: boolean
  readonly origin?: string
  /** The verifier key that was used, and whether it lay beside the log itself. */
  readonly vkey?: string
  readonly ownKey: boolean
  /** Entries that the head covers, and those that came since. */
  readonly sealed: number
  readonly unsealed: number
  readonly root?: string
  readonly counts: Counts
  readonly alarms: readonly Alarm[]
  /** How many alarms there were; the list is cut. */
  readonly found: number
  /** The newest anchor that is kept beside the log and whose head is a beginning of it. Its proof was not checked: it may be anybody's. */
  readonly claimed?: Claimed
}

/** What lies beside a log says: by whom, until when (ms since the Unix epoch), over how many entries. */
export interface Claimed {
  readonly by: string
  readonly at: number
  readonly size: number
}

/** "internally consistent", and what an anchor that is kept claims. */
export const standingOf = ({ claimed }: { readonly claimed?: Claimed | undefined }): string =>
  `internally consistent${claimed ? `; ${toldClaim(claimed)}` : ''}`

/** Never that it is so: the bytes beside the log are whoever's who can write there. */
const toldClaim = ({ by, at, size }: Claimed): string => {
  const date = new Date(at)
  const time = Number.isNaN(date.getTime()) ? 'no time' : date.toISOString()
  return `anchor of ${by} kept, not checked here: it claims ${size} entries at ${time}`
}
