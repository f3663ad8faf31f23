/** Rules of users in lanes: the same whatever the cuts, in text and in JSON, beside Gatelog's own rules. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, places, sizes } from '../cuts.case.ts'
import { compile } from '../engine.ts'
import { RULES } from '../index.ts'
import { maskText } from '../mask.ts'
import { readOwnRules } from './own.ts'

const form = { description: '', secretGroup: 0, keywords: [], entropy: 0, stopwords: [] }
const list = { condition: 'or' as const, stopwords: [] }

/** One for each thing that a foreign rule can ask for. */
const { rules, problems } = readOwnRules(
  [
    { ...form, id: 'acme-key', regex: '\\b(acme_[a-z0-9]{8,})(?:[\'"\\s;]|\\\\[nr]|$)', entropy: 2.5 },
    {
      ...form,
      id: 'acme-word',
      regex: '(?i)[\\w.-]{0,20}?(?:acme|zeta)[ \\t]{0,3}[=:]\\s{0,3}([a-z0-9]{6,12})\\b',
      stopwords: ['dummy'],
    },
    { ...form, id: 'acme-pair', regex: '\\b(\\d{4}\\|[a-f]{6})\\b', keywords: ['zeta'] },
    { ...form, id: 'acme-block', regex: '<<BEGIN[\\s\\S]{3,}?END>>' },
    {
      ...form,
      id: 'acme-match',
      regex: '[\\w.]{0,9}tok=(\\w{4,9})',
      allowlist: { ...list, regexTarget: 'match', regexes: ['^my'] },
    },
    {
      ...form,
      id: 'acme-line',
      regex: 'pin=(\\d{4,})',
      allowlist: { ...list, regexTarget: 'line', regexes: ['--no'] },
    },
    { ...form, id: 'acme-tail', regex: 'https?://(\\w{3}:\\w{3})@(?:a\\.b|c\\.d)(?:[/?]|$)' },
    { ...form, id: 'acme-run', regex: '[a-z0-9]{6}\\.zz\\.[a-z]{4}' },
  ],
  new Set(),
)
const engine = compile(RULES, { foreign: rules })

const found = (text: string): string => maskText(engine, text, 'text').text

test('each of them finds what it says', () => {
  assert.deepEqual(problems, [])
  assert.equal(found('acme_abcd1234" acme_aaaaaaaa;'), '[masked:acme-key]" acme_aaaaaaaa;')
  assert.equal(found('my.Acme = abcd1234, zeta: dummy123'), 'my.Acme = [masked:acme-word], zeta: dummy123')
  assert.equal(found('1234|abcdef zeta 1234|abcdef'), '1234|abcdef zeta [masked:acme-pair]')
  assert.equal(found('<<BEGIN one END>> two END>>'), '[masked:acme-block] two END>>')
  assert.equal(found('mytok=abcd xtok=abcd'), 'mytok=abcd xtok=[masked:acme-match]')
  assert.equal(found('--no pin=1234\npin=1234'), '--no pin=1234\npin=[masked:acme-line]')
  assert.equal(
    found('https://abc:def@a.b/x http://abc:def@a.c/'),
    'https://[masked:acme-tail]@a.b/x http://abc:def@a.c/',
  )
  assert.equal(found('abcdef.zz.abcd xabcdef.zz.abcd'), '[masked:acme-run] [masked:acme-run]')
})

test('what follows is waited for: a secret leaves only when it is known to be none', () => {
  const parts = [...'see acme_abcd1234\\x and acme_abcd1234\\n']
  assert.equal(carried(engine, parts, 'text').text, 'see acme_abcd1234\\x and [masked:acme-key]\\n')
})

const part = fc.constantFrom(
  ...[
    'acme_abcd1234',
    'acme_',
    'Acme',
    'zeta',
    ' = ',
    ': ',
    '=',
    '1234|abcdef',
    '1234|',
    'abcdef',
    'abcd1234',
    'dummy1',
  ],
  ...[
    '<<BEGIN',
    'END>>',
    'EN',
    'my',
    'tok=',
    'pin=',
    '--no ',
    '123456',
    'https://',
    'abc:def',
    '@a.b',
    '@c.d',
    '/',
    '.zz.',
  ],
  ...[' ', '\n', '"', "'", '\\n', '\\', ';', '_', 'x', 'é', '😀', '\ud83d', 'ghp_', '-----BEGIN PRIVATE KEY-----'],
)
const texts = fc.array(part, { maxLength: 16, size: 'max' }).map((parts) => parts.join(''))

test('any cut of any text gives the same', () => {
  fc.assert(
    fc.property(texts, sizes, (text, parts) => {
      const whole = maskText(engine, text, 'text')
      const streamed = carried(engine, cut(text, parts), 'text')
      assert.equal(streamed.text, whole.text)
      assert.deepEqual(places(streamed), places(whole))
    }),
    { numRuns: 1500 },
  )
})

test('and of any JSON text; what is masked there is what is masked in the string', () => {
  fc.assert(
    fc.property(texts, sizes, (text, parts) => {
      const json = JSON.stringify({ a: text })
      const whole = maskText(engine, json, 'json')
      const streamed = carried(engine, cut(json, parts), 'json')
      assert.equal(streamed.text, whole.text)
      assert.deepEqual(places(streamed), places(whole))
      JSON.parse(whole.text)
    }),
    { numRuns: 800 },
  )
})
