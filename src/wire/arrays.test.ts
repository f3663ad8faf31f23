/** The elements of the outermost arrays are found where a parser finds them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arraysOf } from './arrays.ts'

/** Every array found, parsed from the stretches told. */
const parsed = (text: string) =>
  Object.fromEntries(
    arraysOf(text).map(({ key, starts, ends }) => [
      key,
      starts.map((start, at) => JSON.parse(text.slice(start, ends[at]))),
    ]),
  )

const key = fc.constantFrom('messages', 'input', 'tools', 'model', '')
const value = fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()))

test('the arrays of any object, however it is spaced', () => {
  const indent = fc.constantFrom(undefined, 1, '\t')
  fc.assert(
    fc.property(fc.dictionary(key, value), indent, (document, space) => {
      const arrays = Object.entries(document).filter(([, each]) => Array.isArray(each))
      const same = JSON.parse(JSON.stringify(Object.fromEntries(arrays)))
      assert.deepEqual(parsed(JSON.stringify(document, null, space)), same)
    }),
    { numRuns: 500 },
  )
})

test('strings that look like structure, and quotes behind backslashes', () => {
  const odd = ['a"],{[', '\\', '\\"', 'x\\\\"', '}]']
  assert.deepEqual(parsed(JSON.stringify({ messages: odd, tools: [{ a: odd }] })), {
    messages: odd,
    tools: [{ a: odd }],
  })
})

test('of two arrays under one key the last counts, and a later value that is none hides it', () => {
  assert.deepEqual(parsed('{"a":[1],"a":[2,3]}'), { a: [2, 3] })
  assert.deepEqual(parsed('{"a":[1],"a":2}'), {})
})

test('a key written with an escape may be another one, so nothing is told', () => {
  assert.deepEqual(parsed('{"a":[1],"\\u0061":[2]}'), {})
})

test('an array that is no value of the outermost object is none of ours', () => {
  assert.deepEqual(parsed('[[1]]'), {})
  assert.deepEqual(parsed('{"a":{"b":[1]},"c":[]}'), { c: [] })
})
