/** The character classes of Go's regexp/syntax by name, over ASCII and "all the rest". Data. */
import { type CharSet, NON_ASCII } from '../pattern.ts'
import { negated, setOf, union } from './tree.ts'

const span = (from: string, to: string): string =>
  Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_, i) =>
    String.fromCharCode(from.charCodeAt(0) + i),
  ).join('')

const LOWER = span('a', 'z')
const UPPER = span('A', 'Z')
const DIGITS = span('0', '9')

export const WORD = setOf(`${LOWER}${UPPER}${DIGITS}_`)
const DIGIT = setOf(DIGITS)
/** RE2: `\s` is [\t\n\f\r ], without the vertical tab. */
const SPACE = setOf('\t\n\f\r ')

/** `\d \D \s \S \w \W`: ASCII alone, as in RE2. */
export const PERL: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: negated(DIGIT),
  s: SPACE,
  S: negated(SPACE),
  w: WORD,
  W: negated(WORD),
}

/** `[[:name:]]`. */
export const POSIX: Readonly<Record<string, CharSet>> = {
  alnum: setOf(LOWER + UPPER + DIGITS),
  alpha: setOf(LOWER + UPPER),
  ascii: setOf(span('\0', '\x7f')),
  blank: setOf('\t '),
  cntrl: setOf(`${span('\0', '\x1f')}\x7f`),
  digit: DIGIT,
  graph: setOf(span('!', '~')),
  lower: setOf(LOWER),
  print: setOf(span(' ', '~')),
  punct: setOf(span('!', '/') + span(':', '@') + span('[', '`') + span('{', '~')),
  space: setOf('\t\n\v\f\r '),
  upper: setOf(UPPER),
  word: WORD,
  xdigit: setOf(`${DIGITS}${span('a', 'f')}${span('A', 'F')}`),
}

/** Escapes that stand for one control character. */
export const CONTROL: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const beyond = (characters: string): CharSet => {
  const set = setOf(characters)
  set[NON_ASCII] = 1
  return set
}

/**
 * `\pL`, `\p{Lu}` and the like: their ASCII part and, since the alphabet knows no difference there, every character
 * beyond ASCII. Wider than asked, never narrower; negated, narrower: those are refused.
 */
export const UNICODE: Readonly<Record<string, CharSet>> = {
  L: beyond(LOWER + UPPER),
  Lu: beyond(UPPER),
  Ll: beyond(LOWER),
  N: beyond(DIGITS),
  Nd: beyond(DIGITS),
  Latin: beyond(LOWER + UPPER),
}

export const ANY = union(setOf(span('\0', '\x7f')), beyond(''))
export const NOT_NEWLINE = (() => {
  const set = ANY.slice()
  set[10] = 0
  return set
})()
