/** Counting in one pass gives what the plain definitions give. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { entropy, pairsIn, restlessness } from './spread.ts'

const value = fc.oneof(
  fc.string({ maxLength: 40, unit: fc.constantFrom(...'aAbBzZ09-_.é\u{1f511}') }),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.stringMatching(/^(?:[A-Z]?[a-z]{1,4}|[A-Z]{1,3}|\d){0,12}$/),
)

test('words are in lower case, perhaps with a capital, or in upper case', () => {
  const wordsIn = (text: string): string[] => text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
  fc.assert(
    fc.property(value, (text) => {
      assert.equal(
        pairsIn(text).pairs,
        wordsIn(text).reduce((sum, word) => sum + word.length - 1, 0),
      )
    }),
  )
  assert.deepEqual(pairsIn('HTTPServer'), { pairs: 8, common: 6 })
  assert.deepEqual(pairsIn('thInqx'), { pairs: 4, common: 2 })
})

test('restlessness counts changes between lower case, upper case, digits and others', () => {
  const kindOf = (unit: string): number => [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/].findIndex((kind) => kind.test(unit))
  fc.assert(
    fc.property(value, (text) => {
      const kinds = text.split('').map(kindOf)
      const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length
      assert.equal(restlessness(text), changes / Math.max(1, text.length - 1))
    }),
  )
})

test('entropy is Shannon’s, each text by itself', () => {
  fc.assert(
    fc.property(value, (text) => {
      const characters = [...text]
      const bits = [...new Set(characters)]
        .map((one) => characters.filter((each) => each === one).length / text.length)
        .reduce((sum, share) => sum - share * Math.log2(share), 0)
      assert.equal(entropy(text), bits)
    }),
  )
})
