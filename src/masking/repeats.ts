/** How a known value repeats itself, so that one candidate stands for all that begin within it; holds places, never a text. */
import type { Matcher, State } from './matcher.ts'

/** What is needed to say which places a value goes on from, by the symbols of its characters. */
export class Repeats {
  /** Characters, and UTF-16 units. */
  readonly length: number
  readonly units: number
  readonly #matcher: Matcher
  readonly #symbols: readonly number[]
  #alike: Uint16Array | undefined
  readonly #states: State[] = []
  readonly #places = new Map<State, number>()

  constructor(matcher: Matcher, symbols: readonly number[], units: number) {
    this.#matcher = matcher
    this.#symbols = symbols
    this.length = symbols.length
    this.units = units
  }

  /** The state after its first so many characters. */
  after(length: number): State {
    const states = this.#states
    if (states.length === 0) states.push(this.#matcher.start)
    for (let at = states.length; at <= length; at++)
      states.push(this.#matcher.step(states[at - 1]!, this.#symbols[at - 1]!)!)
    return states[length]!
  }

  /** How many characters of it have come in a state. */
  placeOf(state: State): number {
    let place = this.#places.get(state)
    for (let at = 0; place === undefined && at <= this.length; at++) {
      this.#places.set(this.after(at), at)
      place = this.#places.get(state)
    }
    return place ?? 0
  }

  /** Whether its first `length` characters, from `shift` on, are those that it begins with. */
  repeats(shift: number, length: number): boolean {
    this.#alike ??= alike(this.#symbols)
    return this.#alike[shift]! >= length - shift
  }
}

/** By place, how many symbols from there on are those from the start on (the Z function; Gusfield 1997, 1.4). Linear. */
function alike(symbols: readonly number[]): Uint16Array {
  const lengths = new Uint16Array(symbols.length + 1)
  let [from, to] = [0, 0]
  for (let at = 1; at < symbols.length; at++) {
    let length = at < to ? Math.min(to - at, lengths[at - from]!) : 0
    while (at + length < symbols.length && symbols[length] === symbols[at + length]) length++
    lengths[at] = length
    if (at + length > to) [from, to] = [at, at + length]
  }
  return lengths
}

/** So many that are done with are kept before their room is given back at once. */
const MOST_GONE = 1024

/** Where the value began once more within itself. */
export interface Start {
  readonly serial: number
  readonly start: number
  readonly unit: number
  readonly bare: boolean
}

/** The beginnings behind that of one candidate: the next one takes its place where it fails or ends. */
export class Shifts {
  readonly #repeats: Repeats
  /** Characters from the candidate's own beginning on. */
  #read: number
  /** Decoded index of the last one. */
  #last: number
  readonly #later: { readonly begun: Start; readonly at: number }[] = []
  #next = 0
  /** What the places of `#later` are counted from. */
  #origin = 0

  constructor(repeats: Repeats, read: number, last: number) {
    this.#repeats = repeats
    this.#read = read
    this.#last = last
  }

  /** One more, of which `read` characters have come. */
  add(begun: Start, read: number): void {
    this.#later.push({ begun, at: this.#origin + this.#read - read })
  }

  /** The candidate has taken the character with this index. */
  take(index: number): void {
    this.#read++
    this.#last = index
  }

  /** The next that goes on with `symbol`, the character with this index, whether the candidate has taken it or not; forgets those before. */
  slide(matcher: Matcher, symbol: number, index: number): { readonly begun: Start; readonly state: State } | undefined {
    const taken = this.#last === index
    if (this.#next > MOST_GONE) this.#next -= this.#later.splice(0, this.#next).length
    while (this.#next < this.#later.length) {
      const { begun, at } = this.#later[this.#next++]!
      const shift = at - this.#origin
      if (!this.#repeats.repeats(shift, this.#read)) continue
      const before = this.#repeats.after(this.#read - shift)
      const state = taken ? before : matcher.step(before, symbol)
      if (!state) continue
      this.#read -= taken ? shift : shift - 1
      this.#origin = at
      this.#last = index
      return { begun, state }
    }
    return undefined
  }

  /** Takes out all that have come as far as the candidate, each in its state. */
  spill(): { readonly begun: Start; readonly state: State }[] {
    const rest = this.#later.slice(this.#next)
    this.#next = this.#later.length
    return rest
      .filter(({ at }) => this.#repeats.repeats(at - this.#origin, this.#read))
      .map(({ begun, at }) => ({ begun, state: this.#repeats.after(this.#read - at + this.#origin) }))
  }
}
