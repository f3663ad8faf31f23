/** Which of a reply's lines its prompt held already: the model only repeats them. One pass over the prompt, linear. Pure. */

/** Two random numbers of this process, so that nobody can write texts whose lines are taken for others. */
const [SEED, OTHER] = crypto.getRandomValues(new Int32Array(2)) as unknown as [number, number]
const ENDS = 1 << 12
const MOST_DIGITS = 8
/** A longer path before a line's number is none. */
const LONGEST_PLACE = 512

const TAB = 9
const [QUOTE, DOUBLE, BACKTICK, SEMICOLON, COMMA] = [39, 34, 96, 59, 44]
const [PLUS, MINUS, MORE, COLON, BAR, ARROW] = [43, 45, 62, 58, 124, 0x2192]
/** White space beyond ASCII, as `\s` has it. */
const SPACES = new Set([
  ...[0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
  ...Array.from({ length: 11 }, (_, at) => 0x2000 + at),
])

/** What an ASCII unit counts as: itself, a quote, or nothing (0). */
const MEANT = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (unit === SEMICOLON || unit === COMMA || (unit <= 32 && /\s/.test(String.fromCharCode(unit)))) return 0
  return unit === DOUBLE || unit === BACKTICK ? QUOTE : unit || 1
})
/** What a unit counts as; 0 for one that is left out. */
const meant = (unit: number): number => (unit < 128 ? (MEANT[unit] as number) : SPACES.has(unit) ? 0 : unit)
const isBlank = (unit: number): boolean => unit !== SEMICOLON && unit !== COMMA && meant(unit) === 0
/** What follows the number of a line. */
const NUMBERED = new Set([TAB, ARROW, BAR, COLON, MINUS])
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** Forms of lines, of which `take` strikes out those that a text holds. */
export class Held {
  readonly #sought = new Map<number, string[]>()
  /** By the last three characters of a form: most lines of a text end like none of them, and are passed over. */
  readonly #ends = new Uint8Array(ENDS)
  readonly #found = new Set<string>()

  /** @param forms as `formOf` makes them */
  constructor(forms: Iterable<string>) {
    for (const form of new Set(forms)) {
      this.#ends[endOf(form, 0, form.length)] = 1
      const key = keyOf(form, 0, form.length)
      this.#sought.set(key, [...(this.#sought.get(key) ?? []), form])
    }
  }

  /** Whether every line is found, so that no more text need be looked at. */
  get all(): boolean {
    return this.#sought.size === 0
  }

  has(form: string): boolean {
    return this.#found.has(form)
  }

  /**
   * Looks at every line of a text: as it is, and without what tools put before lines when they show a file: a number
   * (`12→`, `12:`, `12|`, `12` and a tab), a place (`a.ts:12:`), a sign (`+`, `-`, `>`).
   */
  take(text: string): void {
    for (let at = 0; at <= text.length && !this.all; ) {
      const newline = text.indexOf('\n', at)
      const end = newline < 0 ? text.length : newline
      if (this.#ends[endOf(text, at, end)] === 1) {
        this.#look(keyOf(text, at, end))
        const behind = prefixEnd(text, at, end)
        if (behind >= 0) this.#look(keyOf(text, behind, end))
      }
      at = end + 1
    }
  }

  #look(key: number): void {
    const forms = this.#sought.get(key)
    if (!forms) return
    this.#sought.delete(key)
    for (const form of forms) this.#found.add(form)
  }
}

/** A number for the last three characters that count between two offsets. */
function endOf(text: string, from: number, to: number): number {
  let [key, count] = [0, 0]
  for (let at = to - 1; at >= from && count < 3; at--) {
    const unit = meant(text.charCodeAt(at))
    if (unit === 0) continue
    key = (Math.imul(key, 0x9e35) + unit) & (ENDS - 1)
    count += 1
  }
  return key
}

/** 53 bits of two hashes of the form of what stands between two offsets. */
function keyOf(text: string, from: number, to: number): number {
  let [high, low] = [SEED, OTHER]
  for (let at = from; at < to; at++) {
    const unit = meant(text.charCodeAt(at))
    if (unit === 0) continue
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ (unit + (low >>> 15)), 0x5bd1e995)
  }
  return (high >>> 0) * 0x200000 + (low >>> 11)
}

/** Where what a tool put before the line ends; -1 where nothing stands there. Numbers of at most `MOST_DIGITS` digits. */
function prefixEnd(text: string, from: number, to: number): number {
  let at = from
  while (at < to && isBlank(text.charCodeAt(at))) at += 1
  const first = text.charCodeAt(at)
  if (first === PLUS || first === MINUS || first === MORE) return at + 1
  const digits = digitsFrom(text, at, to)
  if (digits > at && digits < to && NUMBERED.has(text.charCodeAt(digits))) return digits + 1
  let colon = at
  while (colon < to && colon - at < LONGEST_PLACE && text.charCodeAt(colon) !== COLON) colon += 1
  if (text.charCodeAt(colon) !== COLON) return -1
  const behind = digitsFrom(text, colon + 1, to)
  return behind > colon + 1 && text.charCodeAt(behind) === COLON ? behind + 1 : -1
}

function digitsFrom(text: string, from: number, to: number): number {
  let at = from
  while (at < to && at - from < MOST_DIGITS && isDigit(text.charCodeAt(at))) at += 1
  return at
}
