/**
 * Where in markdown, as its reader's window shows it, a value may stand: in plain words, and in fences of code. It does not
 * parse markdown: parsers differ, and what it cannot be sure of is unsafe. Keeps the end of the text.
 */
import { Addresses } from './addresses.ts'
import { Before, type Ground } from './ground.ts'

const [NEWLINE, RETURN] = [10, 13]
const [SQUARE, LESS] = [91, 60]
/** What names a place or can spell one: slash, query, entity, escape, mail, fragment, scheme. */
const NAMING = new Set([47, 63, 38, 92, 64, 35, 58])
/** A line that may open or close a fence, in whatever list or quote. */
const FENCE = /^\W*(`{3}|~{3})/
/** More of a line is never needed to know whether it opens or closes a fence. */
const LONGEST = 64
const isSpace = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13)
/** `<a`, `</a`, `<!--`, `<?`. */
const opensTag = (unit: number): boolean => /[a-z/!?]/i.test(String.fromCharCode(unit))

/** Languages that windows show as text. Not among them: html, svg, mermaid, math and others that some windows draw. */
const SHOWN_AS_TEXT = new Set(
  (
    ' text txt plaintext console log diff patch bash sh shell zsh fish powershell ps1 cmd bat env dotenv ini conf config ' +
    'properties toml yaml yml json jsonc json5 hcl tf terraform dockerfile makefile nginx js javascript ts typescript ' +
    'python py go golang rust rs java kotlin kt scala csharp cs fsharp c cpp objc swift ruby rb perl lua r dart elixir ' +
    'erlang haskell clojure groovy sql graphql proto protobuf'
  ).split(' '),
)

/**
 * A value may stand in a paragraph that holds no `[` so far, in a word that names no place; or in a fence that surely is
 * one: at the very start of its line, of a listed language. After a tag outside of fences, or after a fence that is
 * anything but plain, nothing is safe any more. Source: CommonMark 0.31 §4.5, 4.6, 4.7, 6.3–6.6.
 */
export class Markdown implements Ground {
  readonly #earlier: (() => boolean) | undefined
  #lost = false
  #last = 0
  #line = ''
  /** The marks that opened the fence. */
  #fence = ''
  #listed = false
  /** Square brackets in this paragraph, less those of placeholders that became values. */
  #squares = 0
  /** Whether the word so far names a place. */
  #names = false
  #addresses = new Addresses()
  readonly #before = new Before()

  /**
   * @param earlier for a text that windows may show right behind others: whether those are at rest. Whether it begins a
   * line is then unknown, so that no fence is sure.
   */
  constructor(earlier?: () => boolean) {
    this.#earlier = earlier
  }

  /** Whether what is shown behind this text stands in plain words, be there a line end between or not. */
  get rests(): boolean {
    const open = this.#lost || this.#fence !== '' || this.#squares > 0 || this.#names || this.#addresses.inside
    return !open && this.#last !== LESS && (this.#line === '' || /\w/.test(this.#line))
  }

  take(unit: number): void {
    if (unit === RETURN || (unit === NEWLINE && this.#last !== RETURN)) this.#newline()
    else if (unit !== NEWLINE) this.#character(unit)
    this.#last = unit
    this.#before.take(unit)
  }

  get before(): string {
    return this.#before.text
  }

  get safe(): boolean {
    if (this.#lost || this.#addresses.inside || FENCE.test(this.#line) || this.#earlier?.() === false) return false
    return this.#fence === '' ? this.#squares === 0 && !this.#names : this.#listed
  }

  written(value: string, placeholder: string): string {
    this.#squares = Math.max(0, this.#squares - 1)
    return this.#before.replace(placeholder, value)
  }

  #character(unit: number): void {
    if (this.#fence === '') this.#prose(unit)
    this.#addresses.take(unit)
    if (this.#line.length < LONGEST) this.#line += String.fromCharCode(unit)
  }

  #prose(unit: number): void {
    if (this.#last === LESS && opensTag(unit)) this.#lost = true
    if (unit === SQUARE) this.#squares++
    if (isSpace(unit)) this.#names = false
    else if (NAMING.has(unit)) this.#names = true
  }

  /** What the line was is known now. */
  #newline(): void {
    const line = this.#line
    this.#line = ''
    this.#names = false
    this.#addresses = new Addresses()
    if (/^[ \t]*$/.test(line)) this.#squares = 0
    if (!FENCE.test(line)) return
    if (this.#fence === '') this.#open(line)
    else if (line === this.#fence) this.#fence = ''
    else this.#lost = true
  }

  #open(line: string): void {
    const [, marks = '', language = ''] = /^(`{3,}|~{3,}) ?([\w+#-]*)$/.exec(line) ?? []
    this.#lost ||= this.#earlier !== undefined || marks === '' || line.length >= LONGEST
    this.#fence = marks
    this.#squares = 0
    this.#listed = SHOWN_AS_TEXT.has(language.toLowerCase())
  }
}
