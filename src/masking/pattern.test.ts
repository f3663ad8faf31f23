/** The pattern reader: its subset, and a clear refusal of all else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Matcher } from './matcher.ts'
import { longest, parseClass, parsePattern, SYMBOLS } from './pattern.ts'

/** Length of the longest match at the start of `text`, -1 for none. */
function match(source: string, text: string, fold = false): number {
  const matcher = new Matcher(parsePattern(source, fold))
  let state = matcher.start
  let best = -1
  for (let i = 0; i < text.length; i++) {
    const next = matcher.step(state, Math.min(128, text.charCodeAt(i)))
    if (!next) break
    state = next
    if (state.accept) best = i + 1
  }
  return best
}

test('takes the longest match of each construct', () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ['abc', 'abcd', 3],
    ['a|ab|abc', 'abx', 2],
    ['a{2}', 'aaa', 2],
    ['a{2,}', 'aaab', 3],
    ['a{1,2}b?', 'aabb', 3],
    ['(?:ab)+', 'ababa', 4],
    ['(a|b)*c', 'abac', 4],
    ['[a-c-]+', 'a-c-d', 4],
    ['[^a\\s]+', 'bü😀 x', 4],
    ['\\w\\d\\s', 'z9 ', 3],
    ['.+', 'ab\nc', 2],
    ['\\.\\*\\[', '.*[', 3],
    ['(?:a?){3}b', 'aab', 3],
    ['(?:a*)*b', 'aaab', 4],
    ['abc', 'abd', -1],
  ]
  for (const [source, text, length] of rows) assert.equal(match(source, text), length, source)
})

test('folds ASCII case where asked', () => {
  assert.equal(match('key[a-f]', 'KEYb', true), 4)
  assert.equal(match('key', 'KEY'), -1)
  assert.equal(match('[^a]', 'A', true), -1)
})

test('agrees with the language’s own engine on what it matches', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '[ab]',
    '[^a]',
    '(?:ab|b)',
    'a?',
    'b*',
    '(?:a|b){1,3}',
    'c+',
    '(?:ab)*',
    '\\w',
  )
  const source = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), maxLength: 12 })
  fc.assert(
    fc.property(source, text, (pattern, input) => {
      fc.pre(!new RegExp(`^(?:${pattern})$`).test(''))
      let best = -1
      for (let n = 1; n <= input.length; n++) if (new RegExp(`^(?:${pattern})$`).test(input.slice(0, n))) best = n
      assert.equal(match(pattern, input), best)
    }),
    { numRuns: 500 },
  )
})

test('refuses what is outside the subset, and says where', () => {
  const refused = [
    '(?=a)',
    '(?<x>a)',
    '\\b',
    '\\1',
    '^a',
    'a$',
    '[a',
    '(a',
    'a)',
    'a{3,1}',
    'a{',
    '*a',
    '[b-a]',
    'é',
    'a{9999}',
  ]
  for (const source of refused) assert.throws(() => parsePattern(source), { code: 'config.invalid' }, source)
  assert.throws(() => parsePattern('('.repeat(100)), { code: 'config.invalid' })
  assert.throws(() => parseClass('ab'), /is not one class/)
})

test('knows the longest length, and which symbols a class holds', () => {
  assert.equal(longest(parsePattern('ab{2,5}(?:c|dd)?')), 8)
  assert.equal(longest(parsePattern('a+')), Infinity)
  assert.equal(
    parseClass('[a-c]').reduce((sum, bit) => sum + bit, 0),
    3,
  )
  assert.equal(
    parseClass('[^a-c]').reduce((sum, bit) => sum + bit, 0),
    SYMBOLS - 3,
  )
})
