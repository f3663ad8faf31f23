/** A tree without groups and borders as the engine's own pattern. Pure. */
import { Fault } from '#exchange'
import type { Pattern } from '../pattern.ts'
import type { Tree } from './tree.ts'

/** @throws Fault gateway.internal where one is left */
export function patternOf(tree: Tree): Pattern {
  if (tree.kind === 'set') return tree
  if (tree.kind === 'seq' || tree.kind === 'either') return { kind: tree.kind, items: tree.items.map(patternOf) }
  if (tree.kind === 'repeat') return { kind: 'repeat', item: patternOf(tree.item), min: tree.min, max: tree.max }
  throw new Fault('gateway.internal', 'a pattern was not taken apart')
}
