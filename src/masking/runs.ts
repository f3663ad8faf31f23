/** Secrets that no literal begins: all their rules as one automaton, tried where a run begins; holds no state of any lane. */
import { Gate } from './gate.ts'
import { Nfa } from './nfa.ts'
import { type CharSet, type Pattern, SYMBOLS, symbolOf } from './pattern.ts'
import { BACKSLASH, isHex, PERCENT } from './units.ts'

const MOST_STATES = 4_096

/** A rule to try at the beginning of each run of a class. */
export interface RunRule<Program> {
  readonly program: Program
  readonly pattern: Pattern
  /** A secret may begin where no unit of this class stands directly before. */
  readonly run: CharSet
  /** How many of its first units are let go before it is suspect. */
  readonly late: number
  /** Only runs that look mixed from the first are tried: see `gate.ts`. */
  readonly mixed: boolean
}

/** What stood before decides who may begin: nothing (-1), a class of symbols (0…), or what an escape makes. */
const ESCAPE = 1000
const LETTER = 1001
const PER_CENT = 1002
const HEX = 1003

interface Place {
  readonly nodes: readonly number[]
  /** What stood before. */
  readonly before: number
  readonly gate: number
  /** Numbers of the rules still possible. */
  readonly rules: readonly number[]
  readonly accepts: boolean
  /** How many units of the run are let go; Infinity where nobody is alive. */
  readonly late: number
}

/** In a move's lowest bit: a run begins with this very unit. */
export const FRESH = 1
const UNKNOWN = -0x8000_0000

/**
 * States built so far. One is a number, 0 at the beginning of a text; `next[state + classes[unit]]` is a move: `move >> 1`
 * the next state, its lowest bit FRESH or not; a negative one wants a look by `Runs.move`.
 */
export class RunTable {
  next: Int32Array
  readonly #width: number
  readonly #places: Place[] = []
  readonly #ids = new Map<string, number>()

  constructor(width: number) {
    this.#width = width
    this.next = new Int32Array(64 * width).fill(UNKNOWN)
  }

  get size(): number {
    return this.#places.length
  }

  at(state: number): Place {
    return this.#places[state / this.#width]!
  }

  /** The state of a place, made where there is none. */
  stateOf(key: string, make: () => Place): number {
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.#places.push(make()) - 1
    if ((id + 1) * this.#width > this.next.length) {
      const old = this.next
      this.next = new Int32Array(old.length * 2).fill(UNKNOWN)
      this.next.set(old)
    }
    this.#ids.set(key, id * this.#width)
    return id * this.#width
  }
}

/** A lane keeps its table with its state: when a table has grown too large, a new one takes its place. */
export class Runs<Program> {
  readonly classes = new Uint8Array(65_536)
  table: RunTable
  readonly #rules: readonly RunRule<Program>[]
  readonly gateLength: number
  readonly #nfa = new Nfa()
  readonly #entries: readonly number[]
  readonly #samples: readonly number[]
  /** By class: the first class after which the same rules may begin. */
  readonly #alike: readonly number[]

