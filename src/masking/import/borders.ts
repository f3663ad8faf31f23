/**
 * Does away with `\b`, `^` and `$`: a path that has them is the union of paths that have none, in which the characters
 * on both sides of a border are narrowed to those that make it hold. Pure; matches nothing.
 */
import { Fault } from '#exchange'
import { type CharSet, SYMBOLS } from '../pattern.ts'
import { WORD } from './classes.ts'
import type { Item, Path } from './paths.ts'
import { type Border, negated, seq, setOf, type Tree } from './tree.ts'

/** What may stand just outside a match: by symbol, and at the last place whether it may be the text's edge. */
export type Edge = Uint8Array
export const EDGE = SYMBOLS

/** A path without borders, and what must stand around it. */
export interface Stretch {
  readonly precede: Edge
  readonly items: Path
  readonly follow: Edge
}

export const anything = (): Edge => new Uint8Array(SYMBOLS + 1).fill(1)
export const isAnything = (edge: Edge): boolean => !edge.includes(0)

/** `set`, and the text's edge too where `atEdge`. */
export function edgeOf(set: CharSet, atEdge: boolean): Edge {
  const edge = new Uint8Array(SYMBOLS + 1)
  edge.set(set)
  edge[EDGE] = atEdge ? 1 : 0
  return edge
}

const NONE = setOf('')
const word = edgeOf(WORD, false)
const noWord = edgeOf(negated(WORD), true)
const atEdge = edgeOf(NONE, true)
const atLine = edgeOf(setOf('\n'), true)

/** What must stand left and right of a border, one pair for each way in which it holds. */
const SIDES: Readonly<Record<Border, readonly (readonly [Edge, Edge])[]>> = {
  word: [
    [word, noWord],
    [noWord, word],
  ],
  'no-word': [
    [word, word],
    [noWord, noWord],
  ],
  'text-start': [[atEdge, anything()]],
  'text-end': [[anything(), atEdge]],
  'line-start': [[atLine, anything()]],
  'line-end': [[anything(), atLine]],
}

const MOST = 512

/** @throws Fault config.invalid where that makes too many. */
export function withoutBorders(path: Path): readonly Stretch[] {
  return settle({ precede: anything(), items: path, follow: anything() })
}

function settle(stretch: Stretch): Stretch[] {
  const { items } = stretch
  const at = items.findIndex(({ kind }) => kind === 'border')
  const found = items[at]
  if (found?.kind !== 'border') return [stretch]
  const out = SIDES[found.border].flatMap(([left, right]) =>
    endingIn(items.slice(0, at), left, stretch.precede).flatMap((before) =>
      beginningIn(items.slice(at + 1), right, stretch.follow).map((after) => ({
        precede: before.edge,
        items: [...before.items, ...after.items],
        follow: after.edge,
      })),
    ),
  )
  if (out.length > MOST) throw new Fault('config.invalid', 'pattern: too many borders')
  return out.flatMap(settle)
}

interface Side {
  readonly items: Path
  readonly edge: Edge
}

/** What stands before a border, so that it ends in `edge`: as it is where it always does. */
function endingIn(items: Path, edge: Edge, precede: Edge): Side[] {
  const always = endings(items, negated(edge), precede).length === 0
  return always ? [{ items, edge: precede }] : endings(items, edge, precede)
}

/** The same after a border. */
function beginningIn(items: Path, edge: Edge, follow: Edge): Side[] {
  const always = beginnings(items, negated(edge), follow).length === 0
  return always ? [{ items, edge: follow }] : beginnings(items, edge, follow)
}

/** The ways in which items end in `edge`; all of them may be empty, and then what precedes must. */
function endings(items: Path, edge: Edge, precede: Edge): Side[] {
  const out: Side[] = []
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!
    if (item.kind !== 'eat') continue
    const tree = lastIn(item.tree, edge)
    if (tree) out.push({ items: [...items.slice(0, i), eat(tree), ...marks(items.slice(i + 1))], edge: precede })
    if (!isNullable(item.tree)) return out
  }
  return ending(out, { items: marks(items), edge: both(edge, precede) })
}

