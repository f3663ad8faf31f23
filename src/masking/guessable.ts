/** Whether somebody could find a value by trying, so that nothing may tell that two of them are equal. Pure. */
import { isWordy } from './randomness.ts'
import { entropy, restlessness } from './spread.ts'

/** UTF-16 units. A random token that is shorter can be tried out, too. */
const SHORTEST = 12
/** Shannon's bits of the whole value. Twelve random characters of base 62 have about 42, sixteen about 60. */
const LEAST_BITS = 48

/** Short, of few different characters, or made of words: a password that a person chose. Random tokens are not. */
export function isGuessable(value: string): boolean {
  return value.length < SHORTEST || entropy(value) * value.length < LEAST_BITS || isNamed(value)
}

/** Words with a number behind them, not letters of a random token that look like some. */
const isNamed = (value: string): boolean => isWordy(value) && restlessness(value) < 0.35