  /** `gateLength`: from so many characters a run looks mixed, or does not. */
  constructor(rules: readonly RunRule<Program>[], gateLength: number) {
    this.gateLength = gateLength
    this.#rules = rules
    this.#entries = rules.map(({ pattern }) => this.#nfa.add(pattern))
    const [classes, samples] = this.#nfa.classify([...rules.map(({ run }) => run), ...PLAIN])
    for (let unit = 0; unit < 65_536; unit++) this.classes[unit] = classes[symbolOf(unit)]!
    this.#samples = samples
    const opens = samples.map((_, index) => this.#open(index).join())
    this.#alike = opens.map((open) => opens.indexOf(open))
    this.table = this.#newTable()
  }

  get any(): boolean {
    return this.#rules.length > 0
  }

  rule(number: number): RunRule<Program> {
    return this.#rules[number]!
  }

  /** The move from a state by a unit, made where nobody has been; never negative. `table` may be another one then. */
  move(state: number, unit: number): number {
    const index = this.classes[unit]!
    const known = this.table.next[state + index]!
    if (known === UNKNOWN) return this.#derive(state, index)
    return known < 0 ? ~known : known
  }

  /** The state in which nothing is tried any more, while what stood before is the same. */
  emptied(state: number): number {
    return this.#place([], this.table.at(state).before, Gate.PASSED)
  }

  /** The state after a unit that ends every run. */
  after(unit: number): number {
    return this.#place([], this.#alike[this.classes[unit]!]!, Gate.PASSED)
  }

  /** The state of an older table in the present one. */
  translated(table: RunTable, state: number): number {
    const { nodes, before, gate } = table.at(state)
    return this.#place(nodes, before, gate)
  }

  #newTable(): RunTable {
    this.table = new RunTable(this.#samples.length)
    this.#place([], -1, Gate.PASSED)
    return this.table
  }

  #derive(state: number, index: number): number {
    const { table } = this
    const { nodes, before, gate } = table.at(state)
    const symbol = this.#samples[index]!
    const fresh = this.#nfa.closure(this.#nfa.step(this.#nfa.closure(this.#open(before)), symbol))
    const begins = fresh.length > 0
    const gone = Gate.step(gate, symbol, this.gateLength)
    const old = this.#gated(this.#nfa.closure(this.#nfa.step(nodes, symbol)), gone)
    const after = this.#beforeNext(before, symbol, index)
    const next = begins
      ? this.#place(fresh, after, Gate.step(0, symbol, this.gateLength))
      : this.#place(old, after, gone)
    const wantsLook = (begins && old.length > 0) || this.table.at(next).accepts
    const move = next * 2 + (begins ? FRESH : 0)
    if (table === this.table) table.next[state + index] = wantsLook ? ~move : move
    return move
  }

  #gated(nodes: number[], gate: number): number[] {
    return gate === Gate.FAILED ? nodes.filter((node) => !this.#rules[this.#nfa.ownerOf(node)]!.mixed) : nodes
  }

  /** Where the rules begin that may begin after what stood before. */
  #open(before: number): number[] {
    if (before === HEX) return []
    const all = before < 0 || before === LETTER
    const symbol = before === ESCAPE ? BACKSLASH : before === PER_CENT ? PERCENT : (this.#samples[before] ?? 0)
    return this.#entries.filter((_, rule) => all || !this.#rules[rule]!.run[symbol])
  }

  /** After `\n` and after `%3D` anything may begin. */
  #beforeNext(before: number, symbol: number, index: number): number {
    if (symbol === BACKSLASH) return ESCAPE
    if (before === ESCAPE && ESCAPED.has(symbol)) return LETTER
    if (symbol === PERCENT) return PER_CENT
    if (before === PER_CENT && isHex(symbol)) return HEX
    if (before === HEX && isHex(symbol)) return LETTER
    return this.#alike[index]!
  }

  #place(nodes: readonly number[], before: number, gate: number): number {
    const rules = [...new Set(nodes.map((node) => this.#nfa.ownerOf(node)))]
    const gates = rules.some((rule) => this.#rules[rule]!.mixed) ? gate : Gate.PASSED
    if (this.table.size >= MOST_STATES) this.#newTable()
    return this.table.stateOf(`${before} ${gates} ${nodes.join()}`, () => {
      const late = rules.reduce((least, rule) => Math.min(least, this.#rules[rule]!.late), Infinity)
      return { nodes, before, gate: gates, rules, accepts: nodes.some((node) => this.#nfa.accepts(node)), late }
    })
  }
}

const ESCAPED = new Set([...'nrt'].map((letter) => letter.charCodeAt(0)))
const setOf = (isIn: (symbol: number) => boolean): CharSet =>
  Uint8Array.from({ length: SYMBOLS + 1 }, (_, symbol) => (isIn(symbol) ? 1 : 0))
/** Told apart in any case: what escapes are made of, and what the gate looks at. */
const PLAIN: readonly CharSet[] = [
  setOf((symbol) => symbol === BACKSLASH),
  setOf((symbol) => symbol === PERCENT),
  setOf((symbol) => ESCAPED.has(symbol)),
  setOf((symbol) => isHex(symbol)),
  setOf((symbol) => symbol >= 48 && symbol <= 57),
  setOf((symbol) => symbol >= 65 && symbol <= 90),
  setOf((symbol) => symbol >= 97 && symbol <= 122),
]
