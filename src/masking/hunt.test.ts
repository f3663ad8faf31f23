/** The hunt on rules made to collide: against a plain search, under every cut, in JSON and with surrogate pairs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, marks, places, sizes } from './cuts.case.ts'
import { compile, Lane, type MaskingRule, maskText } from './index.ts'

const rule = (
  id: string,
  parts: Partial<MaskingRule> & { secret: string; literals: readonly string[] },
): MaskingRule => ({
  id,
  description: id,
  inWord: true,
  examples: { match: [], miss: [] },
  ...parts,
})

const RULES: readonly MaskingRule[] = [
  rule('slow', { literals: ['ab'], secret: 'ab[abc]*c=' }),
  rule('early', { literals: ['a'], secret: 'a[ab]{2,}c?' }),
  rule('dotted', { literals: ['b'], secret: 'bb(?:-c)*' }),
  rule('quoted', { literals: ['c='], before: 'c="?', secret: '[^=]{2,4}', after: '[c=]' }),
  rule('even', {
    literals: ['c'],
    secret: 'c[abc]{1,6}',
    notAfter: '[b-]',
    check: (secret) => secret.length % 2 === 0,
  }),
  rule('tie-a', { literals: ['=aa'], secret: '=aa' }),
  rule('tie-b', { literals: ['=a'], secret: '=a[ac]' }),
  rule('any', { literals: ['--'], before: '--', secret: '[^a]{3}' }),
  rule('either', { literals: ['a', 'ba'], secret: 'b?a[abc]{2,}--' }),
  rule('paired', { literals: ['=c'], before: '=c', secret: '[^=]{2,3}', check: (secret) => secret.isWellFormed() }),
  rule('greedy', { literals: ['-b'], before: '-', secret: 'b[^-]*' }),
]
const engine = compile(RULES)

/** Rules that no literal begins, and conditions on what stands around a secret. */
const AROUND: readonly MaskingRule[] = [
  rule('run-a', { literals: [], run: '[abc]', secret: '[ab]{2}c[abc-]{3,5}' }),
  rule('run-b', { literals: [], run: '[ab=-]', secret: '[a-c=]{4,7}--', notAfter: '[a]' }),
  rule('run-c', { literals: [], run: '[c"]', secret: '[abc]{3}[=-][abc]{2,}', after: '[^=]|$' }),
  rule('tailed', { literals: ['b'], secret: 'b[abc]{1,3}', after: '-c|=|"$|$' }),
  rule('tailed-open', { literals: ['='], before: '=', secret: '[ab-]{3,}', after: '"(?:a|$)|cc' }),
  rule('prior', { literals: ['ca', '=c'], secret: '=?ca?[bc]{1,3}', prior: '[-=]' }),
  rule('not-prior', { literals: ['--'], before: '--', secret: '[^-]{3}', notPrior: '[a"]' }),
]
const around = compile(AROUND)
const OPTIONS = { marks, leave: new Set(['early', 'quoted', 'slow']) }

const plain = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '=', '-', '"'), maxLength: 30, size: 'max' })
const wild = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    '=',
    '-',
    '"',
    '\\',
    '\\"',
    '\\u0061',
    'é',
    '😀',
    '\\ud83d\\ude00',
    '\ud83d',
    '\ude00',
  ),
  maxLength: 24,
  size: 'max',
})

/** All that is to be masked, found by trying every rule at every place. */
function searched(rules: readonly MaskingRule[], text: string): string {
  const masked = new Uint8Array(text.length)
  for (const { literals, run, prior, notPrior, before, secret, after, notAfter, check } of rules)
    for (let at = 0; at < text.length; at++) {
      if (run && at > 0 && new RegExp(run).test(text[at - 1]!)) continue
      if (!run && !literals.some((literal) => text.startsWith(literal, at))) continue
      if (prior && at > 0 && !new RegExp(prior).test(text[at - 1]!)) continue
      if (notPrior && at > 0 && new RegExp(notPrior).test(text[at - 1]!)) continue
      for (let start = at; start <= text.length; start++) {
        if (before ? !new RegExp(`^(?:${before})$`).test(text.slice(at, start)) : start > at) continue
        for (let end = text.length; end > start; end--) {
          if (!new RegExp(`^(?:${secret})$`).test(text.slice(start, end))) continue
          if (after && !new RegExp(`^(?:${after})`).test(text.slice(end))) continue
          if (notAfter && new RegExp(`^${notAfter}`).test(text.slice(end))) continue
          if (!check || check(text.slice(start, end))) masked.fill(1, start, end)
          break
        }
      }
    }
  return masked.join('')
}

