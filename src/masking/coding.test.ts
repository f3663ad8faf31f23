/** Secrets in other spellings: found, judged by what they mean, handed out decoded, alike under every cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, marks, sizes } from './cuts.case.ts'
import { sample } from './examples.ts'
import { compile, type MaskingRule, maskText } from './index.ts'

const rule = (id: string, secret: string, more: Partial<MaskingRule> = {}): MaskingRule => {
  return { id, description: id, literals: [`${id}_`], secret, examples: { match: [], miss: [] }, ...more }
}
const RULES = [
  rule('tok', 'tok_[A-Za-z0-9]{20,}'),
  rule('fix', 'fix_[A-Za-z0-9]{20}', { notAfter: '[A-Za-z0-9]' }),
  rule('chk', 'chk_[A-Za-z0-9]{12,40}', { checks: ['entropy:3'] }),
  rule('end', 'end_[a-z]{8,16}', { after: '!\\?|[;\\n"]|$' }),
]
const own = 'Zebra/4711-quagga'
const engine = compile(RULES, { known: [{ id: 'own', value: own }] })
const BASE62 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const SECRETS = {
  tok: `tok_${sample(BASE62, 24)}`,
  fix: `fix_${sample(BASE62, 20, 2)}`,
  chk: `chk_${sample(BASE62, 30, 3)}`,
  end: `end_${'abcdefghij'}`,
  own,
}

const each = (text: string, write: (hex: string, code: number, at: number) => string): string =>
  [...text].map((c, at) => write(c.charCodeAt(0).toString(16), c.charCodeAt(0), at)).join('')
const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => btoa(text),
  'base64 in a URL': (text) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  hexadecimal: (text) => each(text, (hex) => hex),
  'upper-case hexadecimal': (text) => each(text, (hex) => hex.toUpperCase()),
  percent: (text) => each(text, (hex) => `%${hex}`),
  'percent, but not everywhere': (text) =>
    each(text, (hex, code, at) =>
      at < 7 || !/[A-Za-z0-9]/.test(String.fromCharCode(code)) || code % 5 ? `%${hex}` : String.fromCharCode(code),
    ),
  escapes: (text) => each(text, (hex) => `\\u00${hex}`),
  entities: (text) => each(text, (hex) => `&#x${hex};`),
  'decimal entities': (text) => each(text, (_, code) => `&#${code};`),
}

function heard(text: string, parts: readonly string[], mode: 'text' | 'json'): string[] {
  const seen: string[] = []
  const told = {
    ...marks,
    seen: ({ rule: id }: { rule: string }, value: string) => void seen.push(`${id}=${value}`) as undefined,
  }
  assert.deepEqual(carried(engine, parts, mode, { marks: told }), maskText(engine, text, mode, { marks: told }))
  return seen.slice(0, seen.length / 2)
}

for (const [name, write] of Object.entries(SPELLINGS))
  test(`${name}: found whatever stands around, and handed out decoded`, () => {
    for (const [id, secret] of Object.entries(SECRETS))
      for (const before of ['', ':', 'k='])
        for (const after of name.startsWith('base64') ? ['', '\n', '; x'] : ['']) {
          const text = `echo "${write(before + secret + after)}" | decode`
          const { text: masked, findings } = maskText(engine, text, 'text')
          assert.deepEqual(
            findings.map((found) => found.rule),
            [id],
            text,
          )
          assert.ok(masked.endsWith(`[masked:${id}]" | decode`), masked)
          const shown = masked.length - text.length + (findings[0]!.end - findings[0]!.start) - `[masked:${id}]`.length
          assert.equal(shown, 0)
          assert.deepEqual(heard(text, cut(text, [1]), 'text'), [`${id}=${secret}`])
          assert.deepEqual(heard(JSON.stringify([text]), cut(JSON.stringify([text]), [3]), 'json'), [`${id}=${secret}`])
        }
  })

test('what stands in plain sight of it is its beginning, never the secret', () => {
  for (const [id, secret] of Object.entries(SECRETS))
    for (const before of ['', ':', 'k=']) {
      const { text } = maskText(engine, btoa(before + secret), 'text')
      const shown = Buffer.from(text.slice(0, text.indexOf('[')), 'base64').toString('latin1')
      assert.ok(shown.length <= before.length + 5, `${id}: ${shown}`)
    }
})

test('it is judged by what it means', () => {
  for (const plain of [
    'tok_short',
    `fix_${'a'.repeat(21)}`,
    `chk_${'a'.repeat(20)}`,
    'end_abcdefghij!!',
    'Zebra/4711-quaggas'.slice(0, 14),
  ])
    for (const write of Object.values(SPELLINGS))
      assert.deepEqual(maskText(engine, write(plain), 'text').findings, [], plain)
})

test('cuts change nothing', () => {
  const piece = fc.tuple(
    fc.constantFrom('', ':', 'k=', 'xyz'),
    fc.constantFrom(...Object.values(SECRETS)),
    fc.constantFrom(...Object.values(SPELLINGS)),
    fc.nat(40),
    fc.constantFrom('', ' ', '=', '"', '\n', 'tok_', '😀', '%', '\\u'),
  )
  const texts = fc
    .array(piece, { maxLength: 4, size: 'max' })
    .map((pieces) =>
      pieces
        .map(([before, secret, write, short, after]) => write(before + secret).slice(short > 30 ? short : 0) + after)
        .join(''),
    )
  fc.assert(
    fc.property(texts, sizes, fc.constantFrom('text', 'json'), (plain, parts, mode) => {
      const text = mode === 'json' ? JSON.stringify({ a: plain, b: [plain] }) : plain
      const whole = maskText(engine, text, mode, { marks })
      assert.deepEqual(carried(engine, cut(text, parts), mode, { marks }), whole)
      assert.deepEqual(carried(engine, cut(text, [1]), mode, { marks }), whole)
      if (mode === 'json') assert.equal(Object.keys(JSON.parse(whole.text)).length, 2)
    }),
    { numRuns: 1200 },
  )
})
