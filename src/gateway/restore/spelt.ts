/** Tells whether a place in a file may be an address that is spelt otherwise, or a comment that a window shows as a page. */

const NEWLINE = 10
const [BACKSLASH, AMPERSAND, SEMICOLON] = [92, 38, 59]
const [SQUARE_CLOSE, ROUND, COLON] = [93, 40, 58]
const LESS = 60
/** What a tag's name may be whose sight fetches something or leads somewhere; `<String>` is none. */
const TAG =
  /^(!|\?|a\s|img|image|picture|source|link|script|style|iframe|frame|svg|use|video|audio|track|object|embed|base|form|input|button|meta|body|table|td|portal)$/i
const LONGEST_TAG = 7

const isBlank = (unit: number): boolean => unit === 32 || unit === 9 || unit === 13
/** `#`, digits, letters, `_`. */
const isName = (unit: number): boolean =>
  unit === 35 || unit === 95 || (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 122)

/**
 * Follows a text unit by unit. A backslash or an entity may spell what comes after it in its line, a backslash at a
 * line's end also in the next; what opens a link, a definition or a tag counts until its paragraph ends.
 */
export class Spelt {
  #last = 0
  #ink = 0
  /** Whether an entity may be under way. */
  #entity = false
  /** What stands behind the last `<`, while it may be a tag's name. */
  #tag: string | undefined
  #line = false
  #paragraph = false

  /** Whether a value that stood here might be sent somewhere by whoever shows the file. */
  get doubtful(): boolean {
    return this.#line || this.#paragraph
  }

  /** Takes one UTF-16 unit. */
  take(unit: number): void {
    if (unit === NEWLINE) this.#newline()
    else this.#character(unit)
    this.#last = unit
  }

  #newline(): void {
    if (this.#tag !== undefined) this.#named(NEWLINE)
    if (this.#ink === 0) this.#paragraph = false
    this.#line = this.#ink === BACKSLASH
    this.#ink = 0
    this.#entity = false
  }

  #character(unit: number): void {
    if (!isBlank(unit)) this.#ink = unit
    if (unit === BACKSLASH || (this.#entity && unit === SEMICOLON)) this.#line = true
    this.#entity = unit === AMPERSAND || (this.#entity && isName(unit))
    if (this.#last === SQUARE_CLOSE && (unit === ROUND || unit === COLON)) this.#paragraph = true
    if (unit === LESS) this.#tag = ''
    else if (this.#tag !== undefined) this.#named(unit)
  }

  #named(unit: number): void {
    const tag = this.#tag + String.fromCharCode(unit)
    if (TAG.test(tag)) this.#paragraph = true
    this.#tag = tag.length < LONGEST_TAG ? tag : undefined
  }
}
