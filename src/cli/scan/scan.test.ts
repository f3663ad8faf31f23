/** Texts that come as lines: cuts, streaming, and what is said of a line that cannot be read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, maskText, RULES } from '#masking'
import { EXIT } from '../exit.ts'
import { folderFor, put, run, spawned } from '../house.case.ts'
import { cutOf } from './cuts.ts'
import { modeOf, streamed } from './streamed.ts'

const PAT = `gh${'p_'}${'A1b2C3'.repeat(6)}`
const NAMES = ['whole', 'char', 'token', 'random:1', 'random:999999999']
const texts = fc.array(fc.constantFrom(PAT, '\u{1f511}', ' the key ', ' "', '\\u00', '\n\u2028', 'Müller 42'), {
  maxLength: 6,
})

test('the parts of every cut are the text', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(...NAMES), (parts, name) => {
      const text = parts.join('')
      assert.equal(cutOf(name)?.(text).join(''), text)
    }),
  )
  assert.deepEqual(cutOf('char')?.('a\u{1f511}'), ['a', '\ud83d', '\udd11'])
  assert.notDeepEqual(cutOf('random:1')?.(PAT), cutOf('random:2')?.(PAT))
  for (const name of ['', 'words', 'random', 'random:', 'random:x', 'toString'])
    assert.equal(cutOf(name), undefined, name)
})

test('no cut changes what leaves', () => {
  const engine = compile(RULES)
  fc.assert(
    fc.property(texts, fc.constantFrom(...NAMES), (parts, name) => {
      const text = parts.join('')
      const whole = maskText(engine, text, 'text').text
      assert.equal(streamed(engine, cutOf(name)?.(text) ?? [], 'text'), whole)
    }),
  )
})

test('a JSON document is read by what its strings mean', () => {
  assert.deepEqual(['{"a":1}', ' [1]', '"a"', '{a}', '{"a":1}{', 'a'].map(modeOf), [
    ...['json', 'json', 'text', 'text', 'text', 'text'],
  ])
})

const LINES = `${JSON.stringify({ id: 'a', text: `key: ${PAT} \u2028` })}\n\n{"id":7,"text":"clean"}`

test('scan and mask answer line by line, from a file and from stdin', async (t) => {
  const folder = folderFor(t)
  put(folder, 'rows.jsonl', LINES)
  const found = `{"id":"a","findings":[{"rule":"github-pat","start":5,"end":45,"verified":false}]}\n{"id":7,"findings":[]}\n`
  assert.deepEqual(await run(folder, ['scan', '--jsonl', 'rows.jsonl']), { code: 0, out: found, err: '' })
  assert.deepEqual(await spawned(folder, ['scan', '--jsonl', '-'], LINES), { code: 0, out: found, err: '' })
  for (const cuts of NAMES) {
    const { out } = await run(folder, ['mask', '--jsonl', 'rows.jsonl', '--cuts', cuts])
    assert.equal(out, `{"id":"a","masked":"key: [masked:github-pat] \\u2028"}\n{"id":7,"masked":"clean"}\n`)
  }
})

const WRONG: readonly (readonly [line: string, err: RegExp])[] = [
  [`{"id":1,"text":"${PAT}`, /rows\.jsonl:2: it is no JSON \[usage\.input\]/],
  ['{"text":"x"}', /rows\.jsonl:2: id is no text or number/],
  ['{"id":1,"text":4}', /rows\.jsonl:2: text is no text/],
  ['null', /rows\.jsonl:2: id is no text or number/],
]

test('a line that cannot be read is named, and never quoted', async (t) => {
  const folder = folderFor(t)
  for (const [line, err] of WRONG) {
    put(folder, 'rows.jsonl', `{"id":0,"text":""}\n${line}\n`)
    const ran = await run(folder, ['scan', '--jsonl', 'rows.jsonl'])
    assert.equal(ran.code, EXIT.usage)
    assert.match(ran.err, err)
    assert.ok(!ran.err.includes(PAT))
  }
  const absent = await run(folder, ['mask', '--jsonl', 'none.jsonl'])
  assert.deepEqual([absent.code, /none\.jsonl: ENOENT/.test(absent.err)], [EXIT.usage, true])
  const cuts = await run(folder, ['mask', '--jsonl', 'rows.jsonl', '--cuts', 'words'])
  assert.deepEqual([cuts.code, /It is whole, char, token or random:SEED/.test(cuts.err)], [EXIT.usage, true])
})
