/** Characters, escapes and bracketed classes of a Go pattern: the part of its reader that ends in a set. */
import { Fault } from '#exchange'
import { type CharSet, NON_ASCII } from '../pattern.ts'
import { CONTROL, PERL, POSIX, UNICODE } from './classes.ts'
import { foldedSet, negated, setOf, union } from './tree.ts'

/** A place in a pattern, and what can be read there. Offsets are UTF-16 units. */
export class Escapes {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get done(): boolean {
    return this.#at >= this.#source.length
  }

  fail(why: string): never {
    throw new Fault('config.invalid', `pattern, offset ${this.#at}: ${why}`)
  }

  sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false
    this.#at += text.length
    return true
  }

  next(): string {
    return this.#source[this.#at++] ?? this.fail('unexpected end')
  }

  /** What a sticky expression finds here. */
  pattern(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#source)
    if (found) this.#at = sticky.lastIndex
    return found ?? undefined
  }

  /** The text up to `mark`, which is taken too; up to the end where `orEnd`. */
  until(mark: string, orEnd = false): string {
    const end = this.#source.indexOf(mark, this.#at)
    if (end < 0 && !orEnd) this.fail(`missing ${mark}`)
    const text = this.#source.slice(this.#at, end < 0 ? undefined : end)
    this.#at = end < 0 ? this.#source.length : end + mark.length
    return text
  }

  /** One character that stands for itself. */
  character(): string {
    return this.ascii(this.next())
  }

  ascii(c: string): string {
    return c.charCodeAt(0) < 128 ? c : this.fail('characters beyond ASCII cannot be told apart here')
  }

  /** An escape outside brackets. */
  escape(fold: boolean): CharSet {
    const set = this.#escaped()
    return fold ? foldedSet(set) : set
  }

  /** A class; its `[` is taken already. */
  bracket(fold: boolean): CharSet {
    const negate = this.take('^')
    let set: CharSet = setOf('')
    do {
      if (this.done) this.fail('missing ]')
      set = union(set, this.#member())
    } while (!this.take(']'))
    const folded = fold ? foldedSet(set) : set
    return negate ? negated(folded) : folded
  }

  /** As Go reads it, a hyphen means a range only between two characters. */
  #member(): CharSet {
    if (this.sees('[:')) return this.#posix()
    const isMany = /^\\[dDsSwWpP]/.test(this.#source.slice(this.#at, this.#at + 2))
    const from = this.#unit()
    if (isMany || !this.sees('-') || this.sees('-]')) return from
    this.take('-')
    return this.#range(from, this.#unit())
  }

  #unit(): CharSet {
    return this.sees('\\') ? this.#escaped() : setOf(this.character())
  }

  #range(from: CharSet, to: CharSet): CharSet {
    const low = from.indexOf(1)
    const high = to.indexOf(1)
    if (from.lastIndexOf(1) !== low || to.lastIndexOf(1) !== high || low > high) this.fail('bad range')
    const set = setOf('')
    set.fill(1, low, high + 1)
    return set
  }

  #posix(): CharSet {
    const found = this.pattern(/\[:(\^?)(\w+):\]/y)
    const set = found && POSIX[found[2]!]
    if (!found || !set) this.fail('unknown class')
    return found[1] ? negated(set) : set
  }

  #escaped(): CharSet {
    this.take('\\')
    const octal = this.pattern(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y)
    if (octal) return this.#code(Number.parseInt(octal[0], 8))
    const hex = this.pattern(/x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/y)
    if (hex) return this.#code(Number.parseInt(hex[1] ?? hex[2]!, 16))
    const unicode = this.pattern(/([pP])(?:\{(\^?)(\w+)\}|(\w))/y)
    if (unicode) return this.#unicode(unicode[3] ?? unicode[4]!, (unicode[1] === 'P') !== (unicode[2] === '^'))
    const c = this.next()
    if (PERL[c]) return PERL[c]
    if (CONTROL[c]) return setOf(CONTROL[c])
    if (/[1-9]/.test(c)) this.fail('references are not known to Go either')
    if (/[a-zA-Z0-9]/.test(c)) this.fail(`unknown escape \\${c}`)
    return setOf(this.ascii(c))
  }

  #code(code: number): CharSet {
    if (code < NON_ASCII) return setOf(String.fromCharCode(code))
    return this.fail('characters beyond ASCII cannot be told apart here')
  }

  #unicode(name: string, negate: boolean): CharSet {
    const set = UNICODE[name]
    if (!set) this.fail(`\\p{${name}} is not known; of Unicode's classes ${Object.keys(UNICODE).join(', ')} are`)
    if (negate) this.fail(`\\P{${name}}: only classes that are not negated are known`)
    return set
  }
}
