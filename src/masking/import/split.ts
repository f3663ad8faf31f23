/** Cuts a pattern at its secret: what stands before, the secret, what must follow. Pure; matches nothing. */
import { Fault } from '#exchange'
import type { CharSet } from '../pattern.ts'
import { beginning, EDGE, type Edge, edgeOf, isAnything, isNullable, type Stretch, withoutBorders } from './borders.ts'
import { WORD } from './classes.ts'
import { isOneLetter, pathsOf } from './paths.ts'
import type { Read } from './syntax.ts'
import { either, seq, type Tree } from './tree.ts'

/** One program: a match is a `before`, a `secret` and one of what may follow. */
export interface Part {
  /** What may stand directly before all of it. */
  readonly precede: Edge
  /** Optional characters before that, which belong to a match but decide nothing. */
  readonly lead: Lead | undefined
  readonly before: Tree | undefined
  readonly secret: Tree
  /** What may follow as one character or as the end of the text. */
  readonly follow: Edge
  /** What else may follow: longer than one character. */
  readonly afters: readonly Tree[]
  /** Whether no group says which part is the secret. */
  readonly whole: boolean
}

export interface Lead {
  readonly set: CharSet
  readonly max: number
}

/**
 * The programs of a pattern. `group` as in gitleaks: the secret's number, 0 for the first group that takes part, or all
 * of it where there is none.
 * @throws Fault config.invalid for what cannot be followed, or a group that is not there
 */
export function split({ tree, groups }: Read, group: number): readonly Part[] {
  if (group > groups) throw new Fault('config.invalid', `there is no group ${group}: the pattern has ${groups}`)
  const parts = pathsOf(tree, group).flatMap((path) => withoutBorders(path).flatMap(partsOf))
  if (parts.length === 0) throw new Fault('config.invalid', 'pattern: nothing can match it')
  return joinBefores(joinPrecedes(joinFollows(parts)))
}

function partsOf(stretch: Stretch): Part[] {
  const [before, secret, after] = cut(stretch)
  if (secret.length === 0 || isNullable(seq(secret)))
    throw new Fault('config.invalid', 'pattern: the secret may be empty')
  const { precede, lead, rest } = trimStart(before, stretch.precede)
  const follow = trimEnd(after, stretch.follow)
  const whole = !stretch.items.some(({ kind }) => kind === 'open')
  const part = { precede, lead, before: undefined, secret: seq(secret), ...follow, whole }
  if (rest.length === 0) return [part]
  const context = seq(rest)
  if (!isNullable(context)) return [{ ...part, before: context }]
  const some = beginning(context)
  return some ? [part, { ...part, before: some }] : [part]
}

/** Without a marked group the whole match is the secret, save one character that only marks its border. */
function cut({ items }: Stretch): [Tree[], Tree[], Tree[]] {
  const trees: [Tree[], Tree[], Tree[]] = [[], [], []]
  const open = items.findIndex(({ kind }) => kind === 'open')
  let at = open < 0 ? 1 : 0
  for (const item of items) {
    if (item.kind === 'eat') trees[at]!.push(...parts(item.tree))
    else at++
  }
  const [before, secret, after] = trees
  if (open < 0 && secret.length > 2) {
    if (isMark(secret[0]!)) before.push(secret.shift()!)
    if (isMark(secret.at(-1)!)) after.push(secret.pop()!)
  }
  return trees
}

const parts = (tree: Tree): readonly Tree[] => (tree.kind === 'seq' ? tree.items : [tree])

/** Several characters, none of them of a word: quotes, white space, "anything else". */
const isMark = (tree: Tree): boolean =>
  tree.kind === 'set' && !isOneLetter(tree.set) && !tree.set.some((bit, at) => bit && WORD[at]) && sizeOf(tree.set) > 2

const sizeOf = (set: CharSet): number => set.reduce((sum, bit) => sum + bit, 0)

/** Takes off what is optional, and makes one leading character of many a condition on what precedes. */
function trimStart(before: readonly Tree[], edge: Edge) {
  const rest = [...before]
  let precede = edge
  let lead: Lead | undefined
  while (rest.length && isAnything(precede)) {
    const first = rest[0]!
    if (isNullable(first)) lead = joined(lead, rest.shift()!)
    else if (first.kind === 'set' && !isOneLetter(first.set) && !lead) {
      precede = edgeOf(first.set, false)
      rest.shift()
    } else break
  }
  return { precede, lead, rest }
}

function joined(lead: Lead | undefined, tree: Tree): Lead | undefined {
  if (tree.kind !== 'repeat' || tree.item.kind !== 'set') return lead
  return { set: tree.item.set, max: tree.max + (lead?.max ?? 0) }
}

/**
 * What must follow, as one character where that is enough. A border behind more than one character holds no less than it
 * says: the end of the text counts as any character there.
 */
function trimEnd(after: readonly Tree[], edge: Edge): Pick<Part, 'follow' | 'afters'> {
  const rest = [...after]
  while (rest.length && isAnything(edge) && isNullable(rest.at(-1)!)) rest.pop()
  const [only] = rest
  if (!only) return { follow: edge, afters: [] }
  if (rest.length === 1 && only.kind === 'set' && isAnything(edge))
    return { follow: edgeOf(only.set, false), afters: [] }
  const all = seq(rest)
  const some = isNullable(all) ? beginning(all) : all
  const last: Tree[] = edge[EDGE] ? [] : [{ kind: 'set', set: edge.slice(0, EDGE) }]
  return { follow: isNullable(all) ? edge : new Uint8Array(edge.length), afters: some ? [seq([some, ...last])] : [] }
}

/** Programs that differ in what follows alone become one. */
function joinFollows(parts: readonly Part[]): Part[] {
  return join(
    parts,
    ({ precede, lead, before, secret }) => [precede, lead, before, secret],
    (a, b) => ({
      ...a,
      follow: a.follow.map((bit, at) => bit | b.follow[at]!),
      afters: [...a.afters, ...b.afters],
    }),
  )
}

/** The same for what precedes. */
function joinPrecedes(parts: readonly Part[]): Part[] {
  return join(
    parts,
    ({ lead, before, secret, follow, afters }) => [lead, before, secret, follow, afters],
    (a, b) => ({
      ...a,
      precede: a.precede.map((bit, at) => bit | b.precede[at]!),
    }),
  )
}

/** Programs that differ in what stands before alone become one. */
function joinBefores(parts: readonly Part[]): Part[] {
  return join(
    parts,
    ({ precede, lead, before, secret, follow, afters }) => [precede, lead, before ? 1 : 0, secret, follow, afters],
    (a, b) => (a.before && b.before ? { ...a, before: either([a.before, b.before]) } : a),
  )
}

function join(parts: readonly Part[], key: (part: Part) => unknown, unite: (a: Part, b: Part) => Part): Part[] {
  const byKey = new Map<string, Part>()
  for (const part of parts) {
    const name = JSON.stringify(key(part), (_, value) => (value instanceof Uint8Array ? value.join('') : value))
    const known = byKey.get(name)
    byKey.set(name, known ? unite(known, part) : part)
  }
  return [...byKey.values()]
}
