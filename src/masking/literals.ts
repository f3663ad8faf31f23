/** One automaton over the literals of all rules (Aho, Corasick 1975), a lookup a character; never looks at a pattern. */
import { beginsWord, folded, narrow, UNSEEN, type UnitAt } from './units.ts'

/** A literal to find. */
export interface Literal {
  readonly text: string
  /** Ignore ASCII case; `text` is then in lower case. */
  readonly fold: boolean
  /** Only where a word begins, or only where none does. */
  readonly place: 'anywhere' | 'word' | 'inside'
  /** How many of its first characters are context, not secret: they are never suspect. */
  readonly context: number
}

const NO_HITS: readonly number[] = []

/** What may be a literal's beginning: as written, where case counts. */
interface Stem {
  readonly text: string | undefined
  readonly place: Literal['place']
  readonly hold: number
}

/**
 * Runs over text in lower case, so that one table serves literals with and without case; what it hits or holds is then
 * compared with the text itself. States are premultiplied: `next[state + classes[unit]]` is the next one.
 */
export class Literals {
  readonly next: Int32Array
  /** Class of each of the 65,536 UTF-16 units. */
  readonly classes: Uint16Array
  /** States at or above this one end at least one literal, as far as case and boundary allow. */
  readonly firstHit: number
  /** The length of the longest literal, in UTF-16 units. */
  readonly longest: number
  readonly #literals: readonly Literal[]
  /** Where an unseen unit leads. */
  readonly #unseen: number
  readonly #width: number
  readonly #trie: Trie
  readonly #nodeOf: Int32Array
  /** From the first state that hits on. */
  readonly #hits: readonly (readonly number[])[]
  readonly #stems = new Map<number, readonly Stem[]>()

