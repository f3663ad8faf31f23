/** Makes a rule of a token's format, which is written as a template; data in, data out, never code that scans. */
import type { Check, Proof } from '../checks.ts'
import { ALPHABETS } from '../examples.ts'
import { longest, parsePattern } from '../pattern.ts'
import type { MaskingRule, Sample } from '../rule.ts'

/**
 * The shape of a token: text that stands for itself, `<alphabet:n>` for n characters, `<alphabet:n..m>` for n to m, and
 * `<alphabet:n..>` for n or more. `<uuid>` is one of RFC 9562 in lower case; `(a|b|)` is one of the three. Where only a
 * part is secret it stands in double braces, and what stands before it is context. Examples: `ghp_<base62:36>`,
 * `sk_(live|test)_<base62:24..>`, `/api/webhooks/<digits:17..20>/{{<base64url:68>}}`.
 */
export type Format = string

/** One kind of token. What has a longest length is checked for stand-ins (`xxxx…`) unless `checks` says otherwise. */
export interface Token {
  readonly id: string
  readonly description: string
  readonly format: Format | readonly Format[]
  /** The page that documents the format, or what else it is known from. */
  readonly source: string
  /** No character of the last alphabet may follow: for formats that little but their length gives away. */
  readonly exact?: true
  readonly inWord?: true
  /** The alphabet of the run at whose beginning it may stand, where no literal begins it (see `MaskingRule.run`). */
  readonly run?: string
  readonly mixed?: true
  readonly only?: 'thorough'
  readonly fold?: true
  readonly checks?: readonly Check[]
  readonly proof?: Proof
  /** Beside those that are made of the format. */
  readonly match?: readonly Sample[]
  readonly miss?: readonly Sample[]
}

const UUID = '<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>'
const PART = /<(\w+):(\d+)(\.\.)?(\d*)>/g
const CHOICE = /\(([^()]*\|[^()]*)\)/
const LONGEST_CHECKED = 1024

export const tokens = (rows: readonly Token[]): readonly MaskingRule[] => rows.map(token)

/** The rule for a token, with the examples that its format gives. */
function token({ format, exact, run, checks, match = [], miss = [], ...rest }: Token): MaskingRule {
  const formats = [format].flat().flatMap(choices)
  const [contexts, secrets] = [formats.map(contextOf), formats.map(secretOf)]
  const secret = unique(secrets.map(pattern)).join('|')
  const hasContext = contexts.some((context) => context !== '')
  const looks = checks ?? (longest(parsePattern(secret, rest.fold)) <= LONGEST_CHECKED ? ['varied'] : [])
  return {
    ...rest,
    literals: run ? [] : unique(formats.map((each) => leadOf(each.replace('{{', '')))),
    ...(run ? { run: classOf(run) } : {}),
    ...(hasContext ? { before: unique(contexts.map(pattern)).join('|') } : {}),
    secret,
    ...(exact ? { notAfter: classOf(lastAlphabet(secrets[0]!)) } : {}),
    ...(looks.length > 0 ? { checks: looks } : {}),
    examples: {
      match: [...formats.map((each) => sampleOf(each)), ...match],
      miss: [...shortest(formats).map(tooShort), ...miss],
    },
  }
}

/** One format for each way through its choices. */
function choices(format: Format): readonly Format[] {
  const found = CHOICE.exec(format.replaceAll('<uuid>', UUID))
  if (!found) return [format.replaceAll('<uuid>', UUID)]
  const { input, index } = found
  const rest = input.slice(index + found[0].length)
  return found[1]!.split('|').flatMap((choice) => choices(input.slice(0, index) + choice + rest))
}

const contextOf = (format: Format): string => (format.includes('{{') ? format.slice(0, format.indexOf('{{')) : '')
const secretOf = (format: Format): string => /\{\{(.*)\}\}/.exec(format)?.[1] ?? format
const leadOf = (format: Format): string => format.split('<')[0]!
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
const escaped = (text: string): string => text.replace(/[.$\\+*?()[\]{}|/^-]/g, '\\$&')

function pattern(format: Format): string {
  let out = ''
  let from = 0
  for (const found of format.matchAll(PART)) {
    out += escaped(format.slice(from, found.index))
    from = found.index + found[0].length
    out += partOf(found, from === format.length)
  }
  return out + escaped(format.slice(from))
}

/** The pattern of one part. A token does not end with a dot or a comma: that belongs to the sentence. */
function partOf([, name, min, open, max]: RegExpMatchArray, last: boolean): string {
  const set = classOf(name!)
  if (!last || !/[.,]/.test(set)) return `${set}{${min}${open ? `,${max}` : ''}}`
  const before = `{${Number(min) - 1}${open ? `,${max && Number(max) - 1}` : ''}}`
  return set + before + set.replace(/[.,]/g, '')
}

function classOf(alphabet: string): string {
  const characters = ALPHABETS[alphabet]
  if (!characters) throw new RangeError(`no alphabet is called ${alphabet}`)
  return `[${characters.replace(/[\]\\^-]/g, '\\$&')}]`
}

function lastAlphabet(format: Format): string {
  return [...format.matchAll(PART)].at(-1)![1]!
}

/** The example of a format: every part as short as it may be, each with characters of its own. */
function sampleOf(format: Format): Sample {
  let seed = 0
  return format.replace(PART, (_, name, min) => (min === '0' ? '' : `<${name}:${min}:${++seed}>`))
}

/** Of the formats that begin alike, the shortest: cut short, none of them could match. */
function shortest(formats: readonly Format[]): readonly Format[] {
  const byLead = new Map<string, Format>()
  for (const format of formats) {
    const known = byLead.get(leadOf(format))
    if (!known || lengthOf(format) < lengthOf(known)) byLead.set(leadOf(format), format)
  }
  return [...byLead.values()]
}

const lengthOf = (format: Format): number => [...format.matchAll(PART)].reduce((sum, part) => sum + Number(part[2]), 0)

/** The example without half of its longest part: no token any more. */
function tooShort(format: Format): Sample {
  const sample = sampleOf(format).replace('{{', '').replace('}}', '')
  const parts = [...sample.matchAll(/<(\w+):(\d+):(\d+)>/g)]
  const long = parts.reduce((most, part) => (Number(part[2]) > Number(most[2]) ? part : most))
  const [whole, name, length, seed] = long
  const short = Math.floor(Number(length) / 2)
  return `${sample.slice(0, long.index)}<${name}:${short}:${seed}>${sample.slice(long.index + whole.length)}`
}
