/** A placeholder of an earlier turn is no secret, whatever the rule; what only looks like one is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, marks, sizes } from './cuts.case.ts'
import { compile, type MaskingRule, maskText, RULES } from './index.ts'

const rule = (id: string, more: Partial<MaskingRule> & { secret: string }): MaskingRule => {
  return { id, description: id, literals: ['pw='], before: 'pw=', examples: { match: [], miss: [] }, ...more }
}
const engines = [
  rule('open', { secret: '[^ ]{8,}' }),
  rule('bound', { secret: '[^ ]{8,200}', after: '[ !]|$' }),
  rule('checked', { secret: '[^ ]{8,200}', checks: ['entropy:1'] }),
  rule('short', { secret: '[^ ]{3}' }),
].map((each) => [each.id, compile([each])] as const)

for (const [id, engine] of engines) {
  test(`a placeholder stays itself (${id})`, () => {
    for (const mark of ['', '#k7f2', '~0123456789abcdef']) {
      const text = `pw=[masked:github-pat${mark}] and pw=[masked:x${mark}]`
      assert.deepEqual(maskText(engine, text, 'text', { marks }), carried(engine, cut(text, [1]), 'text', { marks }))
      assert.deepEqual(maskText(engine, text, 'text').findings, [], text)
    }
  })

  test(`a secret beside one is masked, and so is what only begins like one (${id})`, () => {
    const texts = [
      '[masked:x]s3cretS3cret',
      '[masked:',
      '[masked:x',
      '[masked:]ab',
      '[masked:A b',
      '[masked:x)abc',
      '[maskedxyz',
    ]
    for (const value of texts) {
      const text = `pw=${value} !`
      const { findings } = maskText(engine, text, 'text')
      assert.equal(findings.length, 1, text)
      assert.ok(!text.slice(findings[0]!.start, findings[0]!.end).startsWith('[masked:x]'))
      assert.deepEqual(carried(engine, cut(text, [1]), 'text'), maskText(engine, text, 'text'))
    }
  })
}

test('what was masked is not masked again', () => {
  const engine = compile(RULES)
  const samples = RULES.flatMap((each) => [
    `password = "[masked:${each.id}#k7f2]"`,
    `https://a:[masked:${each.id}]@host`,
  ])
  for (const text of [...samples, 'Authorization: Bearer [masked:jwt]', 'API_TOKEN=[masked:github-pat#abcd]'])
    assert.deepEqual(maskText(engine, text, 'text').findings, [], text)
})

test('cuts change nothing around placeholders', () => {
  const part = fc.constantFrom(
    'pw=',
    '[masked:',
    'x',
    '#k7f2',
    ']',
    ' ',
    '[',
    'secret99',
    'pw=[masked:a-b#k7f2]',
    '!',
    '😀',
    '"',
  )
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 10, size: 'max' }),
      sizes,
      fc.constantFrom(...engines),
      (parts, by, [, engine]) => {
        const text = parts.join('')
        for (const mode of ['text', 'json'] as const)
          assert.deepEqual(carried(engine, cut(text, by), mode, { marks }), maskText(engine, text, mode, { marks }))
      },
    ),
    { numRuns: 2000 },
  )
})
