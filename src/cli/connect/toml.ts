/** The statements of a TOML file: where each stands and which key it sets. Values are passed over, not read. Source: TOML 1.0. */
import { Fault } from '#exchange'

export interface Statement {
  readonly kind: 'table' | 'key'
  /** The whole path: that of its table, then its own. */
  readonly path: readonly string[]
  /** UTF-16 offset of its first character, and the number of its line, from 1. */
  readonly start: number
  readonly line: number
}

/** @throws client.settings with the line of what is no TOML */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = []
  let table: readonly string[] = []
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    at = skip(text, at, /[ \t\r\n]|#[^\n]*/y)
    if (at >= text.length) break
    const start = at
    const header = take(text, at, /\[\[?/y)
    if (header) {
      const name = pathAt(text, at + header.length)
      table = name.path
      at = expect(text, name.end, header === '[' ? /\]/y : /\]\]/y)
    } else at = value(text, expect(text, pathAt(text, at).end, /=/y))
    const own = header ? [] : pathAt(text, start).path
    statements.push({ kind: header ? 'table' : 'key', path: [...table, ...own], start, line: lineOf(text, start) })
    at = expect(text, at, /(#[^\n]*)?(\r?\n|$)/y)
  }
  return statements
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

const wrong = (text: string, at: number): Fault => new Fault('client.settings', `line ${lineOf(text, at)} is no TOML`)

function take(text: string, at: number, pattern: RegExp): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function skip(text: string, at: number, pattern: RegExp): number {
  for (let found = take(text, at, pattern); found; found = take(text, at, pattern)) at += found.length
  return at
}

/** The offset after a token that must come next, blanks before it aside. */
function expect(text: string, at: number, pattern: RegExp): number {
  const from = skip(text, at, /[ \t]/y)
  const found = take(text, from, pattern)
  if (found === undefined) throw wrong(text, from)
  return from + found.length
}

const KEY = /[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y

function pathAt(text: string, start: number): { path: string[]; end: number } {
  const path: string[] = []
  let at = start
  for (;;) {
    at = skip(text, at, /[ \t]/y)
    const key = take(text, at, KEY)
    if (key === undefined) throw wrong(text, at)
    path.push(/^["']/.test(key) ? key.slice(1, -1) : key)
    at = skip(text, at + key.length, /[ \t]/y)
    if (text[at] !== '.') return { path, end: at }
    at += 1
  }
}

const STRING = /"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|'''(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y
/** A number, a truth value, a date with its time. */
const BARE = /[A-Za-z0-9+_.:-]+( \d{2}:\d{2}[A-Za-z0-9+.:-]*)?/y
const NESTED = { '[': ']', '{': '}' } as const

/** The offset after a value. */
function value(text: string, start: number): number {
  const at = skip(text, start, /[ \t]/y)
  const open = text[at]
  if (open === '[' || open === '{') return nested(text, at + 1, NESTED[open])
  const found = take(text, at, STRING) ?? (/["']/.test(open ?? '') ? undefined : take(text, at, BARE))
  if (!found) throw wrong(text, at)
  return at + found.length
}

/** An array over any lines, or an inline table. */
function nested(text: string, start: number, close: ']' | '}'): number {
  const blank = close === ']' ? /[ \t\r\n]|#[^\n]*/y : /[ \t]/y
  let at = skip(text, start, blank)
  while (text[at] !== close) {
    const from = close === ']' ? at : expect(text, pathAt(text, at).end, /=/y)
    at = skip(text, value(text, from), blank)
    if (text[at] === ',') at = skip(text, at + 1, blank)
    else if (text[at] !== close) throw wrong(text, at)
  }
  return at + 1
}
