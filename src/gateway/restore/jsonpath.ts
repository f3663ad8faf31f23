/** Follows JSON text that arrives in fragments: which field's string it is in, and what its units mean. Judges no validity. */

const [QUOTE, BACKSLASH, COLON, COMMA] = [34, 92, 58, 44]
const [OBJECT, OBJECT_END, LIST, LIST_END] = [123, 125, 91, 93]
const SHORT: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12 }
/** Deeper fields and longer keys have no name here. */
const DEEPEST = 32
const LONGEST_KEY = 64

interface Level {
  readonly list: boolean
  key: string
}

export class JsonPath {
  readonly #levels: Level[] = []
  #string: 'none' | 'key' | 'value' = 'none'
  #awaitsKey = false
  #key = ''
  #escape = false
  /** Hex digits of a \u escape still to come. */
  #hex = 0
  #code = 0

  /** Whether the next unit stands in a string that is a value. */
  get inString(): boolean {
    return this.#string === 'value'
  }

  /** Whether the next unit belongs to an escape. */
  get escaping(): boolean {
    return this.#escape || this.#hex > 0
  }

  /** The keys that lead to the value, joined by dots; lists add nothing. `edits.new_string`. */
  get field(): string {
    if (this.#levels.length > DEEPEST) return ''
    return this.#levels
      .filter(({ list }) => !list)
      .map(({ key }) => key)
      .join('.')
  }

  /** Takes one raw unit; the unit that it means where it ends one of a string's, else undefined. */
  take(unit: number): number | undefined {
    if (this.#string === 'none') {
      this.#outside(unit)
      return undefined
    }
    const meant = this.#meaning(unit)
    if (meant !== undefined && this.#string === 'key' && this.#key.length <= LONGEST_KEY)
      this.#key += String.fromCharCode(meant)
    return this.#string === 'value' ? meant : undefined
  }

  #meaning(unit: number): number | undefined {
    if (this.#hex > 0) {
      this.#code = this.#code * 16 + (Number.parseInt(String.fromCharCode(unit), 16) || 0)
      return --this.#hex === 0 ? this.#code : undefined
    }
    if (this.#escape) {
      this.#escape = false
      this.#code = 0
      if (unit === 117) this.#hex = 4
      return unit === 117 ? undefined : (SHORT[String.fromCharCode(unit)] ?? unit)
    }
    if (unit === BACKSLASH) this.#escape = true
    else if (unit === QUOTE) this.#closed()
    else return unit
    return undefined
  }

  #closed(): void {
    const level = this.#levels.at(-1)
    if (this.#string === 'key' && level) level.key = this.#key
    this.#string = 'none'
  }

  #outside(unit: number): void {
    const level = this.#levels.at(-1)
    if (unit === QUOTE) {
      this.#string = this.#awaitsKey ? 'key' : 'value'
      this.#key = ''
      this.#awaitsKey = false
    } else if (unit === OBJECT || unit === LIST) {
      if (this.#levels.length <= DEEPEST) this.#levels.push({ list: unit === LIST, key: '' })
      this.#awaitsKey = unit === OBJECT
    } else if (unit === OBJECT_END || unit === LIST_END) this.#levels.pop()
    else if (unit === COMMA) this.#awaitsKey = level?.list === false
    else if (unit === COLON) this.#awaitsKey = false
  }
}
