/** Patterns as nondeterministic automata (Thompson 1968); builds them and says which nodes are reached, keeps no state. */
import { Fault } from '#exchange'
import { type CharSet, type Pattern, SYMBOLS } from './pattern.ts'

export const MAX_NODES = 20_000
const NOWHERE = -1
const ACCEPT = -2

/**
 * One or more patterns in one space of nodes. A node eats a set and leads on, or accepts, or leads to two others without
 * eating; `owner` is the number of the pattern that it belongs to.
 */
export class Nfa {
  /** By node: the number of its set, or what else it is. */
  readonly #set: number[] = []
  readonly #to: number[] = []
  readonly #other: number[] = []
  readonly #owner: number[] = []
  readonly #sets: CharSet[] = []
  readonly #numbers = new Map<CharSet, number>()
  #owners = 0

  /** Adds a pattern: the node at which it begins. @throws Fault config.invalid where it is too large. */
  add(pattern: Pattern): number {
    const accept = this.#push(ACCEPT, NOWHERE, NOWHERE)
    const entry = this.#build(pattern, accept)
    this.#owners++
    return entry
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#set.length
  }

  ownerOf(node: number): number {
    return this.#owner[node]!
  }

  accepts(node: number): boolean {
    return this.#set[node] === ACCEPT
  }

  /** The nodes that eat or accept, reachable from `entries` without a symbol, in order. */
  closure(entries: readonly number[]): number[] {
    const seen = new Set<number>()
    const found: number[] = []
    const waiting = [...entries]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node === NOWHERE || seen.has(node)) continue
      seen.add(node)
      if (this.#set[node] === NOWHERE) waiting.push(this.#other[node]!, this.#to[node]!)
      else found.push(node)
    }
    return found.sort((a, b) => a - b)
  }

  /** Where the nodes of a closure lead by a symbol. */
  step(nodes: readonly number[], symbol: number): number[] {
    const reached: number[] = []
    for (const node of nodes) {
      const set = this.#set[node]!
      if (set >= 0 && this.#sets[set]![symbol]) reached.push(this.#to[node]!)
    }
    return reached
  }

  /** Symbols that no set tells apart share a class: [class by symbol, one symbol by class]. `more` are further sets. */
  classify(more: readonly CharSet[] = []): readonly [Uint8Array, readonly number[]] {
    const classes = new Uint8Array(SYMBOLS + 1)
    let count = 1
    for (const set of new Set([...more, ...this.#sets])) count = refine(classes, count, set)
    const samples: number[] = []
    for (let symbol = SYMBOLS; symbol >= 0; symbol--) samples[classes[symbol]!] = symbol
    return [classes, samples]
  }

  /** Builds backwards: the id of the entry of `pattern` that leads to `to`. */
  #build(pattern: Pattern, to: number): number {
    if (pattern.kind === 'set') return this.#push(this.#numberOf(pattern.set), to, NOWHERE)
    if (pattern.kind === 'seq') return pattern.items.reduceRight((next, item) => this.#build(item, next), to)
    if (pattern.kind === 'either')
      return pattern.items
        .map((item) => this.#build(item, to))
        .reduceRight((rest, entry) => this.#push(NOWHERE, entry, rest))
    let entry = to
    if (pattern.max === Infinity) {
      entry = this.#push(NOWHERE, NOWHERE, to)
      this.#to[entry] = this.#build(pattern.item, entry)
    } else {
      for (let i = pattern.min; i < pattern.max; i++) entry = this.#push(NOWHERE, this.#build(pattern.item, entry), to)
    }
    for (let i = 0; i < pattern.min; i++) entry = this.#build(pattern.item, entry)
    return entry
  }

  #numberOf(set: CharSet): number {
    const known = this.#numbers.get(set)
    if (known !== undefined) return known
    this.#numbers.set(set, this.#sets.length)
    return this.#sets.push(set) - 1
  }

  #push(set: number, to: number, other: number): number {
    if (this.#set.length >= MAX_NODES * (this.#owners + 1))
      throw new Fault('config.invalid', 'masking pattern: it is too large')
    this.#to.push(to)
    this.#other.push(other)
    this.#owner.push(this.#owners)
    return this.#set.push(set) - 1
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
