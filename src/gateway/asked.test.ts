/** A body that repeats what its sender sent before says the same, and is judged the same, as if it were read whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { compile, RULES } from '#masking'
import { PROTOCOLS, readDocument } from '#wire'
import { Asked } from './asked.ts'
import { judgeWith, maskBody } from './document.ts'
import { SECRET } from './house.case.ts'
import { Strands } from './strands.ts'

const engine = compile(RULES)
const [chat] = PROTOCOLS
const judge = judgeWith({ engine })
const read = (text: string) => chat?.readPieces(text, 'prompt') ?? readDocument(text, 'prompt')
const received = (body: string | Buffer) => ({ bytes: Buffer.from(body), raw: Buffer.from(body), encoding: 'identity' })

/** What one caller sends, one body after the other, each learned once it was read. */
function openCaller() {
  const strands = new Strands()
  let count = 0
  return (body: string | Buffer) => {
    const bytes = Buffer.from(body)
    const asked = new Asked(received(bytes), strands.read('c', bytes, engine, 0))
    const document = asked.parse()
    const clean = asked.cleanBesidesKnown(judge, read)
    const whole = maskBody(judge, bytes.toString(), { direction: 'prompt', masker: { engine }, read: read })
    const found = whole.findings.length > 0
    if (clean) assert.ok(!found, 'a finding was overlooked')
    const of = { exchange: String(count++), session: 's', record: Buffer.from(whole.text) }
    strands.learn('c', asked.strand(of, engine, 'chat', !found), asked.shared, 0)
    return { asked, document, clean, found }
  }
}

const filler = 'const a = 1 // ü \u{1F600} "{[,]}" \\ \n'.repeat(30)
const content = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(filler, filler.slice(3), `${filler}x`, '', 'short') },
  { weight: 1, arbitrary: fc.constantFrom(`${filler}${SECRET}`, SECRET.slice(0, 20), SECRET.slice(20)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
)
const message = fc.record({ role: fc.constantFrom('user', 'assistant'), content })
const element = fc.oneof({ weight: 8, arbitrary: message }, fc.jsonValue({ maxDepth: 1 }))
const step = fc.record({
  keep: fc.nat(12),
  more: fc.array(element, { maxLength: 4 }),
  tools: fc.constantFrom('before', 'after', 'none', 'other'),
  head: fc.constantFrom('m', 'n'),
})

/** A body as clients write it: messages that mostly stay, tools before or after them. */
function bodyOf(messages: readonly unknown[], tools: string, model: string): string {
  const list = [{ name: tools === 'other' ? 'b' : 'a', about: filler.repeat(3) }]
  if (tools === 'before') return JSON.stringify({ model, tools: list, messages })
  return JSON.stringify({ model, messages, ...(tools !== 'none' && { tools: list }), stream: true })
}

test('any history that grows, shrinks and changes is read as it stands', () => {
  let short = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
      const send = openCaller()
      let messages: unknown[] = []
      for (const { keep, more, tools, head } of steps) {
        messages = [...messages.slice(0, keep), ...more]
        const body = bodyOf(messages, tools, head)
        const { document, clean } = send(body)
        assert.deepEqual(document, JSON.parse(body))
        if (clean) short++
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(short > 100, `only ${short} bodies went the short way`)
})

const first = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: filler.repeat(9) }] })
const grown = (more: string) => `${first.slice(0, -2)},${more}]}`

test('what is new is looked at, and only that', () => {
  const send = openCaller()
  assert.equal(send(first).clean, false)
  const seen: string[] = []
  const body = grown('{"role":"user","content":"more"}')
  const caller = new Strands()
  const asked = new Asked(received(first))
  asked.parse()
  const of = { exchange: '1', session: 's', record: asked.bytes }
  caller.learn('c', asked.strand(of, engine, 'chat', true), undefined, 0)
  const next = new Asked(received(body), caller.read('c', Buffer.from(body), engine, 0))
  next.parse()
  assert.ok(next.cleanBesidesKnown((piece) => seen.push(piece.value) < 0 && judge(piece), read))
  assert.deepEqual(seen, ['m', 'user', 'more'])
  assert.equal(send(body).clean, true)
  assert.equal(send(grown(JSON.stringify({ role: 'user', content: `and ${SECRET}` }))).found, true)
})

