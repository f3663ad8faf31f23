/** Leaves: what they tell, what they only commit to, and that no part can stand for another. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  commitmentsOf,
  FIELDS,
  isFirst,
  parseLeaf,
  parseSalts,
  printLeaf,
  printSalts,
  saltOf,
  valuesOf,
} from './leaf.ts'

const root = Buffer.alloc(32, 9)
const sha = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const POLICY = 'ab'.repeat(32)
const ENTRY = {
  kind: 'asked',
  exchange: '0199f2c4-7000-7000-8000-000000000001',
  at: 1_763_985_600_000,
  actor: { id: 'ana', name: 'Ana' },
  session: 's1',
  facts: { client: { value: 'x', source: 'declared' } },
  findings: [],
  path: '/v1/chat',
  connection: 'copilot',
  model: 'm',
  policy: POLICY,
  body: { type: 'text/plain', received: 'aa', sent: 'bb' },
}

test('a leaf tells no person, no path and no text, and commits to them as docs/trail.md says', () => {
  const body = sha('the prompt')
  const leaf = printLeaf(7, ENTRY, commitmentsOf(ENTRY, root, body))
  const commitment = (name: string, value: Uint8Array) =>
    sha(`gl1:${name}\0`, sha(`gl1-salt:${name}\0`, root), value).toString('hex')
  const who = '{"actor":{"id":"ana","name":"Ana"},"session":"s1"}'
  const about = '{"body":{"received":"aa","sent":"bb","type":"text/plain"},"connection":"copilot","path":"/v1/chat"}'
  assert.deepEqual(JSON.parse(leaf), {
    v: 2,
    seq: 7,
    at: ENTRY.at,
    kind: 'asked',
    exchange: ENTRY.exchange,
    policy: POLICY,
    fields: {
      model: commitment('model', sha('{"model":"m"}')),
      who: commitment('who', sha(who)),
      facts: commitment('facts', sha('{"facts":{"client":{"source":"declared","value":"x"}}}')),
      judged: commitment('judged', sha('{"findings":[]}')),
      about: commitment('about', sha(about)),
      body: commitment('body', body),
    },
  })
  assert.ok(leaf.indexOf('"at"') < leaf.indexOf('"fields"') && leaf.endsWith('"seq":7,"v":2}'))
})

test('a leaf of version 1 is made as it was sealed', () => {
  const long = { ...ENTRY, model: 'm'.repeat(257) }
  const leaf = (entry: Record<string, unknown>) =>
    parseLeaf(printLeaf(7, entry, commitmentsOf(entry, root, undefined, 1), 1))
  const { v, connection, model, fields = {} } = leaf(ENTRY) ?? {}
  assert.deepEqual([v, connection, model], [1, 'copilot', 'm'])
  assert.deepEqual(Object.keys(fields), ['about', 'facts', 'judged', 'who'])
  assert.equal(leaf(long)?.model, undefined)
  assert.ok(valuesOf(long, 1).about?.includes('mmmm'))
  assert.deepEqual([isFirst(printLeaf(7, ENTRY, {}, 1)), isFirst(printLeaf(7, ENTRY, {}))], [true, false])
})

test('nothing that anybody wrote stands in a leaf, whatever key it hides in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string({ minLength: 3 })), fc.string({ minLength: 3 }), (more, text) => {
      const planted = '\u0001planted'
      const all = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, `${value}${planted}`]))
      const said = { model: text + planted, connection: text + planted, policy: text + planted, host: text + planted }
      const entry = JSON.parse(JSON.stringify({ ...all, ...ENTRY, ...said })) as Record<string, unknown>
      const leaf = parseLeaf(printLeaf(1, entry, commitmentsOf(entry, root, undefined)))
      assert.doesNotMatch(JSON.stringify(leaf), /planted/)
      assert.deepEqual(Object.keys(leaf ?? {}).sort(), ['at', 'exchange', 'fields', 'kind', 'seq', 'v'])
    }),
  )
})

test('every key of an entry is told or committed to', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (more) => {
      const entry = JSON.parse(JSON.stringify({ ...more, ...ENTRY })) as Record<string, unknown>
      const values = Object.values(valuesOf(entry)).map((text) => Object.keys(JSON.parse(text) as object))
      const clear = Object.keys(parseLeaf(printLeaf(1, entry, {})) ?? {})
      assert.deepEqual(new Set([...values.flat(), ...clear.filter((key) => key in entry)]), new Set(Object.keys(entry)))
    }),
    { examples: [[JSON.parse('{"__proto__":1,"constructor":2,"toString":3}')]] },
  )
  const long = { ...ENTRY, model: 'm'.repeat(100_000) }
  assert.ok(printLeaf(1, long, commitmentsOf(long, root, undefined)).length < 1000)
})

test('salts: one root for all, or what a redaction left', () => {
  assert.deepEqual(parseSalts(printSalts(root)), root)
  const left = { who: saltOf('who', root), about: saltOf('about', root) }
  const kept = parseSalts(printSalts(left as never))
  const whole = commitmentsOf(ENTRY, root, sha('x'))
  const part = commitmentsOf(ENTRY, kept, sha('x'))
  assert.deepEqual([part.who, part.about], [whole.who, whole.about])
  assert.deepEqual([part.body, part.facts, 'body' in part], [undefined, undefined, true])
  assert.equal(new Set(FIELDS.map((name) => whole[name])).size, FIELDS.length)
})
