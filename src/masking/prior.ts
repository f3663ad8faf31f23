/** What stands directly before a match: read unit by unit backwards, never further than BEHIND_UNITS. */
import { END, symbolOf } from './pattern.ts'
import type { Program } from './program.ts'
import { folded, narrow, type UnitAt } from './units.ts'

/** The longest word that a rule may forbid before its match, and a sign between. UTF-16 units. */
export const BEHIND_UNITS = 25

/** Whether a match may begin at `start`, by what its rule says of the unit and the words before. */
export function mayStand({ prior, notBehind }: Program, start: number, unitAt: UnitAt): boolean {
  if (prior && prior[start === 0 ? END : symbolOf(unitAt(start - 1))] !== 1) return false
  if (notBehind.length === 0) return true
  const end = JOINTS.includes(unitAt(start - 1)) ? start - 1 : start
  return !notBehind.some((word) => endsWith(word, end, unitAt))
}

/** Hyphen, underscore, space. */
const JOINTS = [45, 95, 32]

/** Whether a word in lower case stands before `end`, in any case. */
function endsWith(word: string, end: number, unitAt: UnitAt): boolean {
  for (let i = 1; i <= word.length; i++)
    if (folded(narrow(unitAt(end - i))) !== word.charCodeAt(word.length - i)) return false
  return true
}
