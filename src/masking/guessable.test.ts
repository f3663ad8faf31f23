/** What can be tried out is told from what cannot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALPHABETS, sample } from './examples.ts'
import { isGuessable } from './index.ts'

test('what people choose can be guessed, whatever is put behind it', () => {
  for (const value of ['', 'x', 'hunter2-2', 'Summer2024!!', 'correcthorsebatterystaple', 'aaaaaaaaaaaaaaaaaaaaaaaa'])
    assert.equal(isGuessable(value), true, value)
})

test('random tokens cannot, from sixteen characters on', () => {
  for (const [alphabet, length] of [
    ['base62', 16],
    ['hex', 32],
    ['base64url', 43],
  ] as const) {
    const guessed = Array.from({ length: 300 }, (_, seed) => sample(ALPHABETS[alphabet]!, length, seed + 1))
    assert.ok(guessed.filter(isGuessable).length <= 30, `${alphabet} ${length}`)
  }
})
