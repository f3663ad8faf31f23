/** Texts and cuts for the tests of split-proofness; never part of the product. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { spread } from './examples.ts'
import { type Engine, Lane, type LaneFinding, type LaneOptions, type MaskedText, RULES } from './index.ts'

/** What a client receives when `parts` are pushed one by one and each leaves whole as soon as it is settled. */
export function carried(
  engine: Engine,
  parts: readonly string[],
  mode: 'text' | 'json',
  options?: LaneOptions,
): MaskedText {
  const lane = new Lane(engine, mode, options)
  const findings: LaneFinding[] = []
  let sent = 0
  let from = 0
  let text = ''
  let recorded = ''
  let settled = 0
  const release = (): void => {
    if (lane.settled < settled || lane.settled > lane.length) throw new Error('settled fell, or ran ahead')
    settled = lane.settled
    for (; sent < parts.length && from + parts[sent]!.length <= settled; sent++) {
      text += lane.render(from, parts[sent]!) ?? parts[sent]!
      recorded += lane.renderRecord(from, parts[sent]!) ?? parts[sent]!
      from += parts[sent]!.length
    }
    findings.push(...lane.take())
  }
  for (const part of parts) {
    lane.push(part)
    release()
  }
  lane.end()
  release()
  if (lane.findings.length > 0) throw new Error('not all findings were final at the end')
  for (const { rule, at, masked } of findings) {
    if (!recorded.startsWith(`[masked:${rule}`, at) && recorded[at] !== '1') throw new Error('no placeholder there')
    if (masked && !text.includes('[masked:') && !text.includes('1')) throw new Error('the receiver saw it')
  }
  return { text, recorded, findings }
}

/** Marks and fingerprints that tell values apart; `seen` must be told what the text holds, once for each secret. */
export const marks = {
  mark: (rule: string, value: string) => hash(rule + value).slice(0, 4),
  seen: (match: { readonly rule: string }, value: string) => `${match.rule} ${hash(value)}`,
}

/** With marks, and some rules that are only told. */
export const OPTIONS: LaneOptions = { marks, leave: new Set(['github-pat', 'url-password', 'stripe-key']) }

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

export const places = ({ findings }: { readonly findings: readonly LaneFinding[] }) =>
  findings.map(({ rule, start, end }) => ({ rule, start, end }))

/** `text` in parts of 1 to `most` units. */
export function cut(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length]!
    parts.push(text.slice(at, at + size))
    at += size
  }
  return parts
}

const whole = RULES.flatMap((rule) => rule.examples.match.map((match) => spread(match).join('')))

const secret = fc.constantFrom(...whole)
const beginning = fc.tuple(secret, fc.nat(60)).map(([text, length]) => text.slice(0, length))
const ending = fc.tuple(secret, fc.nat(30)).map(([text, length]) => text.slice(text.length - length))
const literal = fc.constantFrom(...RULES.flatMap((rule) => rule.literals))
const noise = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '.',
    '"',
    "'",
    '\\',
    '\\"',
    '\\n',
    '\\\\',
    '%3D',
    '%',
    '=',
    ': "',
    '://',
    ':',
    '@',
    '-',
    '_',
    '/',
    'a',
    'g',
  ],
  ...[
    'é',
    '😀',
    '\ud83d',
    '\ude00',
    '```',
    '[masked:',
    '{"a":',
    '}',
    ',',
    '1',
    '-12',
    'ghp_',
    'sk-',
    'password',
    'token="',
  ],
  ...['A'.repeat(40), '0'.repeat(33), 'the quick brown fox', '-----', 'KEY-----', 'eyJ', '.eyJ'],
)

/** Texts of secrets, their beginnings and ends, and what may stand between them. */
export const texts = fc
  .array(fc.oneof(secret, beginning, ending, literal, noise, noise), { maxLength: 12, size: 'max' })
  .map((parts) => parts.join(''))

/** Sizes of parts, used in turn. */
export const sizes = fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 12, size: 'max' })

/** JSON texts whose strings hold such texts, some with needless escapes. */
export const documents = fc
  .tuple(
    fc.dictionary(fc.oneof(texts, fc.constant('password')), fc.oneof(texts, fc.integer(), fc.constant(null)), {
      maxKeys: 4,
    }),
    fc.integer(),
  )
  .map(([value, seed]) => escapeSome(JSON.stringify(value), seed))

/** Writes some letters inside strings as \uXXXX, which means the same. */
function escapeSome(json: string, seed: number): string {
  let state = Math.abs(seed) + 1
  let inside = false
  let out = ''
  for (let i = 0; i < json.length; i++) {
    const c = json[i]!
    if (c === '\\') {
      const escaped = json.slice(i, i + (json[i + 1] === 'u' ? 6 : 2))
      out += escaped
      i += escaped.length - 1
    } else {
      if (c === '"') inside = !inside
      state = (state * 48_271) % 2_147_483_647
      out += inside && c !== '"' && state % 11 === 0 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c
    }
  }
  return out
}
