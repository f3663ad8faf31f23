/** An event that fits a shape reads as it does in full, whatever its bytes; and what fits is found. Opens no file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { Framer, Habit, joinedEvents, type Piece, PROTOCOLS, type Protocol, readFrame, Shapes } from './index.ts'

const KEYS = [
  ...['id', 'type', 'choices', 'index', 'delta', 'content', 'text', 'signature', 'obfuscation', 'sequence_number'],
  ...['output_index', 'item_id', 'item', 'finish_reason', 'tool_calls', 'function', 'arguments', 'name', 'usage'],
  ...['logprobs', 'token', 'later', 'ca fe', 'thinking', 'partial_json', 'result', 'data', 'content_block', 'é'],
]
const WORDS = [
  ...['', 'a', 'word', 'x"y', '\\', 'é', '😀', '\n', 'content_block_delta', 'response.output_text.delta', 'stop'],
  ...['\u0001', 'signature_delta', '"signature_delta"', 'data: x', '[DONE]', 'content_block_stop', '\ud800'],
]
/** What may stand inside quotes on the wire, right or wrong. */
const INSIDES = [
  'b',
  '',
  '\\n',
  '\\u00e9',
  '\\ud83d',
  '\\ude00',
  '\\x',
  '\\',
  '\\"',
  'é',
  '\xff',
  '\x01',
  '\n',
  'ab\\u12',
]
const NUMBERS = ['1', '0', '12', '-3', '1.5', '1e5', '01', '-', '1.', '', '7'.repeat(30)]

const { tree } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.constantFrom(...WORDS), fc.integer(), fc.double({ noNaN: true }), fc.constant(null), fc.boolean()),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('tree')), { maxLength: 5 }).map((each) => Object.fromEntries(each)),
  ),
}))

const text = fc.constantFrom(...WORDS)
const number = fc.nat(30)
const record = fc.record
/** Events as the protocols have them, and any others. */
const events = fc.oneof(
  record({
    id: text,
    created: number,
    choices: fc.array(
      record({ index: fc.nat(1), delta: record({ content: text }), finish_reason: fc.constant(null) }),
      {
        maxLength: 2,
      },
    ),
    obfuscation: text,
  }),
  record({ choices: fc.array(record({ index: fc.nat(1), text }), { maxLength: 2 }), usage: record({ a: number }) }),
  record({ type: text, item_id: text, output_index: fc.nat(1), delta: text, sequence_number: number }),
  record({ type: text, index: fc.nat(1), delta: record({ type: text, text, signature: text }) }),
  fc.array(fc.tuple(fc.constantFrom(...KEYS), tree), { maxLength: 5 }).map((each) => Object.fromEntries(each)),
)

const frames = fc
  .tuple(events, fc.constantFrom('', 'event: x\n', ': note\n', 'event: data\n', 'event: {\n'), fc.constantFrom('', ' '))
  .map(([event, before, space]) => Buffer.from(`${before}data:${space}${JSON.stringify(event)}\n\n`))

const put = (bytes: Buffer, start: number, end: number, what: string): Buffer =>
  Buffer.concat([bytes.subarray(0, start), Buffer.from(what, what === '\xff' ? 'latin1' : 'utf8'), bytes.subarray(end)])

/** The same event with strings, numbers or any bytes of it replaced. */
const change = fc.oneof(
  fc.tuple(fc.nat(20), fc.constantFrom(...INSIDES)).map(([nth, inside]) => (bytes: Buffer) => {
    const found = [...bytes.toString('latin1').matchAll(/"((?:[^"\\]|\\.)*)"(?!:)/g)]
    const at = found[nth % (found.length || 1)]
    return at ? put(bytes, at.index + 1, at.index + at[0].length - 1, inside) : bytes
  }),
  fc.tuple(fc.nat(20), fc.constantFrom(...NUMBERS)).map(([nth, value]) => (bytes: Buffer) => {
    const found = [...bytes.toString('latin1').matchAll(/[:,[](-?[\d.e+-]+)/g)]
    const at = found[nth % (found.length || 1)]
    return at ? put(bytes, at.index + 1, at.index + at[0].length, value) : bytes
  }),
  fc.tuple(fc.nat(200), fc.constantFrom(...INSIDES)).map(([nth, what]) => (bytes: Buffer) => {
    const at = nth % bytes.length
    return put(bytes, at, at + 1, what)
  }),
)

