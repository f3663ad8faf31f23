/** Candidates of one rule that have come to one state: one goes on for both. Never reads a text. */
import type { Candidate, Coded } from './candidate.ts'
import type { State } from './matcher.ts'

/** Two candidates of one rule in one state have one future: the earlier one goes on for both. */
export function merged(candidate: Candidate, state: State, tick: number): boolean {
  const { check, after, foreign, whole } = candidate.program
  if (candidate.guard >= 0 || candidate.coded) return false
  if (state.tick !== tick) {
    state.tick = tick
    state.holder = candidate
    return false
  }
  const holder = state.holder as Candidate
  if (check || after || foreign?.judge) return holder.start === candidate.start
  if (!alike(holder.coded, candidate.coded) || holder.gate !== candidate.gate) return false
  if (whole && (holder.end >= 0 || candidate.end >= 0)) return false
  const { serial, start, unit, late, bare, certain, end, unitEnd, coded } = candidate
  if (start < holder.start) Object.assign(holder, { serial, start, unit, late, bare, certain, end, unitEnd, coded })
  return true
}

/** Whether two candidates in one state go on alike: neither is spelled otherwise, or both in the same way. */
function alike(one: Coded | undefined, other: Coded | undefined): boolean {
  if (!one || !other) return one === other
  return one.decoder.kind === other.decoder.kind && one.decoder.phase === other.decoder.phase
}
