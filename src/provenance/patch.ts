/** The lines that a patch adds, by file: `apply_patch`, unified diffs, blocks to search and replace. Pure. */
import { type Found, linesOf } from './found.ts'

const FILE = /^\*{3} (?:Add|Update|Delete) File: (\S.*?)\s*$/
const MOVED = /^\*{3} Move to: (\S.*?)\s*$/
const SEARCH = /^(?:<{5,9}|-{5,9}) SEARCH\b/
const BETWEEN = /^={5,9}[ \t\r]*$/
const REPLACE = /^(?:>{5,9}|\+{5,9}) REPLACE\b/
const LONGEST_PATH = 512

interface Section {
  path: string | undefined
  readonly lines: [number, string][]
  readonly old: string[]
}

/** What a text is, if it is a patch. */
const isPatch = (text: string): boolean =>
  text.includes('*** Begin Patch') ||
  /^\*{3} (?:Add|Update) File: /m.test(text) ||
  (/^@@/m.test(text) && /^[+-]/m.test(text)) ||
  (/^(?:<{5,9}|-{5,9}) SEARCH\b/m.test(text) && /^={5,9}[ \t\r]*$/m.test(text))

/** Each file that the patch adds lines to; empty where the text is none. `path` is its file where it names none. */
export function patched(text: string, path?: string): Found[] {
  if (!isPatch(text)) return []
  const sections: Section[] = []
  const begin = (named: string | undefined): Section => {
    const section = { path: named?.slice(0, LONGEST_PATH), lines: [], old: [] }
    sections.push(section)
    return section
  }
  const lines = linesOf(text)
  let section: Section | undefined
  let block: 'search' | 'replace' | undefined
  for (const [at, line] of lines.entries()) {
    const [, file] = FILE.exec(line) ?? []
    const [, moved] = MOVED.exec(line) ?? []
    if (file) section = begin(file)
    else if (moved && section) section.path = moved.slice(0, LONGEST_PATH)
    else if (line.startsWith('+++ ') && (lines[at - 1] ?? '').startsWith('--- ')) section = begin(named(line))
    else if (line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')) continue
    else if (SEARCH.test(line)) block = 'search'
    else if (block === 'search' && BETWEEN.test(line)) block = 'replace'
    else if (REPLACE.test(line)) block = undefined
    else {
      section ??= begin(path)
      if (block) block === 'search' ? section.old.push(line) : section.lines.push([at + 1, line])
      else if (line.startsWith('+')) section.lines.push([at + 1, line.slice(1)])
      else if (line.startsWith('-')) section.old.push(line.slice(1))
    }
  }
  return sections
    .filter((each) => each.lines.length > 0)
    .map((each) => ({
      from: 'patch',
      ...(each.path && { path: each.path }),
      lines: each.lines,
      ...(each.old.length > 0 && { old: each.old.join('\n') }),
    }))
}

/** The file of `+++ b/src/a.ts	2026-11-25`. */
function named(line: string): string | undefined {
  const path = line
    .slice(4)
    .split('\t')[0]
    ?.trim()
    .replace(/^[ab]\//, '')
  return path === '/dev/null' ? undefined : path
}
