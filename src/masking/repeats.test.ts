/** Known values that repeat themselves or one another are masked whole, wherever a stream is cut; what is let go stays masked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, places, sizes } from './cuts.case.ts'
import { compile, type Engine, maskText, RULES } from './index.ts'

const PLANT = ['PLANT', 'phrase'].join(' ')
const VALUES: Readonly<Record<string, string>> = {
  dashes: `${'-'.repeat(40)} ${PLANT}`,
  'many dashes': `${'-'.repeat(900)} ${PLANT}`,
  'dashes alone': '-'.repeat(64),
  banner: `${'*'.repeat(32)}\nkey: ${PLANT}\n${'*'.repeat(32)}`,
  header: `${'-'.repeat(35)}BEGIN ACME${'-'.repeat(35)}\n${PLANT} line`,
  blanks: `${' '.repeat(40)}pass ${PLANT}`,
  zeros: `${'0'.repeat(40)} ${PLANT}`,
  'x and blanks': `${'x '.repeat(40)}${PLANT}`,
  'words over and over': 'ab cd ef '.repeat(30).trimEnd(),
  'a percent sign': `${'-'.repeat(40)}% ${PLANT}`,
  'pictures over and over': `${'x 😀y'.repeat(30)} ${PLANT}`,
  'a picture at its end': `${'pass wort '.repeat(5)}möre 😀`,
  'a picture past its head': `password and more 😀 ${PLANT}`,
}
const of = (...values: readonly string[]): Engine =>
  compile(RULES, { known: values.map((value, nth) => ({ id: `one-${nth}`, value })) })

function everywhere(engine: Engine, text: string, masked: string): void {
  assert.equal(maskText(engine, text, 'text').text, masked)
  assert.equal(maskText(engine, JSON.stringify({ text }), 'json').text, JSON.stringify({ text: masked }))
  assert.equal(carried(engine, [...text], 'text').text, masked)
  for (let at = 0; at <= text.length; at += Math.ceil(text.length / 150))
    assert.equal(carried(engine, [text.slice(0, at), text.slice(at)], 'text').text, masked)
}

for (const [name, value] of Object.entries(VALUES))
  test(`a value that repeats itself is masked whole and by its id: ${name}`, () => {
    everywhere(of(value), `it is: ${value}; ok`, 'it is: [masked:one-0]; ok')
  })

for (const [name, value] of Object.entries(VALUES))
  test(`behind a false start of itself too: ${name}`, () => {
    for (const length of [9, 30, 41, value.length - 1]) {
      const { text } = carried(of(value), [...`it is: ${value.slice(0, length)}${value}; ok`], 'text')
      assert.match(text, /^it is: .*\[masked:one-0\]; ok$/s)
      assert.equal(/PLANT phrase.*PLANT/s.test(text), false)
    }
  })

for (const many of [2, 20, 30, 200])
  test(`a value under ${many} ids is told by the first`, () => {
    const engine = of(...Array.from({ length: many }, () => 'pass zebra giraffe'))
    everywhere(engine, 'it is pass zebra giraffe ok', 'it is [masked:one-0] ok')
  })

test('values of which each is an end of the other are masked whole, as many as can be followed', () => {
  const whole = Array.from({ length: 300 }, (_, nth) => `${nth * 7919} `)
    .join('')
    .trimEnd()
  for (const many of [21, 60]) {
    const engine = of(...Array.from({ length: many }, (_, nth) => whole.slice(nth * 2)))
    everywhere(engine, `it is ${whole} ok`, 'it is [masked:one-0] ok')
  }
})

test('where more have begun than can be followed, all is masked until none could go on, and no farther', () => {
  const word = Array.from({ length: 60 }, (_, nth) => `${nth * 7919}`).join('')
  const last = `${'tail '.repeat(100)}END`
  const values = Array.from({ length: 140 }, (_, nth) => `${word.slice(nth)} ${PLANT}${nth === 139 ? ` ${last}` : ''}`)
  for (const [known, value] of [
    [values.slice(0, 130), `${word} ${PLANT}`],
    [values, `${word} ${PLANT} ${last}`],
  ] as const) {
    const engine = of(...known)
    const text = `it is ${value} ok${' word'.repeat(400)}`
    const { text: told } = maskText(engine, text, 'text')
    assert.match(told, /^it is \[masked:overlong\]( word){200,}$/)
    for (const parts of [[...text], cut(text, [7]), cut(text, [64, 3])])
      assert.equal(carried(engine, parts, 'text').text, told)
    const json = maskText(engine, JSON.stringify([value, 'next']), 'json').text
    assert.deepEqual(JSON.parse(json), ['[masked:overlong]', 'next'])
  }
})

/** Where each of the values stands, as one search for each finds it. */
function sought(values: readonly string[], text: string): { readonly start: number; readonly end: number }[] {
  const hit = new Uint8Array(text.length + 1)
  for (const value of values)
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) hit.fill(1, at, at + value.length)
  const found = []
  for (let at = 0; at < text.length; at++) {
    const start = at
    while (hit[at]) at++
    if (at > start) found.push({ start, end: at })
  }
  return found
}

test('what is masked of values over two letters is what a plain search finds, under any cut', () => {
  const letters = (most: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'a', ' '), minLength: 8, maxLength: most, size: 'max' })
  const period = fc
    .tuple(fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 4 }), fc.nat(30), letters(12))
    .map(([unit, times, end]) => unit.repeat(times) + end)
  const values = fc.array(fc.oneof(letters(20), period), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(values, fc.array(fc.nat(200), { maxLength: 8 }), letters(40), sizes, (known, picks, noise, parts) => {
      const engine = compile([], { known: known.map((value, nth) => ({ id: `one-${nth}`, value })) })
      const text =
        picks.map((pick) => known[pick % known.length]!.slice(0, pick % 3 ? undefined : pick)).join('') + noise
      const told = carried(engine, cut(text, parts), 'text')
      assert.deepEqual(told, maskText(engine, text, 'text'))
      assert.deepEqual(merged(places(told)), merged(sought(known, text)))
    }),
    { numRuns: 500 },
  )
})

/** Stretches that touch, as one. */
function merged(list: readonly { readonly start: number; readonly end: number }[]) {
  const out: { start: number; end: number }[] = []
  for (const { start, end } of list) {
    const last = out.at(-1)
    if (last && last.end >= start) last.end = Math.max(last.end, end)
    else out.push({ start, end })
  }
  return out
}
