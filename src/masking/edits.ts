/** The stretches of a lane that are masked, in order and apart; holds offsets and rule ids, never text. */

/** One stretch that rules found. UTF-16 offsets, end exclusive. */
export interface LaneFinding {
  readonly rule: string
  /** Where it stood in the lane's raw text. */
  readonly start: number
  readonly end: number
  /** Where its placeholder stands in the recorded text, in which every finding is masked. */
  readonly at: number
  readonly until: number
  /** Decoded UTF-16 units that were masked. */
  readonly length: number
  /** Whether the secret proves itself (a checksum, a signature); undefined where its rule knows no proof. */
  readonly verified: boolean | undefined
  /** Whether any of it was masked in the receiver's copy too. */
  readonly masked: boolean
  /** What `Marks.seen` answered for the secrets in it; more than one where secrets overlap. */
  readonly fingerprints: readonly string[]
}

interface Edit {
  rule: string
  start: number
  end: number
  unit: number
  unitEnd: number
  order: number
  tick: number
  bare: boolean
  masked: boolean
  /** Number of the match that names it. */
  serial: number
  mark: string | undefined
  verified: boolean | undefined
  fingerprints: string[] | undefined
}

/** A match to mask. */
export interface Covering {
  readonly rule: string
  readonly order: number
  /** Tells matches of one lane apart. */
  readonly serial: number
  readonly start: number
  /** Index of its first decoded unit. */
  readonly unit: number
  /** True for a number outside JSON strings, which a placeholder in words would break. */
  readonly bare: boolean
  /** False where the receiver's copy stays as it is. */
  readonly masked: boolean
}

const MOST_FINGERPRINTS = 8

/** What stands in for a secret; ASCII that needs no escape in JSON. */
function placeholder({ bare, rule, mark }: Edit): string {
  if (bare) return '1'
  return mark === undefined ? `[masked:${rule}]` : `[masked:${rule}#${mark}]`
}

export class Edits {
  readonly #edits: Edit[] = []
  /** How much longer the recorded text is than the raw one after the edits that were taken. */
  #shift = 0

  /** A copy, in order. */
  get list(): readonly LaneFinding[] {
    let shift = this.#shift
    return this.#edits.map((edit) => {
      const found = findingOf(edit, edit.start + shift)
      shift += placeholder(edit).length - (edit.end - edit.start)
      return found
    })
  }

  /** Takes out those that end at or before `upTo`; nothing may touch them any more. */
  take(upTo: number): LaneFinding[] {
    const taken: LaneFinding[] = []
    for (const edit of this.#edits) {
      if (edit.end > upTo) break
      taken.push(findingOf(edit, edit.start + this.#shift))
      this.#shift += placeholder(edit).length - (edit.end - edit.start)
    }
    this.#edits.splice(0, taken.length)
    return taken
  }

  /** Masks from `match.start` to `end`. Overlaps unite under the name of the leftmost, then first known, then first rule. */
  cover(match: Covering, end: number, unitEnd: number, tick: number, mark?: string): void {
    const edits = this.#edits
    let from = edits.length
    while (from > 0 && edits[from - 1]!.end > match.start) from--
    const first = edits[from]
    if (!first || first.start >= end) {
      const { rule, order, start, unit, bare, masked, serial } = match
      const told = { verified: undefined, fingerprints: undefined }
      edits.splice(from, 0, { rule, order, start, end, unit, unitEnd, tick, bare, masked, serial, mark, ...told })
      return
    }
    if (precedes(match, tick, first)) rename(first, match, tick, mark)
    lengthen(first, end, unitEnd, match.masked)
    let to = from + 1
    while (to < edits.length && edits[to]!.start < first.end) unite(first, edits[to++]!)
    if (to > from + 1) edits.splice(from + 1, to - from - 1)
  }

  /** What became known of match number `serial`, which began at `start`. */
  tell(serial: number, start: number, verified: boolean | undefined, fingerprint: string | undefined): void {
    const edit = this.#edits[this.#firstPast(start)]
    if (!edit || edit.start > start) return
    if (edit.serial === serial) edit.verified = verified
    if (fingerprint === undefined || edit.fingerprints?.includes(fingerprint)) return
    edit.fingerprints ??= []
    if (edit.fingerprints.length < MOST_FINGERPRINTS) edit.fingerprints.push(fingerprint)
  }

  /** `at`, or where the stretch around it ends. */
  past(at: number): number {
    for (let i = this.#edits.length - 1; i >= 0; i--) {
      const { start, end } = this.#edits[i]!
      if (start <= at) return Math.max(at, end)
    }
    return at
  }

  /** Decoded index of the raw offset where a stretch ends; undefined where none does. */
  unitAt(end: number): number | undefined {
    return this.#edits.findLast((edit) => edit.end === end)?.unitEnd
  }

  /** Lengthens stretches that end at `from`: the second half of a surrogate pair goes with the first. */
  widen(from: number, to: number): void {
    for (let i = this.#edits.length - 1; i >= 0 && this.#edits[i]!.end >= from; i--) {
      const edit = this.#edits[i]!
      if (edit.end !== from) continue
      edit.end = to
      edit.unitEnd++
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
      if (edit.start >= from) out += value.slice(at - from, edit.start - from) + placeholder(edit)
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

function precedes(match: Covering, tick: number, edit: Edit): boolean {
  if (match.start !== edit.start) return match.start < edit.start
  return tick === edit.tick && match.order < edit.order
}

function rename(edit: Edit, match: Covering, tick: number, mark: string | undefined): void {
  const { rule, order, bare, start, unit, serial } = match
  const verified = serial === edit.serial ? edit.verified : undefined
  Object.assign(edit, { rule, order, bare, start, unit, serial, tick, mark, verified })
}

function lengthen(edit: Edit, end: number, unitEnd: number, masked: boolean): void {
  if (end > edit.end) {
    edit.end = end
    edit.unitEnd = unitEnd
  }
  edit.masked ||= masked
}

function unite(edit: Edit, other: Edit): void {
  lengthen(edit, other.end, other.unitEnd, other.masked)
  if (other.fingerprints)
    edit.fingerprints = [...new Set([...(edit.fingerprints ?? []), ...other.fingerprints])].slice(0, MOST_FINGERPRINTS)
}

function findingOf(edit: Edit, at: number): LaneFinding {
  const { rule, start, end, unit, unitEnd, verified, masked, fingerprints } = edit
  const until = at + placeholder(edit).length
  return { rule, start, end, at, until, length: unitEnd - unit, verified, masked, fingerprints: fingerprints ?? [] }
}
