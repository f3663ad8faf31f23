/** Times as people write them, and what is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeIn } from './time.ts'

const NOW = Date.parse('2026-11-24T08:30:05Z')

const READ: readonly (readonly [text: string, iso: string])[] = [
  ['2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24T08:30', '2026-11-24T08:30:00.000Z'],
  ['2026-11-24T08:30:01.5Z', '2026-11-24T08:30:01.500Z'],
  ['2026-11-24T08:30+02:00', '2026-11-24T06:30:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['90s', '2026-11-24T08:28:35.000Z'],
  ['30m', '2026-11-24T08:00:05.000Z'],
  ['7d', '2026-11-17T08:30:05.000Z'],
  ['1w', '2026-11-17T08:30:05.000Z'],
  ['999999w', '1970-01-01T00:00:00.000Z'],
]

test('a time is a date, a date with a time, or how long ago', () => {
  for (const [text, iso] of READ) assert.equal(new Date(timeIn(text, NOW) ?? Number.NaN).toISOString(), iso, text)
})

test('what no calendar has is none', () => {
  for (const text of ['2026-02-31', '2026-13-45', '2026-99-99', '2026-11-24T25:00', '2026-1-1', '7', '7x', '', 'now'])
    assert.equal(timeIn(text, NOW), undefined, text)
})
