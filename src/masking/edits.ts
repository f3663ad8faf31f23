/** The stretches of a lane that are masked, in order and apart; holds offsets and rule ids, never text. */

/** One masked stretch. UTF-16 offsets in the lane's raw text, end exclusive. */
export interface LaneFinding {
  readonly rule: string
  readonly start: number
  readonly end: number
}

interface Edit extends LaneFinding {
  rule: string
  start: number
  end: number
  order: number
  tick: number
  bare: boolean
}

/** A match to mask. */
export interface Match {
  readonly rule: string
  readonly order: number
  readonly start: number
  /** True for a number outside JSON strings, which a placeholder in words would break. */
  readonly bare: boolean
}

/** What stands in for a secret; ASCII that needs no escape in JSON. */
function placeholder(rule: string): string {
  return `[masked:${rule}]`
}

export class Edits {
  readonly #edits: Edit[] = []

  /** A copy, in order. */
  get list(): readonly LaneFinding[] {
    return this.#edits.map(({ rule, start, end }) => ({ rule, start, end }))
  }

  /** Masks from `match.start` to `end`. Overlaps unite under the name of the leftmost, then first known, then first rule. */
  cover(match: Match, end: number, tick: number): void {
    const edits = this.#edits
    let from = edits.length
    while (from > 0 && edits[from - 1]!.end > match.start) from--
    const first = edits[from]
    if (!first || first.start >= end) {
      const { rule, order, start, bare } = match
      edits.splice(from, 0, { rule, order, start, end, tick, bare })
      return
    }
    if (precedes(match, tick, first)) {
      first.rule = match.rule
      first.order = match.order
      first.bare = match.bare
      first.tick = tick
      first.start = match.start
    }
    first.end = Math.max(first.end, end)
    let to = from + 1
    while (to < edits.length && edits[to]!.start < first.end) first.end = Math.max(first.end, edits[to++]!.end)
    if (to > from + 1) edits.splice(from + 1, to - from - 1)
  }

  /** `at`, or where the stretch around it ends. */
  past(at: number): number {
    for (let i = this.#edits.length - 1; i >= 0; i--) {
      const { start, end } = this.#edits[i]!
      if (start <= at) return Math.max(at, end)
    }
    return at
  }

  /** Lengthens stretches that end at `from`: the second half of a surrogate pair goes with the first. */
  widen(from: number, to: number): void {
    for (let i = this.#edits.length - 1; i >= 0 && this.#edits[i]!.end >= from; i--) {
      if (this.#edits[i]!.end === from) this.#edits[i]!.end = to
    }
  }

  /** `value`, which stands at `from`, with its masked stretches replaced; undefined where there are none. */
  render(from: number, value: string): string | undefined {
    const to = from + value.length
    let i = this.#firstPast(from)
    if (i >= this.#edits.length || this.#edits[i]!.start >= to) return undefined
    let out = ''
    let at = from
    for (; i < this.#edits.length && this.#edits[i]!.start < to; i++) {
      const edit = this.#edits[i]!
      if (edit.start >= from)
        out += value.slice(at - from, edit.start - from) + (edit.bare ? '1' : placeholder(edit.rule))
      at = Math.min(edit.end, to)
    }
    return out + value.slice(at - from)
  }

  /** Index of the first stretch that ends after `at`. */
  #firstPast(at: number): number {
    let low = 0
    let high = this.#edits.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#edits[middle]!.end > at) high = middle
      else low = middle + 1
    }
    return low
  }
}

function precedes(match: Match, tick: number, edit: Edit): boolean {
  if (match.start !== edit.start) return match.start < edit.start
  return tick === edit.tick && match.order < edit.order
}
