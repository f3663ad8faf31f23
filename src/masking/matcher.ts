/** Runs one pattern over characters as they come, as a lazily built DFA; never backtracks, never looks back at text. */
import { Fault } from '#exchange'
import { Nfa } from './nfa.ts'
import type { Pattern } from './pattern.ts'

const MAX_STATES = 4_000

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
    this.last = accept && nodes.length === 1
    this.next = new Array(classes).fill(undefined)
  }
}

/** A compiled pattern. States are built when first met, and forgotten together when there are too many. */
export class Matcher {
  readonly start: State
  readonly #nfa = new Nfa()
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
    const entry = this.#nfa.add(pattern)
    const [classes, samples] = this.#nfa.classify()
    this.#classes = classes
    this.#samples = samples
    this.start = this.#state([entry])
    if (this.start.accept) throw new Fault('config.invalid', 'masking pattern: it matches the empty text')
  }

  /** The state after `symbol`, null where no match can follow. */
  step(state: State, symbol: number): State | null {
    const index = this.#classes[symbol]!
    const known = state.next[index]
    return known === undefined ? this.#derive(state, index) : known
  }

  /** How many nodes it has: the most that a step can cost before its state is known. */
  get size(): number {
    return this.#nfa.size
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
    const nodes = this.#shortest && state.accept ? [] : state.nodes
    const reached = this.#nfa.step(nodes, this.#samples[index]!)
    const next = reached.length === 0 ? null : this.#state(reached)
    state.next[index] = next
    return next
  }

  #state(entries: readonly number[]): State {
    const nodes = this.#nfa.closure(entries)
    const key = nodes.join()
    const known = this.#states.get(key)
    if (known) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    const accept = nodes.some((node) => this.#nfa.accepts(node))
    const state = new State(nodes, accept, this.#samples.length)
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    for (const state of this.#states.values()) state.next = new Array(this.#samples.length).fill(undefined)
    this.#states.clear()
    this.#states.set(this.start.nodes.join(), this.start)
  }
}