const told = ({ lane, how, mode, value }: Piece) => [lane, how, mode, value]

/** How an event reads in full: its frame's size and its pieces; undefined where it is not one that only goes on. */
function inFull(protocol: Protocol, bytes: Buffer) {
  const framer = new Framer({ limit: 1e6 })
  const raw = framer.cut(bytes, 0, true)
  const { data = '' } = raw ? readFrame(raw) : {}
  try {
    const { pieces, ends, terminal, signed } = protocol.readEvent(data)
    if (!raw || ends.length > 0 || terminal || signed) return undefined
    const deltas = pieces.filter(({ how, value }) => how === 'delta' && value !== '')
    return { size: raw.length, deltas: deltas.map(told), wholes: pieces.filter(({ how }) => how === 'whole').map(told) }
  } catch (error) {
    assert.ok(error instanceof Fault)
    return undefined
  }
}

for (const protocol of PROTOCOLS)
  test(`what fits a shape reads as in full: ${protocol.name}`, () => {
    let fitted = 0
    fc.assert(
      fc.property(
        frames,
        fc.array(change, { maxLength: 4 }),
        fc.constantFrom('', 'x', 'data: {}\n\n'),
        (first, changes, rest) => {
          const shapes = new Shapes(protocol)
          shapes.learn(readFrame(first), () => true)
          const second = changes.reduce((bytes: Buffer, each) => each(bytes), first)
          const bytes = Buffer.concat([Buffer.from('data: 1\n\n'), second, Buffer.from(rest)])
          const shape = shapes.find(bytes.toString('latin1'), bytes, 9, new Habit())
          if (!shape) return
          fitted++
          const values = shape.targets.map(({ lane, mode }, at) => [lane, 'delta', mode, shapes.fit.values[at]])
          assert.deepEqual(
            {
              size: shapes.fit.end - 9,
              deltas: values.filter(([, , , value]) => value !== ''),
              wholes: shape.wholes.map(told),
            },
            inFull(protocol, bytes.subarray(9)),
          )
        },
      ),
      { numRuns: 4000 },
    )
    assert.ok(fitted > 300, String(fitted))
  })

test('events that differ in ids, numbers and text have one shape; another field, position or whole string is another', () => {
  const [chat] = PROTOCOLS
  const shapes = new Shapes(chat as Protocol)
  const event = (id: string, content: string, more: object = {}) =>
    Buffer.from(`data: ${JSON.stringify({ id, created: 1, choices: [{ index: 0, delta: { content } }], ...more })}\n\n`)
  const found = (bytes: Buffer) => shapes.find(bytes.toString('latin1'), bytes, 0, new Habit())
  const first = event('c1', 'a')
  assert.equal(found(first), undefined)
  shapes.learn(readFrame(first), () => true)
  for (const same of [first, event('other id', 'wörds "quoted"\n'), event('', '😀')]) assert.ok(found(same))
  for (const other of [event('c1', 'a', { model: 'm' }), event('c1', 'a', { created: null })])
    assert.equal(found(other), undefined)
  const turned = Buffer.from(first.toString().replace('"index":0', '"index":1'))
  assert.equal(found(turned), undefined)
  for (let at = 1; at < first.length; at++) assert.equal(found(first.subarray(0, at)), undefined)
})

test('what must not be learnt is not: signatures, endings, long events, what the caller refuses', () => {
  const messages = PROTOCOLS.find(({ name }) => name === 'messages') as Protocol
  const tried = (event: object, may = true) => {
    const shapes = new Shapes(messages)
    const bytes = Buffer.from(`data: ${JSON.stringify(event)}\n\n`)
    shapes.learn(readFrame(bytes), () => may)
    return shapes.find(bytes.toString('latin1'), bytes, 0, new Habit()) !== undefined
  }
  const delta = (more: object) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', ...more } })
  assert.ok(tried(delta({ text: 'a' })))
  assert.ok(!tried(delta({ text: 'a' }), false))
  assert.ok(!tried(delta({ text: 'a', signature: 's' })))
  assert.ok(!tried(delta({ text: 'a'.repeat(5000) })))
  assert.ok(!tried({ type: 'content_block_stop', index: 0 }))
  assert.ok(!tried({ type: 'message_stop' }))
})

