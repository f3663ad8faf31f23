/** Runs one pattern over characters as they come, as a lazily built DFA; never backtracks, never looks back at text. */
import { Fault } from '#exchange'
import { MAX_NODES, Nfa } from './nfa.ts'
import { type Pattern, shortest, sizeOf } from './pattern.ts'

const MAX_STATES = 4_000
const NONE = new Nfa()

/** A set of live nodes, one a UTF-16 unit of a text: there are many, and most are large. `tick` and `holder` are scratch for whoever merges candidates that met in one state. */
export class State<Holder = unknown> {
  readonly accept: boolean
  /** Accepts, and nothing longer can match. */
  readonly last: boolean
  readonly nodes: string
  /** By class: the next state, null where the pattern dies, a hole where nobody has looked yet. */
  next: (State | null | undefined)[]
  tick = 0
  holder: Holder | undefined

  constructor(nodes: string, accept: boolean, classes: number) {
    this.nodes = nodes
    this.accept = accept
    this.last = accept && nodes.length === 1
    this.next = new Array(classes).fill(undefined)
  }
}

/**
 * A compiled pattern. Its automaton is built when first asked for, since of hundreds of rules most see nothing in a day;
 * states are built when first met, and forgotten together when there are too many.
 */
export class Matcher {
  /** How many nodes it has: the most that a step can cost before its state is known. */
  readonly size: number
  readonly pattern: Pattern
  readonly #shortest: boolean
  readonly #states = new Map<string, State>()
  #start: State | undefined
  #nfa = NONE
  #classes: Uint8Array = new Uint8Array(0)
  #samples: readonly number[] = []

  /**
   * With `isShortest`, nothing follows the first end of a match.
   * @throws Fault config.invalid where the pattern is too large or matches the empty text.
   */
  constructor(pattern: Pattern, isShortest = false) {
    this.size = sizeOf(pattern)
    if (this.size > MAX_NODES) throw new Fault('config.invalid', 'masking pattern: it is too large')
    if (shortest(pattern) === 0) throw new Fault('config.invalid', 'masking pattern: it matches the empty text')
    this.pattern = pattern
    this.#shortest = isShortest
  }

  /** Where every match begins. */
  get start(): State {
    return this.#start ?? this.#build()
  }

  /** The state after `symbol`, null where no match can follow. */
  step(state: State, symbol: number): State | null {
    const index = this.#classes[symbol]!
    const known = state.next[index]
    return known === undefined ? this.#derive(state, index) : known
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

  #build(): State {
    this.#nfa = new Nfa()
    const entry = this.#nfa.add(this.pattern)
    ;[this.#classes, this.#samples] = this.#nfa.classify()
    this.#start = this.#state([entry])
    return this.#start
  }

  #derive(state: State, index: number): State | null {
    const nodes = this.#shortest && state.accept ? [] : unpacked(state.nodes)
    const reached = this.#nfa.step(nodes, this.#samples[index]!)
    const next = reached.length === 0 ? null : this.#state(reached)
    state.next[index] = next
    return next
  }

  #state(entries: readonly number[]): State {
    const nodes = this.#nfa.closure(entries)
    const key = String.fromCharCode(...nodes)
    const known = this.#states.get(key)
    if (known) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    const accept = nodes.some((node) => this.#nfa.accepts(node))
    const state = new State(key, accept, this.#samples.length)
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    for (const state of this.#states.values()) state.next = new Array(this.#samples.length).fill(undefined)
    this.#states.clear()
    if (this.#start) this.#states.set(this.#start.nodes, this.#start)
  }
}

const unpacked = (nodes: string): number[] => Array.from({ length: nodes.length }, (_, i) => nodes.charCodeAt(i))
