/** What a lane is told by its caller, who alone holds keys: marks, fingerprints, and what becomes of a finding. Types only. */

/** A secret whose whole value is known. Raw UTF-16 offsets in its lane, end exclusive. */
export interface Match {
  readonly rule: string
  readonly start: number
  readonly end: number
  /** Whether it proves itself; undefined where its rule knows no proof. */
  readonly verified: boolean | undefined
}

/** Made from values; both must answer by the value alone. Values are the secret's decoded characters. */
export interface Marks {
  /**
   * Four of `[a-z0-9]` for the placeholder: `[masked:github-pat#k7f2]`. Asked only where the end of a secret is decided
   * before its placeholder leaves, which the text alone decides: known values, and secrets of bounded length that are
   * fixed in length, checked, or bound by what follows. Without an answer the placeholder bears none.
   */
  readonly mark?: (rule: string, value: string) => string | undefined
  /**
   * Told once for each secret as soon as all of it is known, also for those that were masked before their end; the
   * answer, if any, is kept with the finding. Not told of values longer than 16,384 units.
   */
  readonly seen?: (match: Match, value: string) => string | undefined
}

export interface LaneOptions {
  readonly marks?: Marks
  /** Ids of rules whose findings are reported while the receiver's copy stays as it is. */
  readonly leave?: ReadonlySet<string>
}