test('no more than 32 shapes are kept', () => {
  const [chat] = PROTOCOLS
  const shapes = new Shapes(chat as Protocol)
  const event = (model: string) => Buffer.from(`data: ${JSON.stringify({ model, choices: [] })}\n\n`)
  const all = Array.from({ length: 100 }, (_, nth) => event(`m${nth}`))
  for (const bytes of all) shapes.learn(readFrame(bytes), () => true)
  assert.equal(all.filter((bytes) => shapes.find(bytes.toString('latin1'), bytes, 0, new Habit())).length, 32)
})

type Maker = (value: string, at: number, nth: number) => object
const choice = (more: object, nth: number) => ({ id: `c${nth}`, model: 'm', usage: { total: nth }, choices: [more] })
const called = (id: string, name: string, args: object, index: number) => ({
  choices: [{ index: 0, delta: { tool_calls: [{ index, id, function: { name, ...args } }] } }],
})
/** Events that bear text in one of the fields that a reader joins, or beside one. */
const MAKERS: readonly Maker[] = [
  ...['content', 'reasoning_content', 'reasoning', 'refusal'].map(
    (name): Maker =>
      (value, index, nth) =>
        choice({ index, delta: { [name]: value }, finish_reason: null }, nth),
  ),
  (text, index, nth) => choice({ index, text, finish_reason: 'stop' }, nth),
  (value, index) => ({ choices: [{ index, delta: { content: value, refusal: value } }] }),
  (value, index) => called('', '', { arguments: value }, index),
  (value, index, nth) => called(`i${nth}`, 'run', { arguments: value }, index),
  (value, index) => called('', value, {}, index),
  ...['output_text', 'refusal', 'function_call_arguments', 'later'].map(
    (kind): Maker =>
      (delta, output_index, nth) => ({
        type: `response.${kind}.delta`,
        item_id: `i${nth}`,
        output_index,
        delta,
        n: nth,
      }),
  ),
  ...['text', 'thinking', 'partial_json', 'later'].map(
    (name): Maker =>
      (value, index) => ({ type: 'content_block_delta', index, delta: { type: `${name}_delta`, [name]: value } }),
  ),
  (_, index) => ({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }),
  (_, index) => ({ type: 'response.output_item.added', output_index: index, item: { type: 'message' } }),
]
const runs = fc
  .tuple(fc.constantFrom(...MAKERS), fc.nat(1), fc.array(fc.tuple(text, number), { maxLength: 6, size: 'max' }))
  .map(([make, at, values]) => values.map(([value, nth]) => make(value, at, nth)))
const streams = fc
  .array(fc.oneof(runs, runs, runs, fc.tuple(events)), { maxLength: 12, size: 'max' })
  .map((all): object[] => all.flat())

for (const protocol of PROTOCOLS)
  test(`a reply read by joined events is the same: ${protocol.name}`, () => {
    let joined = 0
    fc.assert(
      fc.property(streams, fc.constantFrom('', 'data: [DONE]\n\n', 'data: {"type":', ': note\n\n'), (sent, rest) => {
        const lines = sent.map((event) => `data: ${JSON.stringify(event)}\n\n`)
        const body = Buffer.from(lines.join('') + rest)
        const whole = protocol.readReply(body.toString(), true)
        const shapes = new Shapes(protocol)
        assert.deepEqual(protocol.readEvents(joinedEvents(body, shapes)), whole)
        for (const line of lines) shapes.learn(readFrame(Buffer.from(line)), () => true)
        const told = joinedEvents(body, shapes)
        joined += sent.length - told.length
        assert.deepEqual(protocol.readEvents(told), whole)
      }),
      { numRuns: 1000 },
    )
    assert.ok(joined > 100, String(joined))
  })