test('bytes that stood in an array before and now stand elsewhere are read as they stand', () => {
  const inside = first.slice(first.indexOf('[') + 1, first.lastIndexOf(']'))
  for (const body of [
    `{"model":"m","other":[${inside}],"messages":[]}`,
    `{"model":"m","messages":{"messages":[${inside}]}}`,
    `{"model":"m","messages":[[${inside}]]}`,
    `{"model":"m","messages":["x",${inside}]}`,
  ]) {
    const send = openCaller()
    send(first)
    assert.deepEqual(send(body).document, JSON.parse(body), body.slice(0, 60))
    assert.deepEqual(send(body).document, JSON.parse(body), 'the same once more')
  }
})

test('a key twice is refused, also where one of them holds what is known', () => {
  const inside = first.slice(first.indexOf('[') + 1, first.lastIndexOf(']'))
  for (const body of [
    `{"model":"m","messages":[${inside}],"messages":[${inside},"last"]}`,
    `{"model":"m","messages":[${inside}],"\\u006dessages":3}`,
  ]) {
    const send = openCaller()
    send(first)
    assert.throws(
      () => send(body),
      (error: unknown) => error instanceof Fault && error.code === 'request.key',
    )
  }
})

test('a body that broke is told of as if it were read whole', () => {
  const send = openCaller()
  send(first)
  const broken = grown('{"role":}')
  const whole = openCaller()
  const told = (ask: typeof send) => {
    try {
      ask(broken)
    } catch (error) {
      return error
    }
    return assert.fail('it was read')
  }
  assert.ok(told(whole) instanceof Fault)
  assert.deepEqual(told(send), told(whole))
})

test('bytes that are no UTF-8, at every border of what is known', () => {
  const send = openCaller()
  send(first)
  for (const wrong of [[0xc3], [0xff, 0xfe], [0xe2, 0x82], [0x80]]) {
    const body = Buffer.concat([
      Buffer.from(first.slice(0, -2)),
      Buffer.from(',"'),
      Buffer.from(wrong),
      Buffer.from('"]}'),
    ])
    assert.deepEqual(send(body).document, JSON.parse(body.toString()))
  }
})

test('two bodies that grew from one body at a time are both known after that', () => {
  const strands = new Strands()
  const learn = (body: string, more = strands.read('c', Buffer.from(body), engine, 0)) => {
    const asked = new Asked(received(body), more)
    asked.parse()
    strands.learn(
      'c',
      asked.strand({ exchange: body, session: 's', record: asked.bytes }, engine, 'chat', true),
      more,
      0,
    )
  }
  learn(first)
  const [left, right] = [grown('"left"'), grown('"right and more"')]
  const [a, b] = [left, right].map((body) => strands.read('c', Buffer.from(body), engine, 0))
  learn(left, a)
  learn(right, b)
  for (const body of [left, right]) {
    const bytes = Buffer.from(body)
    assert.deepEqual(strands.like('c', 's', bytes, 0), { exchange: body, prefix: bytes.length, suffix: 0 })
    const asked = new Asked(received(body), strands.read('c', bytes, engine, 0))
    assert.deepEqual(asked.parse(), JSON.parse(body))
  }
})

test('other rules know nothing of what was read under these', () => {
  const strands = new Strands()
  const asked = new Asked(received(first))
  asked.parse()
  const of = { exchange: '1', session: 's', record: asked.bytes }
  strands.learn('c', asked.strand(of, engine, 'chat', true), undefined, 0)
  const bytes = Buffer.from(first)
  assert.ok(strands.read('c', bytes, engine, 0))
  assert.equal(strands.read('c', bytes, compile([]), 0), undefined)
  assert.equal(strands.read('d', bytes, engine, 0), undefined)
  assert.equal(strands.like('c', 'other', bytes, 0), undefined)
  const like = strands.like('c', 's', bytes, 0)
  assert.deepEqual(like, { exchange: '1', prefix: bytes.length, suffix: 0 })
  assert.equal(strands.read('c', bytes, engine, 2 * 60 * 60_000), undefined)
})
