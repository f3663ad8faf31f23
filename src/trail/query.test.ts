/** The grammar as a table, and as properties: what is printed reads back, and nothing else than a fault is thrown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { ACCEPTED, KEYS, matches, parseQuery, printQuery, type Query, VERDICTS } from './query.ts'
import { soughtOf } from './words.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const HOUR = 3_600_000
const NONE: Query = { where: {}, except: {}, text: [], without: [] }

const READ: [string, Partial<Query>][] = [
  ['', {}],
  ['  \t ', {}],
  ['user:alice', { where: { user: ['alice'] } }],
  ['user:Alice user:"Bob B" model:gpt*', { where: { user: ['alice', 'bob b'], model: ['gpt*'] } }],
  ['-user:alice -verdict:deny', { except: { user: ['alice'], verdict: ['deny'] } }],
  ['repo:"a\\"b\\\\c"', { where: { repo: ['a"b\\c'] } }],
  ['session:0190:x', { where: { session: ['0190:x'] } }],
  ['after:2h before:30m', { after: NOW - 2 * HOUR, before: NOW - HOUR / 2 }],
  ['after:3d', { after: NOW - 72 * HOUR }],
  ['after:2026-11-24', { after: Date.parse('2026-11-24') }],
  ['after:2026-11-24T08:30', { after: Date.parse('2026-11-24T08:30Z') }],
  ['before:2026-11-24T08:30:01.5+02:00', { before: Date.parse('2026-11-24T06:30:01.500Z') }],
  ['has:finding', { finding: true }],
  ['-has:finding', { finding: false }],
  [
    'refactor "the login page" -"draft only" -wip',
    { text: ['refactor', 'the login page'], without: ['draft only', 'wip'] },
  ],
  ['user-name', { text: ['user-name'] }],
  ['"user:alice"', { text: ['user:alice'] }],
  ['verdict:re*', { where: { verdict: ['re*'] } }],
  ['accepted:YES -accepted:shown', { where: { accepted: ['yes'] }, except: { accepted: ['shown'] } }],
  ['commit:ABC1234 commit:abc', { where: { commit: ['abc1234*', 'abc'] } }],
  [
    'github:Mona file:"src/A b.ts" language:Go',
    { where: { github: ['mona'], file: ['src/a b.ts'], language: ['go'] } },
  ],
]

const WRONG: [string, number][] = [
  ['color:red', 0],
  ['user:alice color:red', 11],
  ['user:', 0],
  ['x "open', 2],
  ['"a"b', 0],
  ['a user:"b', 2],
  ['verdict:perhaps', 0],
  ['accepted:perhaps', 0],
  ['has:secrets', 0],
  ['has:finding -has:finding', 12],
  ['-after:2h', 0],
  ['after:2h after:3h', 9],
  ['after:yesterday', 0],
  ['after:2026-02-31', 0],
  ['after:2026-13-01', 0],
  ['after:99999999d', 0],
  ['refac*', 0],
  ['a -', 2],
  ['a ""', 2],
  ['"..."', 0],
  ['x'.repeat(5000), 4096],
  ['a '.repeat(65), 128],
]

for (const [text, expected] of READ) {
  test(`reads ${text}`, () => assert.deepEqual(parseQuery(text, NOW), { ...NONE, ...expected }))
}
for (const [text, offset] of WRONG) {
  test(`refuses ${text.slice(0, 40)}`, () => {
    const wrong = (error: Fault) => error.code === 'query.syntax' && error.detail?.startsWith(`at ${offset}:`) === true
    assert.throws(() => parseQuery(text, NOW), wrong)
  })
}

const value = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => text.normalize('NFC').toLowerCase())
const values = fc.array(value, { minLength: 1, maxLength: 2 })
const phrase = fc.string({ unit: 'grapheme' }).filter((text) => soughtOf(text).flow.length > 0)
const time = fc.integer({ min: 0, max: Date.parse('2200-01-01') })
const CLOSED: Partial<Record<string, readonly string[]>> = { verdict: VERDICTS, accepted: ACCEPTED }
const byKey = fc.record(
  Object.fromEntries(
    KEYS.map((key) => [key, CLOSED[key] ? fc.subarray([...CLOSED[key]], { minLength: 1, maxLength: 2 }) : values]),
  ),
  { requiredKeys: [] },
)
const query = fc.record(
  {
    where: byKey,
    except: byKey,
    after: time,
    before: time,
    finding: fc.boolean(),
    text: fc.array(phrase, { maxLength: 5 }),
    without: fc.array(phrase, { maxLength: 5 }),
  },
  { requiredKeys: ['where', 'except', 'text', 'without'] },
)

test('what is printed reads back the same', () => {
  const plain = (it: unknown) => JSON.parse(JSON.stringify(it))
  fc.assert(
    fc.property(query, (asked) => {
      const printed = printQuery(asked as Query)
      fc.pre(printed.length < 4096)
      assert.deepEqual(plain(parseQuery(printed, NOW)), plain(asked))
    }),
  )
})
test('any text is read or refused as query.syntax', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'user:-"\\* ab3d\u0000é'.split('')) }), (text) => {
      try {
        parseQuery(text, NOW)
      } catch (error) {
        assert.ok(error instanceof Fault && error.code === 'query.syntax')
      }
    }),
  )
})
test('a star stands for any characters, and the whole value counts', () => {
  const yes: [string, string][] = [
    ['a', 'a'],
    ['*', ''],
    ['a*', 'abc'],
    ['*c', 'abc'],
    ['a*c', 'ac'],
    ['a*b*c', 'aXbYc'],
    ['**', 'x'],
  ]
  const no: [string, string][] = [
    ['a', 'ab'],
    ['a*', 'ba'],
    ['ab*ba', 'aba'],
    ['a*b*c', 'acb'],
    ['a*b*b', 'ab'],
    ['', 'a'],
  ]
  for (const [pattern, text] of yes) assert.ok(matches(pattern, text), `${pattern} ${text}`)
  for (const [pattern, text] of no) assert.ok(!matches(pattern, text), `${pattern} ${text}`)
})
test('many stars stay linear', () => assert.ok(!matches(`${'a*'.repeat(2000)}b`, 'a'.repeat(200_000))))
