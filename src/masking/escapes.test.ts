/** The reader of JSON fragments: what it means, and where it stood. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Unescaper } from './escapes.ts'

interface Seen {
  readonly text: string
  readonly places: readonly (readonly [number, number])[]
  readonly quotes: number
}

function read(parts: readonly string[]): Seen {
  const places: [number, number][] = []
  let text = ''
  let quotes = 0
  let base = 0
  const reader = new Unescaper((unit, from, to, quote) => {
    places.push([from, to])
    if (quote) quotes++
    else text += String.fromCharCode(unit)
  })
  for (const part of parts) {
    reader.push(part, base)
    base += part.length
  }
  return { text, places, quotes }
}

test('a string means what JSON.parse says it means', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const seen = read([JSON.stringify(value)])
      assert.equal(seen.text, value)
      assert.equal(seen.quotes, 2)
    }),
  )
})

test('places cover the raw text without gaps, under every cut', () => {
  const raw = '{"a\\n":"\\u00e9\\ud83d\\ude00\\\\\\"x", "n": 1}'
  const whole = read([raw])
  assert.equal(whole.text, '{a\n:é😀\\"x, n: 1}')
  let at = 0
  for (const [from, to] of whole.places) {
    assert.equal(from, at)
    at = to
  }
  assert.equal(at, raw.length)
  for (let i = 1; i < raw.length; i++) assert.deepEqual(read([raw.slice(0, i), raw.slice(i)]), whole)
})

test('text that is no JSON counts as itself, and a broken escape does not stop the reading', () => {
  assert.equal(read(['a\\nb']).text, 'a\\nb')
  assert.equal(read(['"\\u12xy']).text, '\ufffdxy')
  assert.equal(read(['"\\u12"z']).text, '\ufffdz')
  assert.equal(read(['"\\q']).text, 'q')
})