for (const [name, rules] of [
  ['literals', RULES],
  ['surroundings', AROUND],
  ...AROUND.map((each) => [each.id, [each]] as const),
] as const) {
  test(`masks what a plain search with the language’s own engine masks: ${name}`, () => {
    const compiled = compile(rules)
    fc.assert(
      fc.property(plain, (text) => {
        const masked = new Uint8Array(text.length)
        for (const { start, end } of maskText(compiled, text, 'text').findings) masked.fill(1, start, end)
        assert.equal(masked.join(''), searched(rules, text))
      }),
      { numRuns: rules.length > 1 ? 4000 : 1000 },
    )
  })
}

for (const mode of ['text', 'json'] as const) {
  test(`colliding rules are split-proof (${mode})`, () => {
    fc.assert(
      fc.property(fc.oneof(plain, wild), sizes, (text, parts) => {
        const whole = maskText(engine, text, mode, OPTIONS)
        assert.deepEqual(carried(engine, cut(text, parts), mode, OPTIONS), whole)
        assert.deepEqual(carried(engine, cut(text, [1]), mode, OPTIONS), whole)
      }),
      { numRuns: 4000 },
    )
  })

  test(`rules that look around are split-proof (${mode})`, () => {
    fc.assert(
      fc.property(fc.oneof(plain, wild), sizes, (text, parts) => {
        const whole = maskText(around, text, mode, { marks })
        assert.deepEqual(carried(around, cut(text, parts), mode, { marks }), whole)
        assert.deepEqual(carried(around, cut(text, [1]), mode, { marks }), whole)
      }),
      { numRuns: 4000 },
    )
  })
}

test('valid JSON stays valid, and no secret reaches into the next string', () => {
  const value = fc.oneof(
    plain,
    fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '😀'), maxLength: 12, size: 'max' }),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4, size: 'max' }), (values) => {
      const masked = JSON.parse(maskText(engine, JSON.stringify(values), 'json').text)
      assert.equal(masked.length, values.length)
    }),
    { numRuns: 3000 },
  )
})

test('no half of a surrogate pair is left alone', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '=', '-', '😀'), maxLength: 24, size: 'max' })
  fc.assert(
    fc.property(text, (value) => {
      assert.ok(maskText(engine, value, 'text').text.isWellFormed())
      assert.ok(JSON.parse(maskText(engine, JSON.stringify([value]), 'json').text)[0].isWellFormed())
    }),
    { numRuns: 3000 },
  )
})

test('a secret that begins after a pair begins whole, and one that grows by a pair grows by both halves', () => {
  assert.equal(maskText(engine, '-b😀😀-', 'text').text, '-[masked:greedy]-')
  assert.equal(maskText(engine, '=c😀😀=', 'text').text, '=c[masked:paired]=')
  const lane = new Lane(engine, 'text')
  lane.push('-b\ud83d')
  assert.equal(lane.settled, 3)
  lane.push('\ude00')
  assert.equal(lane.settled, 4)
  assert.equal(lane.render(3, '\ude00'), '')
})

test('where two rules begin and end at once, the first one names the finding; where one knows earlier, that one', () => {
  assert.deepEqual(places(maskText(engine, '=aa', 'text'))[0], { rule: 'tie-a', start: 0, end: 3 })
  assert.deepEqual(places(maskText(engine, 'abac=', 'text')), [{ rule: 'early', start: 0, end: 5 }])
})
