/** The search of allowlists against RE2 itself, over made patterns and texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { patterns } from './patterns.case.ts'
import { searchOf } from './search.ts'

/** A pattern that is refused for its size says nothing. */
function same(source: string, text: string): void {
  let found: boolean
  try {
    found = searchOf(source)(text)
  } catch (error) {
    assert.match(String(error), /too many|too large/)
    return
  }
  assert.equal(found, RE2JS.compile(source).matcher(text).find(), `${source} in ${JSON.stringify(text)}`)
}

test('borders and empty matches', () => {
  const sources = [
    '^a$',
    '^',
    '$',
    '^$',
    'a*',
    '\\bb',
    'a\\b',
    '\\Bb',
    '(?m)^b',
    '(?m)a$',
    '\\Aa',
    'a\\z',
    '(?i)^true|false|null$',
  ]
  for (const source of sources)
    for (const text of ['', 'a', 'b', 'ab', 'a b', 'a\nb', 'A', 'xnull', 'falsex']) same(source, text)
})

test('any pattern finds what RE2 finds', () => {
  fc.assert(
    fc.property(patterns, fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', '_', '-', ' ', '\n', '"') }), same),
    { numRuns: 400 },
  )
})
