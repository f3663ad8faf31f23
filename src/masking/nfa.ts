/** Patterns as nondeterministic automata (Thompson 1968); builds them and says which nodes are reached, keeps no state. */
import { Fault } from '#exchange'
import { type CharSet, type Pattern, SYMBOLS } from './pattern.ts'

const MAX_NODES = 20_000

/** A node eats a set, or splits, or accepts; `owner` is the number of the pattern that it belongs to. */
type Node =
  | { readonly kind: 'set'; readonly set: CharSet; readonly to: number; readonly owner: number }
  | { readonly kind: 'split'; to: readonly number[]; readonly owner: number }
  | { readonly kind: 'accept'; readonly owner: number }

/** One or more patterns in one space of nodes. */
export class Nfa {
  readonly #nodes: Node[] = []
  #owners = 0

  /** Adds a pattern: the node at which it begins. @throws Fault config.invalid where it is too large. */
  add(pattern: Pattern): number {
    const owner = this.#owners++
    return this.#build(pattern, this.#push({ kind: 'accept', owner }), owner)
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#nodes.length
  }

  ownerOf(node: number): number {
    return this.#nodes[node]!.owner
  }

  accepts(node: number): boolean {
    return this.#nodes[node]!.kind === 'accept'
  }

  /** The nodes that eat or accept, reachable from `entries` without a symbol, in order. */
  closure(entries: readonly number[]): number[] {
    const seen = new Set<number>()
    const waiting = [...entries]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      const node = this.#nodes[id]!
      if (node.kind === 'split') waiting.push(...node.to)
    }
    return [...seen].filter((id) => this.#nodes[id]!.kind !== 'split').sort((a, b) => a - b)
  }

  /** Where the nodes of a closure lead by a symbol. */
  step(nodes: readonly number[], symbol: number): number[] {
    const reached: number[] = []
    for (const id of nodes) {
      const node = this.#nodes[id]!
      if (node.kind === 'set' && node.set[symbol]) reached.push(node.to)
    }
    return reached
  }

  /** Symbols that no set tells apart share a class: [class by symbol, one symbol by class]. `more` are further sets. */
  classify(more: readonly CharSet[] = []): readonly [Uint8Array, readonly number[]] {
    const sets = new Set(more)
    for (const node of this.#nodes) if (node.kind === 'set') sets.add(node.set)
    const classes = new Uint8Array(SYMBOLS + 1)
    let count = 1
    for (const set of sets) count = refine(classes, count, set)
    const samples: number[] = []
    for (let symbol = SYMBOLS; symbol >= 0; symbol--) samples[classes[symbol]!] = symbol
    return [classes, samples]
  }

  /** Builds backwards: the id of the entry of `pattern` that leads to `to`. */
  #build(pattern: Pattern, to: number, owner: number): number {
    if (pattern.kind === 'set') return this.#push({ kind: 'set', set: pattern.set, to, owner })
    if (pattern.kind === 'seq') return pattern.items.reduceRight((next, item) => this.#build(item, next, owner), to)
    if (pattern.kind === 'either')
      return this.#push({ kind: 'split', to: pattern.items.map((item) => this.#build(item, to, owner)), owner })
    let entry = to
    if (pattern.max === Infinity) {
      const loop: Node & { kind: 'split' } = { kind: 'split', to: [], owner }
      entry = this.#push(loop)
      loop.to = [this.#build(pattern.item, entry, owner), to]
    } else {
      for (let i = pattern.min; i < pattern.max; i++)
        entry = this.#push({ kind: 'split', to: [this.#build(pattern.item, entry, owner), to], owner })
    }
    for (let i = 0; i < pattern.min; i++) entry = this.#build(pattern.item, entry, owner)
    return entry
  }

  #push(node: Node): number {
    if (this.#nodes.length >= MAX_NODES * (this.#owners || 1))
      throw new Fault('config.invalid', 'masking pattern: it is too large')
    return this.#nodes.push(node) - 1
  }
}

/** Parts every class that a set cuts in two; how many there are then. */
function refine(classes: Uint8Array, count: number, set: CharSet): number {
  const inside = new Int16Array(count).fill(-1)
  const first = new Int16Array(count).fill(-1)
  let next = count
  for (let symbol = 0; symbol <= SYMBOLS; symbol++) {
    const old = classes[symbol]!
    const bit = set[symbol] ? 1 : 0
    if (first[old] === -1) first[old] = bit
    else if (first[old] !== bit) {
      if (inside[old] === -1) inside[old] = next++
      classes[symbol] = inside[old]!
    }
  }
  return next
}
