import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Fault } from '#exchange'
import { parsedObject, withMembers } from './json.ts'

const set = (text: string) => withMembers(text, 'env', { KEY: 'v"1' })

const CASES: readonly (readonly [name: string, before: string, after: string])[] = [
  ['no text', '', '{\n  "env": {\n    "KEY": "v\\"1"\n  }\n}\n'],
  ['an empty object', '{}', '{\n  "env": {\n    "KEY": "v\\"1"\n  }\n}'],
  ['an empty env', '{\n    "env": {}\n}\n', '{\n    "env": {\n        "KEY": "v\\"1"\n    }\n}\n'],
  ['another member', '{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"env": {\n\t\t"KEY": "v\\"1"\n\t}\n}'],
  ['one line', '{"a":[1,{"b":"}"}],"env":{"X":"y"}}', '{"a":[1,{"b":"}"}],"env":{"X":"y","KEY":"v\\"1"}}'],
  ['the key is there', '{"env": {"KEY" : "old", "Z": "z"}}', '{"env": {"KEY" : "v\\"1", "Z": "z"}}'],
  [
    'CRLF',
    '{\r\n  "env": {\r\n    "X": "y"\r\n  }\r\n}\r\n',
    '{\r\n  "env": {\r\n    "X": "y",\r\n    "KEY": "v\\"1"\r\n  }\r\n}\r\n',
  ],
  ['a byte order mark', '\ufeff{"env":{}}', '\ufeff{"env":{"KEY":"v\\"1"}}'],
]
for (const [name, before, after] of CASES)
  test(`a member is set and all else stays: ${name}`, () => {
    assert.equal(set(before), after)
    assert.equal((parsedObject(set(before))['env'] as Record<string, string>)['KEY'], 'v"1')
  })

const WRONG: readonly (readonly [string, string])[] = [
  ['{\n  "a": 1, // no\n}', 'line 2, column 11 is no JSON'],
  ['\n\n  {x', 'line 3, column 4 is no JSON'],
  ['{"a":', 'line 1, column 6 is no JSON'],
  ['[]', 'it holds no JSON object'],
  ['{"env": []}', '"env" is no object'],
]
for (const [text, detail] of WRONG)
  test(`what cannot be changed safely is refused: ${JSON.stringify(text)}`, () =>
    assert.throws(
      () => set(text),
      (fault: Fault) => fault.code === 'client.settings' && fault.detail === detail,
    ))

/** Any JSON object, laid out in several ways. */
const texts = fc
  .tuple(
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
    fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 }), { nil: undefined }),
    fc.constantFrom<(string | number | undefined)[]>(undefined, 2, '\t'),
  )
  .map(([rest, env, indent]) => JSON.stringify(env ? { ...rest, env } : { ...rest, env: undefined }, undefined, indent))

test('setting members changes those members only', () =>
  fc.assert(
    fc.property(texts, fc.string(), (text, value) => {
      const before = parsedObject(text)
      const env = (before['env'] ?? {}) as Record<string, string>
      const after = parsedObject(withMembers(text, 'env', { 'KEY"': value, OTHER: 'x' }))
      assert.deepEqual(after, { ...before, env: { ...env, 'KEY"': value, OTHER: 'x' } })
    }),
  ))

test('taking out what was set gives the very text back', () =>
  fc.assert(
    fc.property(texts, (text) => {
      const env = parsedObject(text)['env'] as object | undefined
      fc.pre(!env || Object.keys(env).length > 0)
      fc.pre(Object.keys(parsedObject(text)).length > 0)
      const there = withMembers(text, 'env', { 'KEY~': 'v', 'OTHER~': 'x' })
      assert.equal(withMembers(there, 'env', { 'KEY~': undefined, 'OTHER~': undefined }, env !== undefined), text)
    }),
  ))
