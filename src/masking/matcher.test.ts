/** The lazy automaton: linear, bounded, never empty. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Matcher, type State } from './matcher.ts'
import { parsePattern } from './pattern.ts'

test('refuses a pattern that matches nothing at all, or is too large', () => {
  assert.throws(() => new Matcher(parsePattern('a*')), /empty text/)
  assert.throws(() => new Matcher(parsePattern('(?:(?:a{1000}){1000}){10}')), /too large/)
})

test('takes linear time where backtracking takes forever', () => {
  const matcher = new Matcher(parsePattern('(?:a|aa|a?a)+b'))
  let state: State | null = matcher.start
  for (let i = 0; i < 200_000 && state; i++) state = matcher.step(state, 97)
  assert.ok(state)
  assert.equal(matcher.step(state, 98)?.accept, true)
  assert.equal(matcher.step(state, 99), null)
})

test('forgets states rather than keep an exponential number, and goes on alike', () => {
  const matcher = new Matcher(parsePattern('[ab]*a[ab]{14}!'))
  const seen = new Set<State>()
  let state: State | null = matcher.start
  let text = ''
  let random = 1
  for (let i = 0; i < 20_000 && state; i++) {
    random = (random * 48_271) % 2_147_483_647
    const symbol = random % 3 === 0 ? 97 : 98
    text += String.fromCharCode(symbol)
    state = matcher.step(state, symbol)
    if (state) seen.add(state)
  }
  assert.ok(state)
  assert.ok(seen.size > 4000, 'the cap was reached')
  const last = matcher.step(state, 33)
  assert.equal(last?.accept ?? false, text.at(-15) === 'a')
})
