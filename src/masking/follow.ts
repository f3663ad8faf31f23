/** What must come after a place where a secret may end, read unit by unit; masks nothing by itself. */
import type { Candidate } from './candidate.ts'
import type { Matcher } from './matcher.ts'
import type { Verdicts } from './verdicts.ts'

/** Ends of one secret that are followed at a time: the last ones, for of several the longest counts. */
const MOST = 8

/** Takes the ends of a candidate that `symbol` proves; the secret up to here would end at `end`. */
export function follows(candidate: Candidate, symbol: number, end: number, unitEnd: number, verdicts: Verdicts): void {
  const { follow, after } = candidate.program
  if (candidate.tails) stepTails(candidate, after!, symbol, verdicts)
  if (!candidate.state.accept) return
  if (follow?.[symbol]) verdicts.accept(candidate, end, unitEnd)
  else if (after) begin(candidate, after, symbol, end, unitEnd, verdicts)
}

function begin(
  candidate: Candidate,
  after: Matcher,
  symbol: number,
  end: number,
  unitEnd: number,
  verdicts: Verdicts,
): void {
  const state = after.step(after.start, symbol)
  if (state?.accept) verdicts.accept(candidate, end, unitEnd)
  else if (state) {
    candidate.tails ??= []
    if (candidate.tails.length >= MOST) candidate.tails.shift()
    candidate.tails.push({ state, end, unitEnd, matched: candidate.coded?.text.length ?? 0 })
  }
}

function stepTails(candidate: Candidate, after: Matcher, symbol: number, verdicts: Verdicts): void {
  const tails = candidate.tails!
  let kept = 0
  for (const tail of tails) {
    const state = after.step(tail.state, symbol)
    if (!state) continue
    tail.state = state
    if (!state.accept) tails[kept++] = tail
    else if (tail.unitEnd > candidate.unitEnd) {
      verdicts.accept(candidate, tail.end, tail.unitEnd)
      if (candidate.coded) candidate.coded.matched = tail.matched
    }
  }
  tails.length = kept
  if (kept === 0) candidate.tails = undefined
}
