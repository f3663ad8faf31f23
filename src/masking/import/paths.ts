/**
 * Takes a tree apart into paths: sequences without alternatives around what matters, which is the secret's group and the
 * borders. Every match of the tree is a match of one path, and the other way round.
 */
import { Fault } from '#exchange'
import type { CharSet } from '../pattern.ts'
import { type Border, seq, type Tree } from './tree.ts'

export type Item =
  /** Characters; the tree holds no group and no border. */
  | { readonly kind: 'eat'; readonly tree: Tree }
  | { readonly kind: 'border'; readonly border: Border }
  | { readonly kind: 'open' | 'close'; readonly group: number }

export type Path = readonly Item[]

const MOST_PATHS = 256

/**
 * The paths of a tree, each with at most one group marked: number `group`, or where that is 0 the first that takes part,
 * as gitleaks chooses it. Groups inside a repeat are not marked, nor, where none is asked for, those that always read the
 * same: what they hold is no secret.
 * @throws Fault config.invalid where there are too many, or a border stands inside a repeat.
 */
export function pathsOf(tree: Tree, group: number): readonly Path[] {
  const wanted = new Set<number>()
  collect(tree, group, wanted)
  return expand(tree, wanted)
}

/** Groups of which a match can say what they held. */
function collect(tree: Tree, group: number, wanted: Set<number>): void {
  if (tree.kind === 'seq' || tree.kind === 'either') for (const item of tree.items) collect(item, group, wanted)
  if (tree.kind === 'repeat' && tree.max === 1) collect(tree.item, group, wanted)
  if (tree.kind !== 'group') return
  if (group === 0 ? !isFixed(tree.item) : tree.index === group) wanted.add(tree.index)
  collect(tree.item, group, wanted)
}

/** Whether it always reads the same, case apart. */
function isFixed(tree: Tree): boolean {
  if (tree.kind === 'set') return isOneLetter(tree.set)
  if (tree.kind === 'group') return isFixed(tree.item)
  return tree.kind === 'seq' && tree.items.every(isFixed)
}

/** Whether a set is one character, or both cases of one letter. */
export function isOneLetter(set: CharSet): boolean {
  const first = set.indexOf(1)
  const last = set.lastIndexOf(1)
  if (first === last) return first >= 0
  return last - first === 32 && first >= 65 && first <= 90 && set.indexOf(1, first + 1) === last
}

function expand(tree: Tree, wanted: ReadonlySet<number>): Path[] {
  if (!concerns(tree, wanted)) return [[{ kind: 'eat', tree: plain(tree) }]]
  if (tree.kind === 'border') return [[tree]]
  if (tree.kind === 'either') return few(tree.items.flatMap((item) => expand(item, wanted)))
  if (tree.kind === 'seq') return expandAll(tree.items, wanted)
  if (tree.kind === 'group') return expandGroup(tree, wanted)
  if (tree.kind !== 'repeat' || tree.max > 1)
    throw new Fault('config.invalid', 'pattern: \\b, ^ or $ inside a repeat cannot be followed')
  const once = expand(tree.item, wanted)
  return tree.min === 1 ? once : few(tree.lazy ? [[], ...once] : [...once, []])
}

/** The first group that takes part is the one: what stands after it, or inside, needs no marks. */
function expandAll(items: readonly Tree[], wanted: ReadonlySet<number>): Path[] {
  let paths: Path[] = [[]]
  for (const item of items) {
    const marked = paths.filter(isMarked)
    const free = paths.filter((path) => !isMarked(path))
    const later = marked.length ? expand(item, new Set()) : []
    const now = free.length ? expand(item, wanted) : []
    paths = few([...cross(free, now), ...cross(marked, later)])
  }
  return paths
}

function expandGroup(tree: Tree & { kind: 'group' }, wanted: ReadonlySet<number>): Path[] {
  if (!wanted.has(tree.index)) return expand(tree.item, wanted)
  const mark = (kind: 'open' | 'close'): Item => ({ kind, group: tree.index })
  return expand(tree.item, new Set()).map((path) => [mark('open'), ...path, mark('close')])
}

const isMarked = (path: Path): boolean => path.some(({ kind }) => kind === 'open')
const cross = (heads: readonly Path[], tails: readonly Path[]): Path[] =>
  heads.flatMap((head) => tails.map((tail) => [...head, ...tail]))

function few(paths: Path[]): Path[] {
  if (paths.length > MOST_PATHS) throw new Fault('config.invalid', 'pattern: it has too many alternatives')
  return paths
}

/** Whether there is a border or a wanted group in it. */
function concerns(tree: Tree, wanted: ReadonlySet<number>): boolean {
  if (tree.kind === 'border') return true
  if (tree.kind === 'set') return false
  if (tree.kind === 'group') return wanted.has(tree.index) || concerns(tree.item, wanted)
  if (tree.kind === 'repeat') return concerns(tree.item, wanted)
  return tree.items.some((item) => concerns(item, wanted))
}

/** The tree without its groups. */
function plain(tree: Tree): Tree {
  if (tree.kind === 'group') return plain(tree.item)
  if (tree.kind === 'repeat') return { ...tree, item: plain(tree.item) }
  if (tree.kind === 'seq') return seq(tree.items.map(plain))
  return tree.kind === 'either' ? { ...tree, items: tree.items.map(plain) } : tree
}
