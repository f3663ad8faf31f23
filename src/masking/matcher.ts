/** Runs one pattern over characters as they come, as a lazily built DFA; never backtracks, never looks back at text. */
import { Fault } from '#exchange'
import { type CharSet, type Pattern, SYMBOLS } from './pattern.ts'

const MAX_NODES = 20_000
const MAX_STATES = 4_000

/** Thompson's construction (1968): a node eats a set, or splits, or accepts. */
type Node =
  | { readonly kind: 'set'; readonly set: CharSet; readonly to: number }
  | { readonly kind: 'split'; to: readonly number[] }
  | { readonly kind: 'accept' }

/** A set of live nodes. `tick` and `holder` are scratch for whoever merges candidates that met in one state. */
export class State<Holder = unknown> {
  readonly accept: boolean
  /** Accepts, and nothing longer can match. */
  readonly last: boolean
  readonly nodes: readonly number[]
  /** By class: the next state, null where the pattern dies, a hole where nobody has looked yet. */
  next: (State | null | undefined)[]
  tick = 0
  holder: Holder | undefined

  constructor(nodes: readonly number[], accept: boolean, classes: number) {
    this.nodes = nodes
    this.accept = accept
    this.last = accept && nodes.length <= 1
    this.next = new Array(classes).fill(undefined)
  }
}

/** A compiled pattern. States are built when first met, and forgotten together when there are too many. */
export class Matcher {
  readonly start: State
  readonly #nodes: Node[] = []
  readonly #states = new Map<string, State>()
  readonly #classes: Uint8Array
  readonly #samples: readonly number[]

  readonly #shortest: boolean

  /**
   * With `shortest`, nothing follows the first end of a match.
   * @throws Fault config.invalid where the pattern is too large or matches the empty text.
   */
  constructor(pattern: Pattern, shortest = false) {
    this.#shortest = shortest
    this.#nodes.push({ kind: 'accept' })
    const entry = this.#build(pattern, 0)
    const [classes, samples] = classify(this.#nodes)
    this.#classes = classes
    this.#samples = samples
    this.start = this.#state([entry])
    if (this.start.accept) throw new Fault('config.invalid', 'masking pattern: it matches the empty text')
  }

  /** The state after `symbol` (0…128), null where no match can follow. */
  step(state: State, symbol: number): State | null {
    const index = this.#classes[symbol]!
    const known = state.next[index]
    return known === undefined ? this.#derive(state, index) : known
  }

  /** How many nodes it has: the most that a step can cost before its state is known. */
  get size(): number {
    return this.#nodes.length
  }

  /** Builds every state; how many there are, undefined where they are more than `most`. */
  count(most: number): number | undefined {
    const seen = new Set<State>([this.start])
    for (const state of seen) {
      for (let index = 0; index < this.#samples.length; index++) {
        const next = state.next[index] === undefined ? this.#derive(state, index) : state.next[index]
        if (next) seen.add(next)
      }
      if (seen.size > most) return undefined
    }
    return seen.size
  }

  #derive(state: State, index: number): State | null {
    const symbol = this.#samples[index]!
    const reached: number[] = []
    for (const id of this.#shortest && state.accept ? [] : state.nodes) {
      const node = this.#nodes[id]!
      if (node.kind === 'set' && node.set[symbol]) reached.push(node.to)
    }
    const next = reached.length === 0 ? null : this.#state(reached)
    state.next[index] = next
    return next
  }

  #state(entries: readonly number[]): State {
    const nodes = this.#closure(entries)
    const key = nodes.join()
    const known = this.#states.get(key)
    if (known) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    const state = new State(nodes, nodes.includes(0), this.#samples.length)
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    for (const state of this.#states.values()) state.next = new Array(this.#samples.length).fill(undefined)
    this.#states.clear()
    this.#states.set(this.start.nodes.join(), this.start)
  }

  #closure(entries: readonly number[]): number[] {
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

  /** Builds backwards: the id of the entry of `pattern` that leads to `to`. */
  #build(pattern: Pattern, to: number): number {
    if (pattern.kind === 'set') return this.#add({ kind: 'set', set: pattern.set, to })
    if (pattern.kind === 'seq') return pattern.items.reduceRight((next, item) => this.#build(item, next), to)
    if (pattern.kind === 'either')
      return this.#add({ kind: 'split', to: pattern.items.map((item) => this.#build(item, to)) })
    let entry = to
    if (pattern.max === Infinity) {
      const loop: Node & { kind: 'split' } = { kind: 'split', to: [] }
      entry = this.#add(loop)
      loop.to = [this.#build(pattern.item, entry), to]
    } else {
      for (let i = pattern.min; i < pattern.max; i++)
        entry = this.#add({ kind: 'split', to: [this.#build(pattern.item, entry), to] })
    }
    for (let i = 0; i < pattern.min; i++) entry = this.#build(pattern.item, entry)
    return entry
  }

  #add(node: Node): number {
    if (this.#nodes.length >= MAX_NODES) throw new Fault('config.invalid', 'masking pattern: it is too large')
    return this.#nodes.push(node) - 1
  }
}

/** Symbols that no set of the pattern tells apart share a class: [class by symbol, one symbol by class]. */
function classify(nodes: readonly Node[]): readonly [Uint8Array, readonly number[]] {
  const sets = [...new Set(nodes.flatMap((node) => (node.kind === 'set' ? [node.set.join('')] : [])))]
  const bySignature = new Map<string, number>()
  const classes = new Uint8Array(SYMBOLS)
  const samples: number[] = []
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    const signature = sets.map((set) => set[symbol]).join('')
    const index = bySignature.get(signature) ?? samples.push(symbol) - 1
    bySignature.set(signature, index)
    classes[symbol] = index
  }
  return [classes, samples]
}
