/** A Go regular expression as a tree, before it is cut into programs. Types and makers; nothing is matched here. */
import { type CharSet, SYMBOLS } from '../pattern.ts'

/** What holds between two characters and takes none. `line` forms are those of `(?m)`. */
export type Border = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'no-word'

export type Tree =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'seq'; readonly items: readonly Tree[] }
  | { readonly kind: 'either'; readonly items: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly item: Tree; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'border'; readonly border: Border }
  /** A capture group; `index` counts opening parentheses from 1. */
  | { readonly kind: 'group'; readonly index: number; readonly item: Tree }

const ONE = new Map<string, CharSet>()

/** Nobody writes to a set: that of one character is the same for all. */
export function setOf(characters: string): CharSet {
  const known = ONE.get(characters)
  if (known) return known
  const set = new Uint8Array(SYMBOLS)
  for (const c of characters) set[c.charCodeAt(0)] = 1
  if (characters.length === 1) ONE.set(characters, set)
  return set
}

export const negated = (set: CharSet): CharSet => set.map((bit) => 1 - bit)
export const union = (a: CharSet, b: CharSet): CharSet => a.map((bit, at) => bit | b[at]!)

const FOLDED = new WeakMap<CharSet, CharSet>()

/** With both cases of every ASCII letter. */
export function foldedSet(set: CharSet): CharSet {
  const known = FOLDED.get(set)
  if (known) return known
  const both = set.slice()
  for (let c = 97; c <= 122; c++) if (set[c] || set[c - 32]) both[c] = both[c - 32] = 1
  FOLDED.set(set, both)
  return both
}

/** A sequence, flat; one item stands for itself. */
export function seq(items: readonly Tree[]): Tree {
  const flat = items.flatMap((item) => (item.kind === 'seq' ? item.items : [item]))
  return flat.length === 1 ? flat[0]! : { kind: 'seq', items: flat }
}

/** A choice; one of single characters is a set. */
export function either(items: readonly Tree[]): Tree {
  if (items.length === 1) return items[0]!
  const sets = items.flatMap((item) => (item.kind === 'set' ? [item.set] : []))
  return sets.length === items.length ? { kind: 'set', set: sets.reduce(union) } : { kind: 'either', items }
}
