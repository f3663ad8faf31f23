/** The masked stretches: united where they overlap, apart where they touch, rendered alike in one piece or many. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Edits, type LaneFinding } from './edits.ts'

const match = (rule: string, order: number, start: number, masked = true) => {
  return { rule, order, start, unit: start, bare: false, serial: order, masked }
}
const cover = (edits: Edits, by: ReturnType<typeof match>, end: number, tick: number, mark?: string): void =>
  edits.cover(by, end, end, tick, mark)
const places = (list: readonly LaneFinding[]) => list.map(({ rule, start, end }) => ({ rule, start, end }))

test('overlaps unite under the leftmost, then the first known, then the first rule', () => {
  const edits = new Edits()
  cover(edits, match('later', 2, 10), 20, 1)
  cover(edits, match('left', 9, 5), 11, 2)
  assert.deepEqual(places(edits.list), [{ rule: 'left', start: 5, end: 20 }])
  cover(edits, match('same-start-later', 1, 5), 30, 3)
  assert.deepEqual(places(edits.list), [{ rule: 'left', start: 5, end: 30 }])
  cover(edits, match('b', 5, 40), 45, 4)
  cover(edits, match('a', 4, 40), 44, 4)
  assert.deepEqual(places(edits.list)[1], { rule: 'a', start: 40, end: 45 })
})

test('what only touches stays apart', () => {
  const edits = new Edits()
  cover(edits, match('a', 0, 0), 5, 1)
  cover(edits, match('b', 1, 5), 9, 2)
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
        cover(edits, match(`r${i}`, i, start), start + length, i)
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
  cover(edits, match('x', 0, 3), 9, 1)
  cover(edits, match('y', 0, 12), 13, 2)
  const whole = edits.render(0, text)
  assert.equal(whole, 'abc[masked:x]jkl[masked:y]nopqrstuvwxyz')
  for (let at = 1; at < text.length; at++) {
    const [first, second] = [text.slice(0, at), text.slice(at)]
    assert.equal((edits.render(0, first) ?? first) + (edits.render(at, second) ?? second), whole)
  }
  assert.equal(edits.render(4, text.slice(4, 8)), '')
  assert.equal(edits.render(14, text.slice(14)), undefined)
})

test('tells where the placeholder stands, how long the secret was, and what became known of it', () => {
  const edits = new Edits()
  cover(edits, match('x', 0, 3), 9, 1, 'k7f2')
  cover(edits, match('y', 1, 12, false), 13, 2)
  cover(edits, match('z', 2, 20), 30, 3)
  edits.tell(0, 3, true, 'f1')
  edits.tell(1, 12, undefined, 'f2')
  edits.tell(9, 25, false, 'f3')
  const rest = { length: 10, verified: undefined, masked: true, fingerprints: ['f3'] }
  const expected = [
    { rule: 'x', start: 3, end: 9, at: 3, until: 18, length: 6, verified: true, masked: true, fingerprints: ['f1'] },
    {
      rule: 'y',
      start: 12,
      end: 13,
      at: 21,
      until: 31,
      length: 1,
      verified: undefined,
      masked: false,
      fingerprints: ['f2'],
    },
    { rule: 'z', start: 20, end: 30, at: 38, until: 48, ...rest },
  ]
  assert.deepEqual(edits.list, expected)
  assert.equal(edits.render(0, 'abcdefghij'), 'abc[masked:x#k7f2]j')
  assert.deepEqual(edits.take(13), expected.slice(0, 2))
  assert.deepEqual(edits.list, expected.slice(2))
})
