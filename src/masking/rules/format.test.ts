/** A token's format as a template: the rule that comes of it, and formats that are none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, maskText } from '../index.ts'
import type { MaskingRule } from '../rule.ts'
import { type Token, tokens } from './format.ts'

const row = (format: Token['format'], more: Partial<Token> = {}): Token => ({
  id: 'a-token',
  description: 'A token of the tests',
  format,
  source: 'this test',
  ...more,
})
const ruleOf = (format: Token['format'], more?: Partial<Token>): MaskingRule => tokens([row(format, more)])[0]!
const masked = (rule: MaskingRule, text: string): string => maskText(compile([rule]), text, 'text').text

const HEX = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'

test('a format gives literal, pattern and examples', () => {
  const rule = ruleOf('abc_<hex:32>')
  assert.deepEqual(rule.literals, ['abc_'])
  assert.equal(rule.secret, 'abc_[0123456789abcdef]{32}')
  assert.deepEqual(rule.examples, { match: ['abc_<hex:32:1>'], miss: ['abc_<hex:16:1>'] })
})

test('a choice gives a format for each of its ways, also with parts in it', () => {
  const rule = ruleOf('(ab|cd)-<digits:4>(|.<digits:2>)')
  assert.deepEqual(rule.literals, ['ab-', 'cd-'])
  assert.equal(masked(rule, 'ab-1234 cd-1234.56'), '[masked:a-token] [masked:a-token]')
})

test('what stands before double braces is context', () => {
  const rule = ruleOf('/hook/<digits:2..4>/{{<hex:32>}}')
  assert.equal(masked(rule, `https://a.example/hook/123/${HEX}`), 'https://a.example/hook/123/[masked:a-token]')
})

test('a bounded format is checked for stand-ins, an open one cannot be', () => {
  assert.deepEqual(ruleOf('abc_<hex:32>').checks, ['varied'])
  assert.equal(ruleOf('abc_<hex:32..>').checks, undefined)
  assert.equal(masked(ruleOf('abc_<base62:36>'), `abc_${'x'.repeat(36)}`), `abc_${'x'.repeat(36)}`)
})

test('exact formats do not match where the token goes on', () => {
  const rule = ruleOf('sk-<hex:32>', { exact: true })
  assert.equal(masked(rule, `sk-${HEX}.`), '[masked:a-token].')
  assert.equal(masked(rule, `sk-${HEX}0`), `sk-${HEX}0`)
})

test('a run that may hold dots leaves the full stop', () => {
  const rule = ruleOf('t_<dotted:8..>')
  assert.equal(masked(rule, 'It is t_ab.cd.ef9. Next'), 'It is [masked:a-token]. Next')
})

test('an alphabet that nobody knows is told by name', () => {
  assert.throws(() => ruleOf('abc_<runes:32>'), { name: 'RangeError', message: 'no alphabet is called runes' })
})
