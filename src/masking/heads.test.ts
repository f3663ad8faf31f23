/** Known values that begin alike: each is masked whole and by its name, however many they are and wherever a stream is cut. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried } from './cuts.case.ts'
import { headsOf } from './heads.ts'
import { compile, maskText, RULES } from './index.ts'

const hex = (nth: number, length: number) => createHash('sha256').update(`${nth}`).digest('hex').slice(0, length)
const FORMS: readonly ((nth: number) => string)[] = [
  (nth) => `acme-prod-${hex(nth, 16)}`,
  (nth) => `acme prod pass ${hex(nth, 8)} ${hex(nth + 500, 8)}`,
  (nth) => `${'the same beginning, '.repeat(10)}${hex(nth, 12)}`,
]

for (const many of [30, 300])
  for (const [at, form] of FORMS.entries())
    test(`${many} values that begin alike are masked whole and by name, streamed too; ${at}`, () => {
      const known = Array.from({ length: many }, (_, nth) => ({ id: `known-${nth}`, value: form(nth) }))
      const engine = compile(RULES, { known })
      for (const nth of [0, 7, 19, 29]) {
        const value = form(nth)
        const text = `the phrase is ${value} ok`
        const masked = `the phrase is [masked:known-${nth}] ok`
        assert.equal(maskText(engine, text, 'text').text, masked)
        assert.equal(maskText(engine, JSON.stringify({ text }), 'json').text, JSON.stringify({ text: masked }))
        for (let cut = 0; cut <= text.length; cut += 7)
          assert.equal(carried(engine, [text.slice(0, cut), text.slice(cut)], 'text').text, masked)
        const { text: told, findings } = carried(engine, [...text], 'text')
        assert.deepEqual([told, findings.map(({ rule }) => rule)], [masked, [`known-${nth}`]])
        const almost = `the phrase is ${value.slice(0, -1)}~ ok`
        assert.equal(maskText(engine, almost, 'text').text.includes('overlong'), false)
      }
    })

for (const many of [1, 30, 300])
  test(`${many} values that begin alike are masked by name in an address too`, () => {
    const form = (nth: number) => `acmeprod/pass+${hex(nth, 16)}`
    const known = Array.from({ length: many }, (_, nth) => ({ id: `known-${nth}`, value: form(nth) }))
    const engine = compile(RULES, { known })
    for (const spelled of [
      encodeURIComponent(form(0)),
      encodeURIComponent(form(0)).replace(/%../g, (c) => c.toLowerCase()),
    ])
      assert.equal(carried(engine, [...`go to ${spelled} ok`], 'text').text, 'go to [masked:known-0] ok')
  })

test('a value with blanks is masked by name in an address too, whether its blank is the first thing spelled or not', () => {
  for (const form of ['acme prod pass', 'a b c d e f g', 'acmeprodpass and more', 'acme/prod+pass 1'].entries()) {
    const engine = compile(RULES, { known: [{ id: 'known', value: form[1] }] })
    for (const spelled of [
      encodeURIComponent(form[1]),
      encodeURIComponent(form[1]).replace(/%../g, (c) => c.toLowerCase()),
    ])
      assert.equal(carried(engine, [...`go to ${spelled} ok`], 'text').text, 'go to [masked:known] ok', form[1])
  }
})

test('values of which each begins the next are masked whole', () => {
  const known = Array.from({ length: 60 }, (_, nth) => ({ id: `known-${nth}`, value: `z9-z9-z9-${'y'.repeat(nth)}` }))
  const engine = compile([], { known })
  for (const { value } of known)
    assert.match(carried(engine, [...`it is ${value}! ok`], 'text').text, /^it is \[masked:known-\d+\]! ok$/)
})

test('a head is the beginning of its value, and few values share one', () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 8, maxLength: 20, size: 'max' })
  fc.assert(
    fc.property(fc.uniqueArray(value, { maxLength: 60, size: 'max' }), (values) => {
      const heads = headsOf(values)
      for (const each of values) {
        const head = heads.get(each) ?? ''
        assert.ok(each.startsWith(head) && (head.length >= 8 || head === each))
        const whole = head === each
        assert.ok(whole || values.filter((other) => other.startsWith(head)).length <= 4)
      }
    }),
  )
})
