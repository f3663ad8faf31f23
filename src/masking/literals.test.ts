/** The literal automaton: finds all that a plain search finds, and holds only what may begin a secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Literal, Literals } from './literals.ts'

function literal(text: string, more: Partial<Literal> = {}): Literal {
  return { text, fold: false, place: 'anywhere', context: 0, ...more }
}

function run(automaton: Literals, text: string): { readonly hits: string[]; readonly hold: number } {
  const unitAt = (index: number): number => (index < 0 ? -1 : text.charCodeAt(index))
  let state = 0
  const hits: string[] = []
  for (let i = 0; i < text.length; i++) {
    state = automaton.next[state + automaton.classes[text.charCodeAt(i)]!]!
    if (state < automaton.firstHit) continue
    const ended = automaton.hitsAt(state, i, unitAt)
    assert.equal(automaton.hasHit(state, i, unitAt), ended.length > 0)
    for (const index of ended) hits.push(`${index}@${i + 1}`)
  }
  return { hits, hold: automaton.holdAt(state, text.length, unitAt) }
}

test('finds every occurrence, overlapping ones too', () => {
  const unit = fc.constantFrom('a', 'b', 'ü', 'A')
  const words = fc.uniqueArray(fc.string({ unit, minLength: 1, maxLength: 5, size: 'max' }), {
    minLength: 1,
    maxLength: 6,
    size: 'max',
  })
  fc.assert(
    fc.property(words, fc.string({ unit, maxLength: 30, size: 'max' }), (texts, haystack) => {
      const expected: string[] = []
      for (let end = 1; end <= haystack.length; end++)
        texts.forEach((text, i) => {
          if (haystack.slice(0, end).endsWith(text)) expected.push(`${i}@${end}`)
        })
      assert.deepEqual(run(new Literals(texts.map((text) => literal(text))), haystack).hits.sort(), expected.sort())
    }),
    { numRuns: 80 },
  )
})

test('a bounded literal needs a boundary; escapes and percent signs make one', () => {
  const automaton = new Literals([literal('ghp_', { place: 'word' })])
  for (const text of [
    'ghp_',
    ' ghp_',
    '_ghp_',
    '"ghp_',
    '\\nghp_',
    '\\\\nghp_',
    '%3Dghp_',
    '%0aghp_',
    'éghp_',
    '\\ghp_',
  ])
    assert.equal(run(automaton, text).hits.length, 1, text)
  for (const text of ['xghp_', '9ghp_', '%3ghp_', 'x\\nxghp_']) assert.equal(run(automaton, text).hits.length, 0, text)
})

test('folds case where asked', () => {
  const automaton = new Literals([literal('api_key', { fold: true }), literal('SK')])
  assert.deepEqual(run(automaton, 'Api_KEY sk SK').hits, ['0@7', '1@13'])
})

test('holds what may begin a secret, not its context', () => {
  const automaton = new Literals([literal('ghp_', { place: 'word' }), literal('1:AA', { context: 2 })])
  for (const [text, hold] of [
    ['g', 1],
    ['dog', 0],
    ['a gh', 2],
    ['1', 0],
    ['1:', 0],
    ['1:A', 1],
  ] as const)
    assert.equal(run(automaton, text).hold, hold, text)
})

test('without literals nothing is ever found', () => {
  assert.deepEqual(run(new Literals([]), 'abc%41\\'), { hits: [], hold: 0 })
})
