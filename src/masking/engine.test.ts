/** Compilation: what is refused, and what literals and known values start. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, type MaskingRule, maskText } from './index.ts'

const base: MaskingRule = {
  id: 'mine',
  description: 'test',
  literals: ['k_'],
  secret: 'k_[a-z]{4}',
  examples: { match: [], miss: [] },
}

test('a bad rule is refused with its id and the reason', () => {
  const rows: readonly (readonly [Partial<MaskingRule>, RegExp])[] = [
    [{ secret: 'k_(?=x)' }, /mine.*groups/],
    [{ secret: 'k*' }, /mine.*empty text/],
    [{ literals: ['zz'] }, /mine.*zz does not begin/],
    [{ secret: 'k_[a-z]+', check: () => true }, /mine.*at most 1024/],
    [{ notAfter: 'ab' }, /mine.*one class/],
  ]
  for (const [change, message] of rows) assert.throws(() => compile([{ ...base, ...change }]), message)
})

test('conditions on what follows hold at the end of the text too', () => {
  const exact = compile([{ ...base, notAfter: '[a-z]' }])
  assert.equal(maskText(exact, 'k_abcd', 'text').text, '[masked:mine]')
  assert.equal(maskText(exact, 'k_abcde', 'text').text, 'k_abcde')
  const followed = compile([{ ...base, after: '[!]' }])
  assert.equal(maskText(followed, 'k_abcd', 'text').text, 'k_abcd')
  assert.equal(maskText(followed, 'k_abcd!', 'text').text, '[masked:mine]!')
  assert.equal(maskText(followed, '"k_abcd"', 'json').text, '"k_abcd"')
})

test('a secret may begin inside its literal', () => {
  const engine = compile([{ ...base, literals: ['1:AA'], before: '\\d:', secret: 'AA[a-z]{3}', inWord: true }])
  assert.equal(maskText(engine, 'bot41:AAxyz.', 'text').text, 'bot41:[masked:mine].')
})

test('a context that may end at several places starts a secret at each', () => {
  const engine = compile([{ ...base, literals: ['key'], before: 'key[= ]{1,3}', secret: '[a-z]{4}' }])
  assert.equal(maskText(engine, 'key= abcd', 'text').text, 'key= [masked:mine]')
})

test('a check sees the whole secret and may let it pass', () => {
  const seen: string[] = []
  const check = (secret: string): boolean => seen.push(secret) > 1
  const engine = compile([{ ...base, secret: 'k_[a-z]{4,8}', check }])
  assert.equal(maskText(engine, 'k_abcdef k_ghijk', 'text').text, 'k_abcdef [masked:mine]')
  assert.deepEqual(seen, ['k_abcdef', 'k_ghijk'])
})

test('known values come before rules', () => {
  const engine = compile([base], { known: [{ id: 'own', value: 'k_abcdxyz' }] })
  assert.equal(maskText(engine, 'k_abcdxyz', 'text').findings[0]?.end, 9)
  assert.equal(maskText(engine, '(k_abcdxyz)', 'text').text.includes('abcd'), false)
})

test('an id that a placeholder cannot show is refused', () => {
  for (const id of ['a"b', 'Bad', 'a b', 'a]', '', '-a', 'a\n', 'x'.repeat(65)]) {
    const wrong = (make: () => unknown): void =>
      assert.throws(make, { code: 'config.invalid', detail: /an id is lower-case letters, digits and hyphens/ }, id)
    wrong(() => compile([{ ...base, id }]))
    wrong(() => compile([], { known: [{ id, value: 'abcdefghij' }] }))
  }
})

test('a rule that is only for the thorough profile finds nothing in the fast one', () => {
  const only: MaskingRule = { ...base, only: 'thorough' }
  assert.equal(maskText(compile([only]), 'k_abcd', 'text').text, 'k_abcd')
  assert.equal(maskText(compile([only], { profile: 'thorough' }), 'k_abcd', 'text').text, '[masked:mine]')
})
