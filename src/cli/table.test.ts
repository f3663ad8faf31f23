import assert from 'node:assert/strict'
import { test } from 'node:test'
import { table, width } from './table.ts'

test('columns are as wide as their widest cell, and a pipe gets them whole', () =>
  assert.equal(
    table(
      ['a', 'b'],
      [
        ['long', 'x'],
        ['é', 'y'],
      ],
    ),
    'a     b\nlong  x\né     y',
  ))

test('wide characters fill two columns, marks none', () => {
  assert.deepEqual(['日本', '😀', 'e\u0301', 'abc'].map(width), [4, 2, 1, 3])
  assert.equal(
    table(
      ['a', 'b'],
      [
        ['日本', 'x'],
        ['abcd', 'y'],
      ],
    ),
    'a     b\n日本  x\nabcd  y',
  )
})

const ROW = ['01a20cad-1740', 'a-rather-long-name@example.com', 'claude-code/2.1.330', 'claude-opus-5-5', '7']
const HEAD = ['exchange', 'who', 'client', 'model', 'found']

for (const most of [60, 80, 100])
  test(`a row fits ${most} columns, and an id is never cut`, () => {
    const rows = table(HEAD, [ROW, ['01a20cad-1741', '日本'.repeat(20), 'x', 'y', '0']], most).split('\n')
    for (const row of rows) assert.ok(width(row) <= most, `${width(row)}: ${row}`)
    assert.ok(rows[1]?.startsWith('01a20cad-1740  a-rather'))
  })

test('where nothing can be cut any more the row runs on', () =>
  assert.match(table(HEAD, [ROW], 10), /01a20cad-1740 {2}a-rat… {2}claud… {2}claud… {2}7/))

const PLAN = ['day', 'kept for', 'exchanges', 'size', 'until', 'what becomes of it']
const DAYS = [
  ['2026-11-24', '400d', '12', '0.3 MB', '2027-12-30', 'stays: held by 01a20cad-1740, 01a20cad-1741'],
  ['2026-11-25', 'ever', '7', '12.0 MB', '–', 'goes: it is before the day that was asked for'],
]

for (const most of [40, 60, 80, 200])
  test(`what is agreed to is whole on ${most} columns`, () => {
    const told = table(PLAN, DAYS, most)
    for (const row of DAYS)
      for (const cell of row) assert.ok(told.replace(/\s+/g, ' ').includes(cell), `${cell}:\n${told}`)
    for (const row of told.split('\n')) assert.ok(width(row) <= Math.max(most, 60), row)
    assert.doesNotMatch(told, /…/)
  })
