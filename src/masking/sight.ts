/** What a rule that was written elsewhere may see around its match; reads the tape, decides nothing. */
import { symbolOf } from './pattern.ts'
import type { Program } from './program.ts'
import type { ForeignRule, Sight } from './rule.ts'
import type { Tape } from './tape.ts'

/** Whether a program looks at more than its secret. */
export const sees = ({ foreign }: Program): boolean => foreign !== undefined && foreign.sees !== 'secret'

/** What was found of a program, by decoded index. */
interface Found {
  readonly program: Program
  readonly from: number
  readonly unitEnd: number
}

/** Whether a rule that was written elsewhere has all that it asks for besides its pattern; `read`: keywords so far. */
export function isAsked(found: Found, secret: string, read: ReadonlySet<number>, tape: Tape): boolean {
  const { foreign, keywords } = found.program
  if (keywords.length > 0 && !keywords.some((keyword) => read.has(keyword))) return false
  return !foreign?.judge || foreign.judge(sightOf(foreign, secret, found.from, found.unitEnd, tape))
}

/** The match from `from` to `end`, as far back as the tape goes. */
function sightOf(rule: ForeignRule, secret: string, from: number, end: number, tape: Tape): Sight {
  if (rule.sees === 'secret') return { secret, match: secret, line: secret }
  const oldest = tape.oldest
  const start = Math.max(oldest, backOver(from, oldest, rule, tape))
  const match = tape.read(start, end) ?? secret
  if (rule.sees === 'match') return { secret, match, line: match }
  let lineStart = start
  while (lineStart > oldest && tape.at(lineStart - 1) !== 10) lineStart--
  return { secret, match, line: tape.read(lineStart, end) ?? match }
}

function backOver(from: number, oldest: number, { lead }: ForeignRule, tape: Tape): number {
  let start = from
  while (lead && start > oldest && from - start < lead.max && lead.set[symbolOf(tape.at(start - 1))]) start--
  return start
}