/** The ways in which items begin in `edge`; further borders in them stay. */
function beginnings(items: Path, edge: Edge, follow: Edge): Side[] {
  const out: Side[] = []
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    if (item.kind !== 'eat') continue
    const tree = firstIn(item.tree, edge)
    if (tree) out.push({ items: [...marks(items.slice(0, i)), eat(tree), ...items.slice(i + 1)], edge: follow })
    if (!isNullable(item.tree)) return out
  }
  return ending(out, { items: marks(items), edge: both(edge, follow) })
}

const ending = (out: Side[], last: Side): Side[] => (last.edge.includes(1) ? [...out, last] : out)
const eat = (tree: Tree): Item => ({ kind: 'eat', tree })
const marks = (items: Path): Item[] => items.filter(({ kind }) => kind !== 'eat')
const both = (a: Edge, b: Edge): Edge => a.map((bit, at) => bit & b[at]!)

export function isNullable(tree: Tree): boolean {
  if (tree.kind === 'set') return false
  if (tree.kind === 'repeat') return tree.min === 0 || isNullable(tree.item)
  if (tree.kind === 'either') return tree.items.some(isNullable)
  if (tree.kind === 'seq') return tree.items.every(isNullable)
  return tree.kind === 'group' ? isNullable(tree.item) : true
}

/** The tree without the empty match. */
export const beginning = (tree: Tree): Tree | undefined => firstIn(tree, anything())

/** What of the tree begins with a character in `edge`; undefined where nothing does. */
function firstIn(tree: Tree, edge: Edge): Tree | undefined {
  if (tree.kind === 'set') return narrowed(tree.set, edge)
  if (tree.kind === 'either') return choice(tree.items.map((item) => firstIn(item, edge)))
  if (tree.kind === 'repeat') {
    const item = firstIn(tree.item, edge)
    return item && seq([item, ...rest(tree)])
  }
  if (tree.kind !== 'seq') return undefined
  const ways: (Tree | undefined)[] = []
  for (let i = 0; i < tree.items.length; i++) {
    const item = firstIn(tree.items[i]!, edge)
    ways.push(item && seq([item, ...tree.items.slice(i + 1)]))
    if (!isNullable(tree.items[i]!)) break
  }
  return choice(ways)
}

/** What of the tree ends with a character in `edge`. */
function lastIn(tree: Tree, edge: Edge): Tree | undefined {
  if (tree.kind === 'set') return narrowed(tree.set, edge)
  if (tree.kind === 'either') return choice(tree.items.map((item) => lastIn(item, edge)))
  if (tree.kind === 'repeat') {
    const item = lastIn(tree.item, edge)
    return item && seq([...rest(tree), item])
  }
  if (tree.kind !== 'seq') return undefined
  const ways: (Tree | undefined)[] = []
  for (let i = tree.items.length - 1; i >= 0; i--) {
    const item = lastIn(tree.items[i]!, edge)
    ways.push(item && seq([...tree.items.slice(0, i), item]))
    if (!isNullable(tree.items[i]!)) break
  }
  return choice(ways)
}

function narrowed(set: CharSet, edge: Edge): Tree | undefined {
  const kept = set.map((bit, at) => bit & edge[at]!)
  return kept.includes(1) ? { kind: 'set', set: kept } : undefined
}

function choice(ways: readonly (Tree | undefined)[]): Tree | undefined {
  const some = ways.filter((way) => way !== undefined)
  return some.length < 2 ? some[0] : { kind: 'either', items: some }
}

/** A repeat with one turn less. */
function rest(tree: Tree & { kind: 'repeat' }): Tree[] {
  const max = tree.max - 1
  return max === 0 ? [] : [{ ...tree, min: Math.max(0, tree.min - 1), max }]
}
