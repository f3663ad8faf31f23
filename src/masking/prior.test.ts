// What may stand before a match: single units, and words that make another thing of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './engine.ts'
import { Lane } from './lane.ts'
import { maskText } from './mask.ts'
import type { MaskingRule } from './rule.ts'

const RULE: MaskingRule = {
  id: 'ticket',
  description: 'a ticket',
  literals: ['ticket='],
  fold: true,
  inWord: true,
  notBehind: ['page', 'line2'],
  before: 'ticket=',
  secret: '[a-z0-9]{8}',
  examples: { match: [], miss: [] },
}
const ENGINE = compile([RULE])
const masks = (text: string): boolean => maskText(ENGINE, text, 'text').findings.length > 0

test('a word that is forbidden before a match forbids it in every spelling', () => {
  for (const before of ['page', 'Page', 'NEXT_PAGE_', 'next-page-', 'the page ', 'line2', 'next\uff30age'])
    assert.equal(masks(`${before}ticket=abcd1234`), false, before)
})

test('other words, and the same further away, do not', () => {
  for (const before of ['', 'pag', 'page: ', 'pages ', 'page__', 'e', 'line22'])
    assert.ok(masks(`${before}ticket=abcd1234`), before)
})

test('it is the same however the text is cut, and in JSON', () => {
  const text = `${'x'.repeat(300)} next_page_ticket=abcd1234`
  for (const mode of ['text', 'json'] as const) {
    const lane = new Lane(ENGINE, mode)
    for (const c of mode === 'json' ? JSON.stringify(text) : text) lane.push(c)
    lane.end()
    assert.equal(lane.findings.length, 0, mode)
  }
})
