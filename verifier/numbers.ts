/** Numbers of entries as one writes them: single ones and stretches. Knows no entry. */

/** Stretches of numbers that are written out; past them their count is. */
const MOST_SPANS = 200

/** Numbers in their order as `12, 14–19`. */
export class Numbers {
  readonly #spans: [first: number, last: number][] = []
  #count = 0

  constructor(...numbers: readonly number[]) {
    for (const number of numbers) this.add(number)
  }

  add(number: number): void {
    this.#count += 1
    const last = this.#spans.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else if (this.#spans.length <= MOST_SPANS) this.#spans.push([number, number])
  }

  /** Those of which this is not so, as far as they are written out. */
  without(isSo: (number: number) => boolean): Numbers {
    const rest = new Numbers()
    for (const [first, last] of this.#spans)
      for (let number = first; number <= last; number++) if (!isSo(number)) rest.add(number)
    return rest
  }

  /** Whether this is so of each; where there are too many to be written out, it is not. */
  every(isSo: (number: number) => boolean): boolean {
    return this.#spans.length <= MOST_SPANS && String(this.without(isSo)) === ''
  }

  toString(): string {
    const told = this.#spans
      .slice(0, MOST_SPANS)
      .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`))
    return `${told.join(', ')}${this.#spans.length > MOST_SPANS ? `, … (${this.#count} in all)` : ''}`
  }
}
