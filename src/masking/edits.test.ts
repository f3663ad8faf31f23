/** The masked stretches: united where they overlap, apart where they touch, rendered alike in one piece or many. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Edits } from './edits.ts'

const match = (rule: string, order: number, start: number) => ({ rule, order, start, bare: false })

test('overlaps unite under the leftmost, then the first known, then the first rule', () => {
  const edits = new Edits()
  edits.cover(match('later', 2, 10), 20, 1)
  edits.cover(match('left', 9, 5), 11, 2)
  assert.deepEqual(edits.list, [{ rule: 'left', start: 5, end: 20 }])
  edits.cover(match('same-start-later', 1, 5), 30, 3)
  assert.deepEqual(edits.list, [{ rule: 'left', start: 5, end: 30 }])
  edits.cover(match('b', 5, 40), 45, 4)
  edits.cover(match('a', 4, 40), 44, 4)
  assert.deepEqual(edits.list[1], { rule: 'a', start: 40, end: 45 })
})

test('what only touches stays apart', () => {
  const edits = new Edits()
  edits.cover(match('a', 0, 0), 5, 1)
  edits.cover(match('b', 1, 5), 9, 2)
  assert.equal(edits.render(0, '012345678.'), '[masked:a][masked:b].')
  assert.equal(edits.past(2), 5)
  assert.equal(edits.past(5), 9)
  assert.equal(edits.past(9), 9)
})

test('is the union of all that was covered, in any order', () => {
  const stretch = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 8 }))
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), (stretches) => {
      const edits = new Edits()
      const masked = new Set<number>()
      stretches.forEach(([start, length], i) => {
        edits.cover(match(`r${i}`, i, start), start + length, i)
        for (let at = start; at < start + length; at++) masked.add(at)
      })
      const listed = edits.list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i))
      assert.deepEqual(
        listed,
        [...masked].sort((a, b) => a - b),
      )
    }),
  )
})

test('renders a text in one piece as in many', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz'
  const edits = new Edits()
  edits.cover(match('x', 0, 3), 9, 1)
  edits.cover(match('y', 0, 12), 13, 2)
  const whole = edits.render(0, text)
  assert.equal(whole, 'abc[masked:x]jkl[masked:y]nopqrstuvwxyz')
  for (let at = 1; at < text.length; at++) {
    const [first, second] = [text.slice(0, at), text.slice(at)]
    assert.equal((edits.render(0, first) ?? first) + (edits.render(at, second) ?? second), whole)
  }
  assert.equal(edits.render(4, text.slice(4, 8)), '')
  assert.equal(edits.render(14, text.slice(14)), undefined)
})
