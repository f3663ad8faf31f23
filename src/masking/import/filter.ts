/**
 * Reads the part of Betterleaks' filter expressions that is a choice of simple looks: entropy, patterns, words. Anything
 * else is refused, so that no rule runs with half of its filter.
 */
import { Fault } from '#exchange'
import type { Sight } from '../rule.ts'
import { entropy } from '../spread.ts'
import type { Allow } from './allow.ts'
import { searchOf } from './search.ts'
import { wordsOf } from './stopwords.ts'

type Target = Allow['target']
/** What a look is at. */
type Subject = (sight: Sight) => string

const TOKEN = /\s*(?:\/\/[^\n]*\s*)*(`[^`]*`|"(?:[^"\\]|\\.)*"|[\w.]+|\|\||&&|\?\?|<=|>=|[<>!()[\],])/y

/** A filter that throws a finding away where it holds. @throws Fault config.invalid for an expression that is not known */
export function readFilter(source: string): Allow {
  const reader = new Reader(tokensOf(source))
  return reader.whole()
}

function tokensOf(source: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; source.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(source)
    if (!found) throw new Fault('config.invalid', `filter: ${source.slice(at).trim().slice(0, 40)} is not known`)
    tokens.push(found[1]!)
  }
  return tokens
}

const WIDTH: Readonly<Record<Target, number>> = { secret: 0, match: 1, line: 2 }

class Reader {
  readonly #tokens: readonly string[]
  #at = 0
  #widest: Target = 'secret'

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  whole(): Allow {
    const allows = this.#choice()
    if (this.#at < this.#tokens.length) this.#fail()
    return { target: this.#widest, allows }
  }

  #choice(): Allow['allows'] {
    const terms = [this.#term()]
    while (this.#take('||')) terms.push(this.#term())
    return (sight) => terms.some((term) => term(sight))
  }

  #term(): Allow['allows'] {
    if (this.#take('!')) {
      const term = this.#term()
      return (sight) => !term(sight)
    }
    if (this.#take('(')) {
      const inner = this.#choice()
      this.#need(')')
      return inner
    }
    const name = this.#next().replace(/^filter\./, '')
    if (name === 'entropy') return this.#entropy()
    if (name === 'matchesAny') return this.#any((texts) => texts.map(searchOf))
    if (name === 'containsAny') return this.#any((texts) => [wordsOf(texts)])
    return this.#fail(name)
  }

  #entropy(): Allow['allows'] {
    this.#need('(')
    const subject = this.#subject()
    this.#need(')')
    const sign = this.#next()
    const least = Number(this.#next())
    if (!['<', '<='].includes(sign) || Number.isNaN(least)) this.#fail(sign)
    return sign === '<' ? (sight) => entropy(subject(sight)) < least : (sight) => entropy(subject(sight)) <= least
  }

  #any(searches: (texts: readonly string[]) => readonly ((text: string) => boolean)[]): Allow['allows'] {
    this.#need('(')
    const subject = this.#subject()
    this.#need(',')
    const looks = searches(this.#list())
    this.#need(')')
    return (sight) => looks.some((look) => look(subject(sight)))
  }

  /** `finding["secret"]` and the like; a path, which a gateway does not know, is empty. */
  #subject(): Subject {
    if (this.#take('(')) {
      const inner = this.#subject()
      if (this.#take('??')) this.#text()
      this.#need(')')
      return inner
    }
    const whose = this.#next()
    this.#need('[')
    const name = this.#text()
    this.#need(']')
    if (whose === 'attributes') return () => ''
    if (whose !== 'finding' || (name !== 'secret' && name !== 'match' && name !== 'line')) return this.#fail(name)
    if (WIDTH[name] > WIDTH[this.#widest]) this.#widest = name
    return (sight) => sight[name]
  }

  #list(): string[] {
    this.#need('[')
    const texts: string[] = []
    while (!this.#take(']')) {
      texts.push(this.#text())
      this.#take(',')
    }
    return texts
  }

  #text(): string {
    const token = this.#next()
    if (token.startsWith('`')) return token.slice(1, -1)
    if (!token.startsWith('"')) this.#fail(token)
    return token.slice(1, -1).replace(/\\(.)/g, '$1')
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? this.#fail('the end')
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }

  #need(token: string): void {
    if (!this.#take(token)) this.#fail(this.#tokens[this.#at])
  }

  #fail(token = this.#tokens[this.#at]): never {
    throw new Fault('config.invalid', `filter: ${(token ?? 'the end').slice(0, 40)} is not known`)
  }
}
