/** Whether a pattern is found anywhere in a text, in time linear in it; never backtracks. For allowlists. */

import { Matcher } from '../matcher.ts'
import { symbolOf } from '../pattern.ts'
import { EDGE, isAnything, isNullable, type Stretch, withoutBorders } from './borders.ts'
import { ANY } from './classes.ts'
import { pathsOf } from './paths.ts'
import { patternOf } from './pattern.ts'
import { readGo } from './syntax.ts'
import { either, seq, type Tree } from './tree.ts'

const NO_GROUP = Number.MAX_SAFE_INTEGER
const ALL: Tree = { kind: 'repeat', item: { kind: 'set', set: ANY }, min: 0, max: Infinity, lazy: false }
/** The symbol that stands for both edges of the text; the character itself is read as the next one. */
const MARK = 0

/** @throws Fault config.invalid for a pattern that cannot be read or is too large */
export function searchOf(source: string): (text: string) => boolean {
  const stretches = pathsOf(readGo(source).tree, NO_GROUP).flatMap(withoutBorders)
  if (stretches.length === 0) return () => false
  if (stretches.some(isAlways)) return () => true
  const matcher = new Matcher(patternOf(either(stretches.map(whole))))
  return (text) => {
    let state = matcher.step(matcher.start, MARK)
    for (let i = 0; i < text.length && state && !state.accept; i++)
      state = matcher.step(state, symbolOf(text.charCodeAt(i)) || 1)
    if (state && !state.accept) state = matcher.step(state, 0)
    return state?.accept ?? false
  }
}

const isAlways = ({ precede, items, follow }: Stretch): boolean =>
  isAnything(precede) && isAnything(follow) && items.every((item) => item.kind !== 'eat' || isNullable(item.tree))

/** The pattern over the text between two marks, up to where it is certain that it is found. */
function whole({ precede, items, follow }: Stretch): Tree {
  const trees = items.flatMap((item) => (item.kind === 'eat' ? [inside(item.tree)] : []))
  const before = isAnything(precede) ? ALL : seq([ALL, border(precede)])
  const after: Tree[] = isAnything(follow) ? [] : [border(follow)]
  return seq([before, ...trees, ...after])
}

/** The tree without the mark: nothing but a border may eat it. */
function inside(tree: Tree): Tree {
  if (tree.kind === 'seq') return seq(tree.items.map(inside))
  if (tree.kind === 'either') return either(tree.items.map(inside))
  if (tree.kind === 'repeat') return { ...tree, item: inside(tree.item) }
  return tree.kind === 'set' ? { kind: 'set', set: tree.set.with(MARK, 0) } : tree
}

/** One of the characters of an edge, or the mark where it may be the text's. */
function border(edge: Uint8Array): Tree {
  const set = edge.slice(0, EDGE)
  set[MARK] = edge[EDGE]!
  return { kind: 'set', set }
}