  constructor(literals: readonly Literal[]) {
    this.#literals = literals
    this.longest = literals.reduce((most, { text }) => Math.max(most, text.length), 1)
    const [classes, width] = classify(literals)
    this.classes = classes
    this.#width = width
    this.#trie = new Trie(literals, classes, width)
    const { next, firstHit, nodeOf, hits } = lay(this.#trie, width)
    this.next = next
    this.firstHit = firstHit
    this.#nodeOf = nodeOf
    this.#unseen = nodeOf.length * width
    this.#hits = hits
  }

  /** States, and bytes of the table. */
  get size(): { readonly states: number; readonly bytes: number } {
    return { states: this.#nodeOf.length, bytes: this.next.byteLength }
  }

  /** The literals, as indexes, that end with the unit at `end` where the automaton is in `state`. */
  hitsAt(state: number, end: number, unitAt: UnitAt): readonly number[] {
    const hits = this.#hits[(state - this.firstHit) / this.#width]!
    const found = hits.filter((index) => this.#stands(this.#literals[index]!, end + 1, unitAt))
    return found.length === hits.length ? hits : found
  }

  /** Whether any literal ends there, or the unit is unseen, so that the text must be read without it. */
  hasHit(state: number, end: number, unitAt: UnitAt): boolean {
    if (state === this.#unseen) return true
    for (const index of this.#hits[(state - this.firstHit) / this.#width]!)
      if (this.#stands(this.#literals[index]!, end + 1, unitAt)) return true
    return false
  }

  /** How many last units before `end` may be the secret start of a literal where the automaton is in `state`. */
  holdAt(state: number, end: number, unitAt: UnitAt): number {
    if (state === 0) return 0
    let most = 0
    const { depth, fail } = this.#trie
    for (let node = this.#nodeOf[state / this.#width]!; depth[node]! > most; node = fail[node]!) {
      for (const { text, place, hold } of this.#stemsOf(node)) {
        if (hold <= most) continue
        const start = end - depth[node]!
        if ((text === undefined || same(text, start, unitAt)) && fits(place, start, unitAt)) most = hold
      }
    }
    return most
  }

  #stands({ text, fold, place }: Literal, end: number, unitAt: UnitAt): boolean {
    const start = end - text.length
    return (fold || same(text, start, unitAt)) && fits(place, start, unitAt)
  }

  /** The distinct beginnings of literals that end in a node. */
  #stemsOf(node: number): readonly Stem[] {
    const known = this.#stems.get(node)
    if (known) return known
    const depth = this.#trie.depth[node]!
    const stems = new Map<string, Stem>()
    for (const { text, fold, place, context } of this.#trie.below(node)) {
      const begun = fold ? undefined : text.slice(0, depth)
      const key = `${place} ${begun ?? ''}`
      stems.set(key, { text: begun, place, hold: Math.max(depth - context, stems.get(key)?.hold ?? 0) })
    }
    const list = [...stems.values()].filter(({ hold }) => hold > 0)
    this.#stems.set(node, list)
    return list
  }
}

function fits(place: Literal['place'], start: number, unitAt: UnitAt): boolean {
  return place === 'anywhere' || beginsWord(unitAt, start) === (place === 'word')
}

function same(text: string, start: number, unitAt: UnitAt): boolean {
  for (let i = text.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== narrow(unitAt(start + i))) return false
  return true
}

/** The literals in lower case, sorted, as a tree: a node is the range of literals that begin alike. */
class Trie {
  readonly depth: Uint16Array
  readonly fail: Int32Array
  readonly size: number
  readonly #sorted: readonly { readonly literal: Literal; readonly index: number; readonly text: string }[]
  readonly #first: Int32Array
  readonly #past: Int32Array
  readonly #width: number
  readonly #classes: Uint16Array

  constructor(literals: readonly Literal[], classes: Uint16Array, width: number) {
    this.#width = width
    this.#sorted = literals
      .map((literal, index) => ({ literal, index, text: lower(literal.text) }))
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.index - b.index))
    const size = this.#sorted.reduce((sum, { text }, nth) => sum + text.length - common(text, this.#sorted[nth - 1]), 1)
    this.size = size
    this.depth = new Uint16Array(size)
    this.fail = new Int32Array(size)
    this.#first = new Int32Array(size)
    this.#past = new Int32Array(size)
    this.#classes = classes
  }

  /** By node × width + class: where the automaton goes. */
  table(): Int32Array {
    const next = new Int32Array(this.size * this.#width)
    this.#plant(next)
    this.#link(next)
    return next
  }

  /** The literals whose beginning a node is. */
  below(node: number): Literal[] {
    return this.#sorted.slice(this.#first[node], this.#past[node]).map(({ literal }) => literal)
  }

  /** Whether any literal ends in a node or in one that it fails to. */
  hits(node: number): boolean {
    for (let at = node; at > 0; at = this.fail[at]!)
      if (this.#sorted[this.#first[at]!]!.text.length === this.depth[at]) return true
    return false
  }

  /** The literals that end in a node or in one that it fails to, as indexes. */
  hitsAt(node: number): number[] {
    const hits: number[] = []
    for (let at = node; at > 0; at = this.fail[at]!) {
      for (let i = this.#first[at]!; i < this.#past[at]! && this.#sorted[i]!.text.length === this.depth[at]; i++)
        hits.push(this.#sorted[i]!.index)
    }
    return hits
  }

  /** Children only: 0 where there is none. */
  #plant(next: Int32Array): void {
    let nodes = 1
    this.#past[0] = this.#sorted.length
    this.#sorted.forEach(({ text }, nth) => {
      let node = 0
      for (let i = 0; i < text.length; i++) {
        const place = node * this.#width + this.#classes[text.charCodeAt(i)]!
        let child = next[place]!
        if (child === 0) {
          child = nodes++
          next[place] = child
          this.depth[child] = i + 1
          this.#first[child] = nth
        }
        this.#past[child] = nth + 1
        node = child
      }
    })
  }

  /** Breadth first: where a node has no child, it goes where the node that it fails to goes. */
  #link(next: Int32Array): void {
    const { fail } = this
    const width = this.#width
    const order = new Int32Array(this.size)
    let known = 1
    for (let at = 0; at < known; at++) {
      const node = order[at]!
      const [row, failRow] = [node * width, fail[node]! * width]
      for (let c = 0; c < width; c++) {
        const child = next[row + c]!
        const onwards = node === 0 ? 0 : next[failRow + c]!
        if (child === 0) next[row + c] = onwards
        else {
          fail[child] = onwards
          order[known++] = child
        }
      }
    }
  }
}

/** How many characters two neighbours begin with alike. */
function common(text: string, other: { readonly text: string } | undefined): number {
  let length = 0
  while (other && length < text.length && text[length] === other.text[length]) length++
  return length
}

function lower(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) out += String.fromCharCode(folded(text.charCodeAt(i)))
  return out
}

/** Every unit that a literal holds has a class, the unseen share the last, all others the first: [classes, their number]. */
function classify(literals: readonly Literal[]): readonly [Uint16Array, number] {
  const classes = new Uint16Array(65_536)
  let width = 1
  for (const { text } of literals) {
    for (let i = 0; i < text.length; i++) {
      const unit = folded(text.charCodeAt(i))
      classes[unit] ||= width++
    }
  }
  for (let unit = 65; unit <= 90; unit++) classes[unit] = classes[unit + 32]!
  for (let unit = 0xff01; unit <= 0xff5e; unit++) classes[unit] = classes[narrow(unit)]!
  for (const unit of UNSEEN) classes[unit] = width
  return [classes, width + 1]
}

/** Renumbers so that hits come last, and premultiplies. */
function lay(trie: Trie, width: number) {
  const { size } = trie
  const table = trie.table()
  const hitsOf = Array.from({ length: size }, (_, node) => (trie.hits(node) ? trie.hitsAt(node) : NO_HITS))
  const nodeOf = new Int32Array(size)
  const place = new Int32Array(size)
  let at = 0
  for (const wanted of [false, true])
    for (let node = 0; node < size; node++) {
      if (hitsOf[node]!.length > 0 !== wanted) continue
      place[node] = at * width
      nodeOf[at++] = node
    }
  const next = new Int32Array(size * width)
  for (let i = 0; i < size; i++) {
    const row = nodeOf[i]! * width
    for (let c = 0; c < width - 1; c++) next[i * width + c] = place[table[row + c]!]!
    next[(i + 1) * width - 1] = size * width
  }
  const hits = Array.from(
    nodeOf.filter((node) => hitsOf[node]!.length > 0),
    (node) => hitsOf[node]!,
  )
  return { next, nodeOf, hits, firstHit: (size - hits.length) * width }
}
