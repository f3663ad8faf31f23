/** What a check came to, whatever was checked. */
import type { Claims } from './claims.ts'
import type { Manifest } from './form.ts'
import type { Vouched } from './vouched.ts'

/** What a check came to. `problems` is empty where everything holds. */
export interface Checked {
  readonly origin?: string
  readonly size?: number
  /** As it was asked, and in words. */
  readonly question?: string
  readonly claims?: Claims
  readonly manifest?: Manifest
  readonly entries: number
  /** Parts of entries whose contents are shown and fit their commitment. */
  readonly disclosed: number
  /** Entries of which only the place in the log is shown. */
  readonly closed: number
  /** Bodies that were asked for, of which whoever made it says that their key is gone: nobody looked at them. */
  readonly locked: number
  /** What came of the anchors whose proofs are in it. */
  readonly vouched: readonly Vouched[]
  /** How many of them could not be looked at, though what it takes was given. */
  readonly unchecked: number
  /** How the log stands where nothing is wrong: "internally consistent", or "anchored until …". */
  readonly standing?: string
  /** What was held against it beside the key. */
  readonly also: readonly string[]
  readonly problems: readonly string[]
  readonly found: number
  /** The page for people, with what this check says. */
  readonly page?: () => string
}

/** What an unusable file came to. */
export const failed = (problems: readonly string[], found = problems.length): Checked => ({
  ...{ entries: 0, disclosed: 0, closed: 0, locked: 0 },
  ...{ vouched: [], unchecked: 0, also: [], problems, found },
})
