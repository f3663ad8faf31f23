// The same secrets in other surroundings than the corpus has them, and in disguise. Pure; its texts are made, not kept.
import type { Row, Stretch } from './corpus.ts'

/** A text, and where the secret stands in it. */
export interface Shaped extends Stretch {
  readonly text: string
}

/** What a secret becomes in a place; undefined where it cannot stand there. */
export type Shape = (value: string) => Shaped | undefined

const between =
  (before: string, after: string, write: (value: string) => string | undefined = (value) => value): Shape =>
  (value) => {
    const written = write(value)
    if (written === undefined) return undefined
    return { text: before + written + after, start: before.length, end: before.length + written.length }
  }

const quoted = (value: string): string => JSON.stringify(value).slice(1, -1)
const onOneLine = (value: string): string | undefined => (/[\n|]/.test(value) ? undefined : value)
const asXml = (value: string): string => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')

/** Where secrets stand in prompts and replies, beside what the corpus has. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'tool arguments, JSON': between('{"path":".env","content":"', '\\nDEBUG=1\\n"}', quoted),
  'tool arguments, JSON in JSON': between('{"body":"{\\"key\\":\\"', '\\"}"}', (value) => quoted(quoted(value))),
  'query string': between('https://api.example.com/v1/items?key=', '&page=2', encodeURIComponent),
  'XML attribute': between('<add key="Service" value="', '" />', asXml),
  'XML element': between('<server>\n  <value>', '</value>\n</server>', asXml),
  'markdown table': between('| name | value |\n|---|---|\n| key | ', ' |', onOneLine),
  'markdown table, code': between('| name | value |\n|---|---|\n| key | `', '` |', onOneLine),
  'shell, single quotes': between("curl -s https://example.com -H 'X-Key: ", "'", onOneLine),
  'C# verbatim string': between('var key = @"', '";', (value) => value.replace(/"/g, '""')),
  'end of a sentence': between('Use the key ', '. Then restart.', onOneLine),
  'in parentheses': between('the key (', ') is new', onOneLine),
  'log, key=value': between('level=info msg="sent" key=', ' status=200', onOneLine),
}

const spread = (value: string, by: string): string => [...value].join(by)
const hex = (value: string): string => Buffer.from(value).toString('hex')
const base64 = (value: string): string => Buffer.from(value).toString('base64')
const half = (value: string): [string, string] => [value.slice(0, value.length / 2), value.slice(value.length / 2)]
const SPELLED: Readonly<Record<string, string>> = { _: 'underscore', '-': 'dash', '.': 'dot' }
const wide = (value: string): string => value.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
const units = (value: string): string =>
  value.replace(/[^\n]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What a model might be talked into writing instead of the secret itself. */
export const DISGUISES: Readonly<Record<string, Shape>> = {
  base64: between('echo ', ' | base64 -d', base64),
  'base64, one byte before': between('', '', (value) => base64(`:${value}`)),
  'base64, two bytes before': between('', '', (value) => base64(`k=${value}`)),
  hexadecimal: between('', '', hex),
  'percent-encoded': between('?key=', '', (value) => `%${hex(value).match(/../g)?.join('%')}`),
  '\\u escapes in plain text': between('"', '"', units),
  'HTML entities': between('', '', (value) => [...value].map((c) => `&#${c.codePointAt(0)};`).join('')),
  'a space after each character': between('', '', (value) => spread(value, ' ')),
  'a hyphen after each character': between('', '', (value) => spread(value, '-')),
  'zero-width spaces': between('', '', (value) => spread(value, '\u200b')),
  'full-width letters': between('', '', wide),
  reversed: between('', '', (value) => [...value].reverse().join('')),
  'spelled out': between('', '', (value) => [...value].map((c) => SPELLED[c] ?? c).join(', ')),
  'two halves joined in code': between('"', '"', (value) => half(value).join('" + "')),
  'split over two lines': between('', '', (value) => half(value).join('\n')),
  'split over two lines of a shell': between('', '', (value) => half(value).join('\\\n')),
  'upper case': between('', '', (value) => value.toUpperCase()),
}

/** The values of `kind: secret`, two of each type. */
export function valuesOf(rows: readonly Row[]): readonly string[] {
  const labels = rows
    .filter(({ kind }) => kind === 'secret')
    .flatMap(({ text, secrets }) => secrets.map(({ start, end, type }) => ({ type, value: text.slice(start, end) })))
  return Object.values(Object.groupBy(labels, ({ type }) => type)).flatMap((some = []) =>
    some.slice(0, 2).map(({ value }) => value),
  )
}
