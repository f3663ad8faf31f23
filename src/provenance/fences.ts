/** The fenced blocks of a reply's text, with the language and the path that it gives them. Pure. Source: CommonMark 0.31 §4.5. */
import { type Found, linesOf } from './found.ts'
import { patched } from './patch.ts'
import { isPath, pathIn } from './path.ts'

const OPENS = /^[\s>]{0,16}(`{3,}|~{3,})([^`]{0,256})$/
const LANGUAGE = /^[\w+#.-]{1,32}$/
const COMMENTED = /^\s*(?:\/\/|#|--|;|<!--|\/\*)\s*(?:(?:file ?path|file|path)\s*:\s*)?(\S+)/i
/** Lines above a fence that may name its file. */
const ABOVE = 2

interface Open {
  readonly mark: string
  readonly info: string
  /** Its own line's place in the text, from 0. */
  readonly at: number
}

/** Every block, in order; one that is not closed goes on to the end. */
export function fencesIn(text: string): Found[] {
  const lines = linesOf(text)
  const found: Found[] = []
  let open: Open | undefined
  for (const [at, line] of lines.entries()) {
    if (!open) {
      const [, mark, info = ''] = OPENS.exec(line) ?? []
      if (mark) open = { mark, info: info.trim(), at }
    } else if (closes(line, open.mark)) {
      found.push(...blockOf(open, lines, at))
      open = undefined
    }
  }
  if (open) found.push(...blockOf(open, lines, lines.length))
  return found
}

const closes = (line: string, mark: string): boolean => {
  const bare = line.replace(/^[\s>]{0,16}/, '').trimEnd()
  return bare.length >= mark.length && bare.length < 64 && bare === mark.charAt(0).repeat(bare.length)
}

function blockOf({ info, at }: Open, lines: readonly string[], end: number): Found[] {
  const inner = lines.slice(at + 1, end)
  const named = { ...hintOf(info), ...pathOf(lines, at, inner[0] ?? '', info) }
  const parts = patched(inner.join('\n'), named.path)
  if (parts.length > 0)
    return parts.map((part) => ({
      ...part,
      ...(named.language && !DIFFS.has(named.language) && { language: named.language }),
      lines: part.lines.map(([number, text]) => [number + at + 1, text] as const),
    }))
  return [{ from: 'fence', ...named, lines: inner.map((text, nth) => [at + 2 + nth, text] as const) }]
}

const DIFFS: ReadonlySet<string> = new Set(['diff', 'patch', 'udiff'])

/** `ts`, `ts:src/a.ts`, `ts src/a.ts`, `src/a.ts`, `ts title="src/a.ts"`. */
function hintOf(info: string): { readonly language?: string; readonly path?: string } {
  const [first = '', ...rest] = info.split(/\s+/)
  const [before = '', behind] = first.startsWith('{') ? [] : first.split(/:(.*)/, 2)
  const values = rest.map((word) => /^\{?(?:title|file|filename|path)=["']?([^"'}]+)/.exec(word)?.[1] ?? word)
  const path = [...(behind === undefined ? [] : [behind]), ...values, before].find(isPath)
  const language = before !== path && LANGUAGE.test(before) ? before.toLowerCase() : undefined
  return { ...(language && { language }), ...(path && { path }) }
}

/** Where the info does not name the file: the block's first line, then the lines above it. */
function pathOf(lines: readonly string[], at: number, first: string, info: string): { readonly path?: string } {
  if (hintOf(info).path) return {}
  const commented = COMMENTED.exec(first)?.[1]?.replace(/[:*]+$/, '')
  if (commented && isPath(commented)) return { path: commented }
  for (let back = at - 1, left = ABOVE; back >= 0 && left > 0; back--) {
    const line = lines[back] ?? ''
    if (line.trim() === '') continue
    left = 0
    const path = pathIn(line)
    if (path) return { path }
  }
  return {}
}
