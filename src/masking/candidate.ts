/** A secret that has begun in one lane, and what may follow it; data that the hunt steps, never a text. */
import type { Decoder } from './coding.ts'
import { State } from './matcher.ts'
import type { Program } from './program.ts'
import type { Shifts } from './repeats.ts'

/** A place where a secret may end once what must follow it has come. */
export interface Tail {
  state: State
  /** Raw and decoded end of the secret. */
  readonly end: number
  readonly unitEnd: number
  /** Of a secret in another spelling: how much of its meaning that is. */
  readonly matched: number
}

/** In doubt or certain. */
export interface Candidate {
  readonly program: Program
  rule: string
  order: number
  serial: number
  /** Raw offset from which it is masked. */
  start: number
  /** Decoded index of the first unit of the secret. */
  unit: number
  /** Units still to come before it is masked and suspect. */
  late: number
  bare: boolean
  masked: boolean
  state: State
  /** Raw end and decoded end of the longest match so far, -1 where there is none. */
  end: number
  unitEnd: number
  /** Whether all up to `end` is masked for certain. */
  certain: boolean
  /** Swallows whatever it eats: the hold was too long. */
  forced: boolean
  tails: Tail[] | undefined
  /** Only where it is spelled otherwise. */
  coded: Coded | undefined
  /** Decoded index of where its rule began to match. */
  readonly from: number
  /** How much of a placeholder it is so far: see `guarded`. */
  guard: number
  /** Whether it looks mixed, where it must: see `gate.ts`. */
  gate: number
  /** Begun by a literal as it is written. */
  readonly plain: boolean
  /** Of a known value as it is written: where it has begun once more since. */
  shifts: Shifts | undefined
}

/** A secret in another spelling. */
export interface Coded {
  readonly decoder: Decoder
  /** What it means, as far as it is needed, and how much of that the longest match takes. */
  text: string
  matched: number
  /** Raw and decoded end of the last unit that completed a byte. */
  end: number
  unitEnd: number
}

/** The secret itself can go on no more; only what must follow it is waited for. */
export const DEAD = new State('', false, 0)

/** Whether something must still be read before an ended secret counts. */
export function waits(candidate: Candidate): boolean {
  if (!candidate.tails && !(candidate.guard >= 0 && candidate.end >= 0)) return false
  candidate.state = DEAD
  return true
}

const OPENING = '[masked:'
/** A rule's id, its mark or nonce, and signs between them. */
const MOST_INSIDE = 128

/** A guard that has seen a whole placeholder, and that of a candidate which begins otherwise. */
export const PLACEHOLDER = -1
export const NO_GUARD = -2

/**
 * Follows a candidate that begins as a placeholder begins, unit by unit: NO_GUARD once it is none, PLACEHOLDER at its end. What
 * was masked in an earlier turn is no secret, whatever a rule makes of it.
 */
export function guarded(guard: number, unit: number): number {
  if (guard < OPENING.length) return OPENING.charCodeAt(guard) === unit ? guard + 1 : NO_GUARD
  if (unit === 93) return guard > OPENING.length ? PLACEHOLDER : NO_GUARD
  const inside = (unit >= 48 && unit <= 58) || (unit >= 97 && unit <= 122) || unit === 45 || unit === 35 || unit === 126
  return inside && guard < OPENING.length + MOST_INSIDE ? guard + 1 : NO_GUARD
}
