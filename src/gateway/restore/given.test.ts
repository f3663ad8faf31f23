/** What came back is masked wherever it stands, beside what the rules find, in text and in JSON. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, maskText } from '#masking'
import { withGiven } from './given.ts'

const given = new Map([
  ['s3 "x"', 'password'],
  ['abcab', 'key'],
])

test('a value is masked in any word, with or without findings', () => {
  const masked = withGiven(false, 'zabcabz abcabcab', 'text', given)
  assert.ok(masked)
  assert.equal(masked.text, 'z[masked:key]z [masked:key]cab')
  assert.deepEqual(
    masked.findings.map(({ start, end, length, masked }) => [start, end, length, masked]),
    [
      [1, 6, 5, true],
      [8, 13, 5, true],
    ],
  )
  assert.equal(withGiven(false, 'nothing', 'text', given), false)
})

test('in JSON it is found as JSON spells it', () => {
  const masked = withGiven(false, 'a s3 \\"x\\" b', 'json', given)
  assert.ok(masked && masked.recorded === 'a [masked:password] b')
})

test('what the rules found stays as it is, and no value of the list is left', () => {
  const examples = { match: ['abzzzz'], miss: ['ab'] }
  const engine = compile([{ id: 'rule', description: '', literals: ['ab'], secret: 'ab[a-z]{4}', examples }])
  const texts = fc.array(fc.constantFrom('ab', 'c', 'a', 'zz', ' ', 's3 "x"', 'abcab'), { maxLength: 12 })
  fc.assert(
    fc.property(texts, (parts) => {
      const raw = parts.join('')
      const found = maskText(engine, raw, 'text')
      const masked = withGiven(found.findings.length > 0 && found, raw, 'text', given)
      if (!masked) return assert.ok(![...given.keys()].some((value) => raw.includes(value)))
      let [at, back] = [0, '']
      for (const { at: from, until, start, end } of masked.findings) {
        back += masked.recorded.slice(at, from) + raw.slice(start, end)
        at = until
      }
      assert.equal(back + masked.recorded.slice(at), raw)
      const left = masked.recorded.replace(/\[masked:\w+\]/g, '\n')
      assert.ok(![...given.keys()].some((value) => left.includes(value)), masked.recorded)
    }),
  )
})
