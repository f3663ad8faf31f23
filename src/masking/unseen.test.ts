/** Characters that nobody sees, and those that look like others, neither hide a secret nor part it, under any cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, marks, places, sizes } from './cuts.case.ts'
import { compile, type MaskingRule, maskText } from './index.ts'

const rule = (id: string, secret: string, more: Partial<MaskingRule> = {}): MaskingRule => {
  return { id, description: id, literals: ['k_'], secret, examples: { match: [], miss: [] }, ...more }
}
const RULES = [
  rule('open', 'k_[a-z0-9]{8,}'),
  rule('named', '[A-Za-z0-9+/]{8,20}', {
    literals: ['pass'],
    before: 'pass(?:word)?=',
    checks: ['entropy:2'],
    notAfter: '[a-z]',
  }),
  rule('run', '[a-z]{3}\\dQ~[a-z]{6,9}', { literals: [], run: '[a-z0-9]' }),
]
const engine = compile(RULES, { known: [{ id: 'own', value: 'ｚebra/47\u200b11' }] })
const SECRETS = ['k_abcd1234', 'password=abCD12+/xy', 'abc8Q~defghi', 'zebra/4711']
const wide = (text: string): string => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
const spread = (text: string, by: string): string => [...text].join(by)

for (const [name, write] of Object.entries<(text: string) => string>({
  'zero-width spaces': (text) => spread(text, '\u200b'),
  'soft hyphens': (text) => spread(text, '\u00ad'),
  'byte order marks and joiners': (text) => spread(text, '\ufeff\u200d'),
  'full-width forms': wide,
  'full-width forms and zero-width spaces': (text) => spread(wide(text), '\u2060'),
}))
  test(`${name} hide nothing, and what is handed out is the secret`, () => {
    const plain = SECRETS.map((secret) => heard(secret))
    for (const before of ['', 'x ', '\u200b', 'é"'])
      SECRETS.forEach((secret, at) => {
        assert.deepEqual(heard(`${before}${write(secret)} y`), plain[at], secret)
        assert.equal(heard(`${before}${write(secret)} y`).length, 1)
      })
  })

function heard(text: string): string[] {
  const seen: string[] = []
  const told = {
    ...marks,
    seen: ({ rule: id }: { rule: string }, value: string) => void seen.push(`${id}=${value}`) as undefined,
  }
  for (const mode of ['text', 'json'] as const) {
    const raw = mode === 'json' ? JSON.stringify([text]) : text
    assert.deepEqual(
      carried(engine, cut(raw, [1]), mode, { marks: told }),
      maskText(engine, raw, mode, { marks: told }),
    )
  }
  assert.equal(new Set(seen).size, seen.length / 4)
  return [...new Set(seen)]
}

test('they stay where they part nothing, and places are those of the raw text', () => {
  const text = 'a\u200bb \u200bk_ab\u200bcd1234\u200b. 👩\u200d💻'
  assert.equal(maskText(engine, text, 'text').text, 'a\u200bb \u200b[masked:open]\u200b. 👩\u200d💻')
  assert.deepEqual(places(maskText(engine, text, 'text')), [{ rule: 'open', start: 5, end: 16 }])
  assert.equal(maskText(engine, 'a\u200d👩\u200d💻', 'text').text, 'a\u200d👩\u200d💻')
})

test('a secret goes on in percent signs', () => {
  assert.equal(maskText(engine, '?password=abCD12%2B%2fxy&b=1', 'text').text, '?password=[masked:named]&b=1')
  assert.equal(maskText(engine, '?k_abcd1234%35%36&b', 'text').text, '?[masked:open]&b')
  assert.equal(maskText(engine, '?k_abcd1234%20and', 'text').text, '?[masked:open]%20and')
  assert.equal(maskText(engine, '?k_abcd1234%zz', 'text').text, '?[masked:open]%zz')
})

test('cuts change nothing', () => {
  const part = fc.oneof(
    fc.tuple(fc.constantFrom(...SECRETS), fc.nat(14)).map(([secret, to]) => secret.slice(0, to)),
    fc.constantFrom(
      '\u200b',
      '\ufeff',
      '\u200d',
      ' ',
      '"',
      '%2B',
      '%6',
      'ｋ',
      '_',
      'k_',
      'a',
      'b1',
      '=',
      '👩',
      '\ud83d',
      '\\',
      'Q~',
      'pass',
    ),
  )
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 14, size: 'max' }),
      sizes,
      fc.constantFrom('text', 'json'),
      (parts, by, mode) => {
        const text = mode === 'json' ? JSON.stringify({ a: parts.join('') }) : parts.join('')
        const whole = maskText(engine, text, mode, { marks })
        assert.deepEqual(carried(engine, cut(text, by), mode, { marks }), whole)
        assert.deepEqual(carried(engine, cut(text, [1]), mode, { marks }), whole)
        if (mode === 'json') assert.equal(typeof JSON.parse(whole.text).a, 'string')
      },
    ),
    { numRuns: 3000 },
  )
})

test('what waits too long for a decision is masked by the lane itself, wherever it is cut', () => {
  const slow = compile([rule('slow', 'k_[a-z]{4,}!')])
  const text = `x k_${'a'.repeat(3000)} y`
  const whole = maskText(slow, text, 'text')
  assert.equal(whole.text, 'x [masked:overlong] y')
  for (const size of [1, 7, 1000, 1024]) assert.deepEqual(carried(slow, cut(text, [size]), 'text'), whole)
  assert.equal(maskText(slow, `x k_${'a'.repeat(1000)} y`, 'text').findings.length, 0)
})
