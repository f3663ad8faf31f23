/** A secret that goes on in another spelling than plain text, stepped a unit at a time; keeps no more of what it means than is judged. */
import { type Candidate, type Coded, DEAD, waits } from './candidate.ts'
import { afterPercent, type Decoder, ENDED, NOTHING, PERCENTS } from './coding.ts'
import { follows } from './follow.ts'
import { merged } from './merged.ts'
import { END, symbolOf } from './pattern.ts'
import type { Step } from './step.ts'
import { PERCENT } from './units.ts'
import { LONGEST_CODED, type Verdicts } from './verdicts.ts'

/** `=` at the end of base64. */
const PADDING = 61

/** In an address a secret goes on in percent signs: `AccountKey=ab%2Bcd`. */
export function goesOnInPercents(candidate: Candidate, { index, from }: Step, verdicts: Verdicts): boolean {
  if (candidate.forced || candidate.late > 0 || candidate.guard >= 0 || candidate.state === DEAD) return false
  const text = verdicts.read(candidate.unit, index)
  if (text === undefined) return false
  const matched = candidate.end < 0 ? 0 : candidate.unitEnd - candidate.unit
  candidate.coded = { decoder: afterPercent(), text, matched, end: from, unitEnd: index }
  return true
}

/** Whether a secret in another spelling goes on with this unit: what is masked goes on to the end of the spelling, the value does not. */
export function survivesSpelled(
  candidate: Candidate,
  coded: Coded,
  step: Step,
  tick: number,
  verdicts: Verdicts,
): boolean {
  const { unit, index, to, quote } = step
  const next = symbolAfter(coded.decoder, unit)
  const byte = quote ? ENDED : coded.decoder.feed(unit)
  const goesOn = coded.decoder.kind !== PERCENTS && !quote && (byte !== ENDED || unit === PADDING)
  if (candidate.forced) return goesOn && verdicts.swallow(candidate, index, to)
  if (byte === NOTHING) return true
  const symbol = byte === ENDED ? next : symbolOf(byte)
  follows(candidate, symbol, coded.end, coded.unitEnd, verdicts)
  const state = byte === ENDED ? null : candidate.program.secret.step(candidate.state, symbol)
  if (!state) {
    if (byte !== ENDED && waits(candidate)) return true
    verdicts.close(candidate)
    candidate.forced = candidate.certain
    return candidate.certain && goesOn && verdicts.swallow(candidate, index, to)
  }
  candidate.state = state
  if (coded.text.length <= LONGEST_CODED) coded.text += String.fromCharCode(byte)
  coded.end = to
  coded.unitEnd = index + 1
  const { follow, after } = candidate.program
  if (state.accept && !follow && !after) verdicts.accept(candidate, to, index + 1)
  return !merged(candidate, state, tick)
}

/** What stands behind a secret whose spelling ends with this unit: the unit itself where others may stand as they are. */
function symbolAfter({ kind, phase }: Decoder, unit: number): number {
  if (kind !== PERCENTS) return END
  return phase === 0 ? symbolOf(unit) : PERCENT
}
