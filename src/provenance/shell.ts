/** The files that a shell command writes from text of its own: here-documents, and patches in them. Pure. Source: POSIX XCU 2.7.4. */
import { type Found, linesOf } from './found.ts'
import { patched } from './patch.ts'

/** Where it begins, on a line of at most `LONGEST` UTF-16 units; never `<<<`. */
const BEGINS = /(?<!<)<<(-?)\s{0,4}\\?(['"]?)([A-Za-z_]\w{0,63})\2/g
const TARGET = /(?:(?<![<>&\d])>{1,2}|\btee(?: -a)?)\s{0,4}(['"]?)([^\s'"<>|;&()]{1,256})\1/
const INTERPRETER = /\b(python|node|ruby|perl|bash|sh|php|psql|sqlite3)[\d.]*\b/
const LANGUAGES: Readonly<Record<string, string>> = { node: 'javascript', psql: 'sql', sqlite3: 'sql', sh: 'bash' }
const LONGEST = 2048

interface Open {
  readonly word: string
  readonly tabs: boolean
  readonly line: string
}

/** Each here-document of a command. */
export function heredocsIn(command: string): Found[] {
  if (!command.includes('<<')) return []
  const found: Found[] = []
  const waiting: Open[] = []
  let lines: [number, string][] = []
  for (const [at, line] of linesOf(command).entries()) {
    const [open] = waiting
    if (!open) waiting.push(...openedIn(line))
    else if ((open.tabs ? line.replace(/^\t+/, '') : line).trimEnd() === open.word) {
      found.push(...writtenBy(open, lines))
      waiting.shift()
      lines = []
    } else lines.push([at + 1, line])
  }
  return found
}

const openedIn = (line: string): Open[] =>
  line.length > LONGEST
    ? []
    : [...line.matchAll(BEGINS)].map(([, dash, , word = '']) => ({ word, tabs: dash === '-', line }))

function writtenBy({ line }: Open, lines: readonly [number, string][]): Found[] {
  const first = lines[0]?.[0] ?? 1
  const parts = patched(lines.map(([, text]) => text).join('\n'))
  if (parts.length > 0)
    return parts.map((part) => ({ ...part, lines: part.lines.map(([at, text]) => [at + first - 1, text] as const) }))
  const path = TARGET.exec(line)?.[2]
  const [, name] = path ? [] : (INTERPRETER.exec(line) ?? [])
  const language = name && (LANGUAGES[name] ?? name)
  return [{ from: 'shell', ...(path && { path }), ...(language && { language }), lines }]
}
