/** Tells whether a place in a text could be sent away by whoever shows it: an address, a link, an image, a tag. Keeps no text. */

const NEWLINE = 10
const [SLASH, DOT, COLON, TICK, QUESTION] = [47, 46, 58, 96, 63]
const [ROUND, ROUND_CLOSE, SQUARE, SQUARE_CLOSE] = [40, 41, 91, 93]
const [LESS, GREATER] = [60, 62]

const isSpace = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13)
/** `<a`, `</a`, `<!--`, `<?`. */
const isTagStart = (unit: number): boolean =>
  ((unit | 32) >= 97 && (unit | 32) <= 122) || unit === SLASH || unit === 33 || unit === QUESTION

/**
 * Follows a text unit by unit. It errs towards danger: what is not closed counts as open until its paragraph ends.
 * Source: CommonMark 0.31 (links, images, autolinks, reference definitions, raw HTML), and bare addresses.
 */
export class Surroundings {
  #last = 0
  /** The first unit of the line that is no space; 0 before it. */
  #first = 0
  #address = false
  /** Whether a dot stands in the run of characters since the last space. */
  #dot = false
  /** How many `w` in a row. */
  #w = 0
  /** Round brackets open since a link's target began; 0 outside of one. */
  #target = 0
  #tag = false
  /** Square brackets open in this line. */
  #square = 0
  /** Whether the line defines a reference: `[name]: target`. */
  #definition = false
  #fence = false
  /** Backticks in a row at the start of the line. */
  #ticks = 0

  /** Whether a value that stood here might be sent to somebody, or would stand inside a link. */
  get dangerous(): boolean {
    return this.#address || this.#target > 0 || this.#tag || this.#definition || (this.#square > 0 && !this.#fence)
  }

  /** Takes one UTF-16 unit. */
  take(unit: number): void {
    this.#run(unit)
    if (unit === NEWLINE) this.#newline()
    else this.#character(unit)
    this.#last = unit
  }

  /** `//`, `www.`, and a slash or question mark behind a dot make a run of characters an address, up to the next space. */
  #run(unit: number): void {
    if (isSpace(unit)) this.#address = this.#dot = false
    else if (unit === SLASH && (this.#dot || this.#last === SLASH)) this.#address = true
    else if (unit === QUESTION && this.#dot) this.#address = true
    else if (unit === DOT && this.#w >= 3) this.#address = true
    if (unit === DOT) this.#dot = true
    this.#w = (unit | 32) === 119 ? this.#w + 1 : 0
  }

  #newline(): void {
    if (this.#first === 0) {
      this.#target = 0
      this.#tag = false
    }
    this.#first = this.#square = this.#ticks = 0
    this.#definition = false
  }

  #character(unit: number): void {
    this.#ticks = unit === TICK && (this.#first === 0 || this.#ticks > 0) ? this.#ticks + 1 : 0
    if (this.#ticks === 3) this.#fence = !this.#fence
    if (this.#target > 0) this.#target += Number(unit === ROUND) - Number(unit === ROUND_CLOSE)
    else if (unit === ROUND && this.#last === SQUARE_CLOSE) this.#target = 1
    if (unit === SQUARE) this.#square++
    else if (unit === SQUARE_CLOSE) this.#square = Math.max(0, this.#square - 1)
    else if (unit === COLON && this.#last === SQUARE_CLOSE && this.#first === SQUARE) this.#definition = true
    if (unit === GREATER) this.#tag = false
    else if (this.#last === LESS && isTagStart(unit)) this.#tag = true
    if (this.#first === 0 && !isSpace(unit)) this.#first = unit
  }
}
