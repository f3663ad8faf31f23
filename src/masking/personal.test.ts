/** Personal data: every rule against its own examples, and every validator against numbers that do not add up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missOf, spread } from './examples.ts'
import { compile, maskText, PERSONAL, RULES } from './index.ts'
import { isCard, isEmail, isIban, isPhone, isSocialSecurity } from './personal.ts'

const engine = compile(Object.values(PERSONAL))

for (const [kind, rule] of Object.entries(PERSONAL)) {
  test(`personal data: ${kind}`, () => {
    for (const example of rule.examples.match) {
      const [before, secret, after] = spread(example)
      assert.equal(maskText(engine, before + secret + after, 'text').text, `${before}[masked:${rule.id}]${after}`)
      const json = JSON.stringify({ a: before + secret + after })
      assert.equal(JSON.parse(maskText(engine, json, 'json').text).a, `${before}[masked:${rule.id}]${after}`)
    }
    for (const example of rule.examples.miss) {
      const text = missOf(example)
      assert.deepEqual(
        maskText(engine, text, 'text').findings.filter((finding) => finding.rule === rule.id),
        [],
        text,
      )
    }
  })
}

test('personal data is no part of the built-in rules', () => {
  const ids = new Set(RULES.map((rule) => rule.id))
  for (const rule of Object.values(PERSONAL)) assert.ok(!ids.has(rule.id))
})

test('a digit that is changed breaks the sum of a card and of an account', () => {
  for (let at = 0; at < 16; at++) assert.equal(isCard(changed('4012888888881881', at)), false)
  for (let at = 2; at < 22; at++) assert.equal(isIban(changed('DE89370400440532013000', at)), false)
  assert.ok(isCard('4012888888881881') && isIban('DE89 3704 0044 0532 0130 00'))
  assert.equal(isIban('DE8937040044053201300'), false, 'a country has one length')
})

function changed(digits: string, at: number): string {
  return digits.slice(0, at) + ((Number(digits[at]) + 1) % 10) + digits.slice(at + 1)
}

test('numbers that were never given out are none', () => {
  for (const text of ['000-12-3456', '666-12-3456', '900-12-3456', '212-00-3456', '212-53-0000', '078-05-1120'])
    assert.equal(isSocialSecurity(text), false, text)
  assert.ok(isSocialSecurity('212-53-8034'))
  assert.ok(isPhone('+44 20 7946 0958') && isPhone('(212) 736-5000'))
  assert.equal(isPhone('111-222-3333'), false)
  assert.ok(isEmail('a.b@mail.test.de'))
  for (const text of ['a..b@mail.de', 'a@example.org', 'logo@2x.png', 'a@-b.de'])
    assert.equal(isEmail(text), false, text)
})
