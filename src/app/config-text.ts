/** gatelog.yaml as text to plain values: references filled in, every fault with its line and column. */
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { Fault } from '#exchange'
import { beside } from './folder.ts'

/** Where `${env:X}` and `${file:/…}` come from. */
export interface References {
  env(name: string): string | undefined
  file(path: string): string
  /** The names of all variables. */
  names?(): readonly string[]
  /** Whether a file can be read; it is not, where nobody here needs what it holds. */
  readable?(path: string): boolean
}

/** What a text refers to, and what stands between. */
export type Part = { readonly text: string } | { readonly env: string } | { readonly file: string }

/** A text by its references. */
function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { index, 0: whole, 1: kind, 2: what = '' } of text.matchAll(REFERENCE)) {
    if (index > at) parts.push({ text: text.slice(at, index) })
    parts.push(kind === 'env' ? { env: what } : { file: what })
    at = index + whole.length
  }
  if (at < text.length) parts.push({ text: text.slice(at) })
  return parts
}

/** The same, with files sought beside the configuration `file`. */
export const placedParts = (text: string, file: string): Part[] =>
  partsOf(text).map((part) => ('file' in part ? { file: beside(file, part.file) } : part))

/** A configuration is some kilobytes; a larger file is none, and would only keep the parser busy. */
const LONGEST = 1_048_576

/** What a reference held and is shorter is no secret. */
const SHORTEST_HELD = 4

const REFERENCE = /\$\{(env|file):([^}]+)\}/g

export class ConfigText {
  readonly #name: string
  readonly #lines = new LineCounter()
  readonly #document
  /** What the references held, so that no message shows it. */
  readonly #held = new Map<string, string>()

  /** @throws config.invalid where it is not YAML */
  constructor(name: string, text: string) {
    this.#name = name
    if (text.length > LONGEST) throw new Fault('config.invalid', `${name}: longer than ${LONGEST} characters`)
    this.#document = this.#parsed(text)
    const wrong = this.#document.errors.map((error) => `${this.#at(error.pos[0])} ${error.message.split('\n')[0]}`)
    if (wrong.length) throw new Fault('config.invalid', wrong.join('\n'))
  }

  #parsed(text: string) {
    try {
      return parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true })
    } catch (cause) {
      throw new Fault('config.invalid', `${this.#name}: nested too deeply to be read`, { cause })
    }
  }

  /**
   * The values, references filled in; those alone that `wanted` keeps of them. What a reference held appears in no message.
   * Texts at paths that are `left` stay as they are written: what they refer to need only be there.
   * @throws config.missing
   */
  values(
    references: References,
    wanted: (values: unknown) => unknown = (all) => all,
    left: (path: readonly PropertyKey[]) => boolean = () => false,
  ): unknown {
    const missing: string[] = []
    const fill = (text: string, path: readonly PropertyKey[]) => {
      if (left(path)) {
        for (const [whole, kind = '', what = ''] of text.matchAll(REFERENCE))
          if (!isThere(references, kind, what)) missing.push(`${this.#place(path)} ${whole}`)
        return text
      }
      return text.replace(REFERENCE, (whole, kind: string, what: string) => {
        const found = held(references, kind, what)
        if (found === undefined) missing.push(`${this.#place(path)} ${whole}`)
        else if (found !== '') this.#held.set(found, whole)
        return found ?? ''
      })
    }
    const values = filled(wanted(this.#plain() ?? {}), fill)
    if (missing.length) throw new Fault('config.missing', missing.join('\n'))
    return values
  }

  /** Aliases are copied; so many that they would fill the memory are refused. */
  #plain(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 })
    } catch (cause) {
      throw new Fault('config.invalid', `${this.#name}: more aliases than a configuration needs`, { cause })
    }
  }

  /** A fault at a path. */
  fault(path: readonly PropertyKey[], message: string): Fault {
    return new Fault('config.invalid', this.#redacted(`${this.#place(path)} ${path.join('.')}: ${message}`))
  }

  /** One line for each issue: file, line, column, path, what is wrong. */
  told(issues: readonly z.core.$ZodIssue[], known: (path: readonly PropertyKey[]) => readonly string[]): string {
    return issues.flatMap((issue) => this.#lineOf(issue, known).map((line) => this.#redacted(line))).join('\n')
  }

  /** A text as it was written: with references in the place of what they held. Of very short ones nobody can tell. */
  written(text: string): string {
    return this.#redacted(text, SHORTEST_HELD)
  }

  /** A line with every reference in the place of what it held, if that is at least so long (UTF-16 units). */
  #redacted(line: string, shortest = 1): string {
    return [...this.#held]
      .filter(([value]) => value.length >= shortest)
      .sort(([a], [b]) => b.length - a.length)
      .reduce((text, [value, reference]) => text.replaceAll(value, () => reference), line)
  }

  #lineOf(issue: z.core.$ZodIssue, known: (path: readonly PropertyKey[]) => readonly string[]): string[] {
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
    if (issue.code !== 'unrecognized_keys') return [`${this.#place(issue.path)} ${issue.path.join('.')}: ${message}`]
    return issue.keys.map((key) => {
      const near = nearest(key, known(issue.path))
      const path = [...issue.path, key]
      return `${this.#place(path, true)} ${path.join('.')}: there is no such key${near ? `; did you mean ${near}?` : ''}`
    })
  }

  /** The position of a path's value, or of its key, or of the nearest thing above it. */
  #place(path: readonly PropertyKey[], ofKey = false): string {
    for (let depth = path.length; depth > 0; depth--) {
      const parent: unknown =
        depth === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, depth - 1), true)
      const wanted = path[depth - 1]
      if (isMap(parent)) {
        const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(wanted))
        const node = ofKey && depth === path.length ? pair?.key : (pair?.value ?? pair?.key)
        if (isNode(node)) return this.#at(startOf(node))
      }
      const node: unknown = this.#document.getIn(path.slice(0, depth), true)
      if (isNode(node)) return this.#at(startOf(node))
    }
    return this.#at(0)
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset)
    return `${this.#name}:${line}:${col}`
  }
}

const startOf = (node: Node): number => node.range?.[0] ?? 0

/** A copy in which every string was filled; what stands in several places is filled once, as is what holds itself. */
function filled(
  value: unknown,
  fill: (text: string, path: readonly PropertyKey[]) => string,
  path: readonly PropertyKey[] = [],
  done = new Map<unknown, unknown>(),
): unknown {
  if (typeof value === 'string') return fill(value, path)
  if (typeof value !== 'object' || value === null) return value
  if (done.has(value)) return done.get(value)
  const copy: Record<PropertyKey, unknown> | unknown[] = Array.isArray(value) ? [] : {}
  done.set(value, copy)
  for (const [key, each] of Object.entries(value)) {
    const below = filled(each, fill, [...path, Array.isArray(value) ? Number(key) : key], done)
    Object.defineProperty(copy, key, { value: below, enumerable: true, writable: true, configurable: true })
  }
  return copy
}

const isThere = (references: References, kind: string, what: string): boolean =>
  kind === 'file' && references.readable ? references.readable(what) : held(references, kind, what) !== undefined

function held(references: References, kind: string, what: string): string | undefined {
  if (kind === 'env') return references.env(what)
  try {
    return references.file(what).replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}

/** The known word that differs least, by at most a third of its letters. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((each) => ({ each, far: distance(word, each) })).sort((a, b) => a.far - b.far)
  const [best] = ranked
  return best && best.far <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
