/** Token probabilities leave with the text that they spell. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withoutSpellings } from './spellings.ts'

const emptied = (value: unknown): unknown => {
  if (Array.isArray(value)) return []
  return typeof value === 'object' ? null : value
}

const strip = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strip)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'logprobs' ? emptied(each) : strip(each)]),
  )
}

test('every `logprobs` object becomes null, every such list empty, and nothing else changes', () => {
  const key = fc.constantFrom('logprobs', 'a', '"logprobs":', '\\', 'logprobs"')
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.string(),
      fc.constantFrom('logprobs', '{"logprobs":[1]}', '\\"'),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
    ),
    tree: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }))
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 2), (value, space) => {
      const json = JSON.stringify(value, null, space)
      assert.deepEqual(JSON.parse(withoutSpellings(json)), strip(value))
    }),
    { numRuns: 500 },
  )
})

test('a text without them is the very same text', () => {
  const json = '{ "a" : [1, 2.50, "x"] }'
  assert.equal(withoutSpellings(json), json)
})
