/** Turns a condition so that what costs little is asked first; what it says stays the same. Evaluates nothing. */
import type { parse } from '@bufbuild/cel'
import type { Readable } from './facts.ts'

type Tree = ReturnType<typeof parse>['expr']

/** What grows with the prompt. */
const LARGE: ReadonlySet<string> = new Set<Readable>(['prompt.text', 'prompt.messages', 'prompt.size'])
const COMMUTATIVE = new Set(['_&&_', '_||_'])

/**
 * Swaps the sides of `&&` and `||` where the first alone reads what is large: both are commutative, also where a side
 * fails. Changes the tree. Source: cel-spec langdef, "Logical Operators".
 */
export function cheapFirst(tree: Tree, readsOf: (tree: Tree) => ReadonlySet<Readable>): void {
  const kind = tree.exprKind
  if (kind.case !== 'callExpr' || !COMMUTATIVE.has(kind.value.function)) return
  const { args } = kind.value
  const isLarge = (side: Tree) => [...readsOf(side)].some((name) => LARGE.has(name))
  for (const side of args) cheapFirst(side, readsOf)
  if (args[0] && args[1] && isLarge(args[0]) && !isLarge(args[1])) args.reverse()
}
