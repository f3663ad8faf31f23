/** Ends of a secret that count only once what must follow them has been read; masks nothing. */
import { type Matcher, State } from './matcher.ts'

export interface Tail {
  readonly state: State
  /** Raw and decoded end of the secret. */
  readonly end: number
  readonly unitEnd: number
}

/** The state of a secret that has ended while what follows it is still read. */
export const PAST = new State([], false, 0)
export const NO_TAILS: readonly Tail[] = []
/** Ends of one secret that are followed at a time: the last ones, for of several the longest counts. */
const MOST = 8

export interface Stepped {
  readonly tails: readonly Tail[]
  /** The furthest end that all has followed by now. */
  readonly counts: Tail | undefined
}

/** One symbol on; `last` where nothing is read beyond it. */
export function stepTails(tails: readonly Tail[], after: Matcher, symbol: number, last: boolean): Stepped {
  let counts: Tail | undefined
  const kept: Tail[] = []
  for (const tail of tails) {
    const state = after.step(tail.state, symbol)
    if (state?.accept) counts = tail
    else if (state && !last) kept.push({ ...tail, state })
  }
  return { tails: kept.length > 0 ? kept.slice(-MOST) : NO_TAILS, counts }
}
