/** Tells whether a place in a text lies in an address. Keeps no text. */

const [SLASH, DOT, QUESTION] = [47, 46, 63]

const isSpace = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13)

/** Follows a text unit by unit. `//`, `www.`, and a slash or question mark behind a dot make an address, up to the next space. */
export class Addresses {
  #last = 0
  /** Whether a dot stands in the run of characters since the last space. */
  #dot = false
  /** How many `w` in a row. */
  #w = 0
  inside = false

  /** Takes one UTF-16 unit. */
  take(unit: number): void {
    if (isSpace(unit)) this.inside = this.#dot = false
    else if (unit === SLASH && (this.#dot || this.#last === SLASH)) this.inside = true
    else if (unit === QUESTION && this.#dot) this.inside = true
    else if (unit === DOT && this.#w >= 3) this.inside = true
    if (unit === DOT) this.#dot = true
    this.#w = (unit | 32) === 119 ? this.#w + 1 : 0
    this.#last = unit
  }
}
