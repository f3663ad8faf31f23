/** One automaton over the literals of all rules (Aho, Corasick 1975), a lookup a character; never looks at a pattern. */

/** A literal to find. */
export interface Literal {
  readonly text: string
  /** Ignore ASCII case; `text` is then in lower case. */
  readonly fold: boolean
  /** Only where no letter or digit stands directly before it. */
  readonly bounded: boolean
  /** How many of its first characters are context, not secret: they are never suspect. */
  readonly context: number
}

/** States are premultiplied by the width, so that `next[state + classes[unit]]` is the next one. */
export interface Literals {
  readonly next: Int32Array
  /** Class of each of the 65,536 UTF-16 units. */
  readonly classes: Uint16Array
  /** States at or above this one end at least one literal. */
  readonly firstHit: number
  /** By state / width: how many last characters may be the secret start of a literal. */
  readonly holds: Uint16Array
  /** By state / width: the literals that end here, as indexes. */
  readonly hits: readonly (readonly number[])[]
  readonly width: number
  /** The length of the longest literal, in UTF-16 units. */
  readonly longest: number
}

/** What stood before: decides whether a bounded literal may start at the next character. */
const EDGE = 0
const WORD = 1
const ESCAPE = 2
const PERCENT = 3
const PERCENT_HEX = 4

interface Node {
  readonly fold: boolean
  readonly depth: number
  readonly next: Map<number, Node>
  readonly ends: number[]
  hold: number
  readonly id: number
}

interface Spot {
  readonly nodes: readonly Node[]
  readonly before: number
}

/** Builds the automaton; a few hundred literals take some tens of milliseconds, once. */
export function buildLiterals(literals: readonly Literal[]): Literals {
  const roots = plant(literals)
  const [classes, samples] = classify(literals)
  const spots: Spot[] = [{ nodes: [], before: EDGE }]
  const ids = new Map<string, number>([[keyOf(spots[0]!), 0]])
  const moves: number[][] = []
  for (let i = 0; i < spots.length; i++) {
    moves.push(
      samples.map((unit) => {
        const spot = follow(spots[i]!, unit, roots)
        const key = keyOf(spot)
        const known = ids.get(key)
        if (known !== undefined) return known
        ids.set(key, spots.length)
        return spots.push(spot) - 1
      }),
    )
  }
  return { ...lay(spots, moves, samples.length), classes, longest: Math.max(1, ...literals.map((l) => l.text.length)) }
}

/** Four tries: free and bounded, each plain and folded. */
interface Roots {
  readonly free: readonly [Node, Node]
  readonly bounded: readonly [Node, Node]
}

function plant(literals: readonly Literal[]): Roots {
  let id = 0
  const node = (fold: boolean, depth: number): Node => ({ fold, depth, next: new Map(), ends: [], hold: 0, id: id++ })
  const roots: Roots = {
    free: [node(false, 0), node(true, 0)],
    bounded: [node(false, 0), node(true, 0)],
  }
  literals.forEach((literal, index) => {
    let at = roots[literal.bounded ? 'bounded' : 'free'][literal.fold ? 1 : 0]
    for (let i = 0; i < literal.text.length; i++) {
      const unit = literal.text.charCodeAt(i)
      const child = at.next.get(unit) ?? node(literal.fold, at.depth + 1)
      at.next.set(unit, child)
      child.hold = Math.max(child.hold, child.depth - literal.context)
      at = child
    }
    at.ends.push(index)
  })
  return roots
}

function follow(spot: Spot, unit: number, roots: Roots): Spot {
  const folded = unit >= 65 && unit <= 90 ? unit + 32 : unit
  const open = spot.before !== WORD && spot.before !== PERCENT_HEX
  const reached = new Map<number, Node>()
  for (const node of [...spot.nodes, ...roots.free, ...(open ? roots.bounded : [])]) {
    const next = node.next.get(node.fold ? folded : unit)
    if (next) reached.set(next.id, next)
  }
  return { nodes: [...reached.values()].sort((a, b) => a.id - b.id), before: beforeNext(spot.before, unit) }
}

/** A letter after a backslash (`\n`) or two hex digits after a percent sign (`%3D`) are no word before a literal. */
function beforeNext(before: number, unit: number): number {
  if (unit === 92) return ESCAPE
  if (before === ESCAPE) return EDGE
  if (unit === 37) return PERCENT
  if (before === PERCENT && isHex(unit)) return PERCENT_HEX
  if (before === PERCENT_HEX && isHex(unit)) return EDGE
  return isWord(unit) ? WORD : EDGE
}

function isWord(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)
}

function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 70) || (unit >= 97 && unit <= 102)
}

function keyOf(spot: Spot): string {
  return `${spot.before}|${spot.nodes.map((node) => node.id).join()}`
}

/** Units that no literal and no boundary tells apart share a class. */
function classify(literals: readonly Literal[]): readonly [Uint16Array, number[]] {
  const used = new Set<number>([92, 37])
  for (const { text, fold } of literals) {
    for (let i = 0; i < text.length; i++) {
      used.add(text.charCodeAt(i))
      if (fold) used.add(text[i]!.toUpperCase().charCodeAt(0))
    }
  }
  const classes = new Uint16Array(65_536)
  const bySignature = new Map<string, number>()
  const samples: number[] = []
  for (let unit = 0; unit < 65_536; unit++) {
    const signature = used.has(unit) ? `${unit}` : `${isWord(unit)}${isHex(unit)}`
    const index = bySignature.get(signature) ?? samples.push(unit) - 1
    bySignature.set(signature, index)
    classes[unit] = index
  }
  return [classes, samples]
}

/** Renumbers so that hits come last, and lays the moves out in one table. */
function lay(spots: readonly Spot[], moves: readonly (readonly number[])[], width: number) {
  const isHit = (i: number): boolean => spots[i]!.nodes.some((node) => node.ends.length > 0)
  const order = spots.map((_, i) => i).sort((a, b) => Number(isHit(a)) - Number(isHit(b)) || a - b)
  const place = new Int32Array(spots.length)
  order.forEach((old, now) => {
    place[old] = now
  })
  const next = new Int32Array(spots.length * width)
  const holds = new Uint16Array(spots.length)
  const hits: number[][] = []
  order.forEach((old, now) => {
    const { nodes } = spots[old]!
    moves[old]!.forEach((to, c) => {
      next[now * width + c] = place[to]! * width
    })
    holds[now] = nodes.reduce((most, node) => Math.max(most, node.hold), 0)
    hits.push(nodes.flatMap((node) => node.ends))
  })
  const first = order.findIndex((old) => isHit(old))
  return { next, holds, hits, width, firstHit: first < 0 ? next.length : first * width }
}
