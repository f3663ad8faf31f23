/** Calls of a model are read alike from both encodings of OTLP and from GitHub's reports; what is broken is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { readAudit, readSeats } from './github.ts'
import { readSightings } from './otlp.ts'

const AT = 1_795_000_000_000
const nano = (ms: number) => `${ms}000000`
const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5',
  'github.copilot.interaction_id': 'i-1',
  'gen_ai.input.messages': 'secret words',
}
const SPANS = [
  { name: 'chat gpt-5', attributes: CALL },
  { name: 'invoke_agent', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
  { name: 'chat other', attributes: {} },
]
const RESOURCE = { 'service.name': 'copilot-cli', 'service.version': '1.0.102' }

const pairs = (all: Record<string, string>) => Object.entries(all)
const jsonPairs = (all: Record<string, string>) =>
  pairs(all).map(([key, stringValue]) => ({ key, value: { stringValue } }))

const asJson = () =>
  Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: jsonPairs(RESOURCE) },
          scopeSpans: [
            {
              spans: SPANS.map(({ name, attributes }) => ({
                ...{ name, startTimeUnixNano: nano(AT), endTimeUnixNano: nano(AT + 900) },
                attributes: [...jsonPairs(attributes), { key: 'n', value: { intValue: '3' } }],
              })),
            },
          ],
        },
      ],
    }),
  )

/** Field 1 of the export holds resource spans; numbers as trace.proto has them. */
function asProtobuf(): Uint8Array {
  const message = (writer: BinaryWriter, field: number, fill: (inner: BinaryWriter) => void) => {
    writer.tag(field, WireType.LengthDelimited).fork()
    fill(writer)
    writer.join()
  }
  const attributes = (writer: BinaryWriter, field: number, all: Record<string, string>) => {
    for (const [key, value] of pairs(all))
      message(writer, field, (pair) => {
        pair.tag(1, WireType.LengthDelimited).string(key)
        message(pair, 2, (any) => any.tag(1, WireType.LengthDelimited).string(value))
      })
    message(writer, field, (pair) => {
      pair.tag(1, WireType.LengthDelimited).string('n')
      message(pair, 2, (any) => any.tag(3, WireType.Varint).int64('3'))
    })
  }
  const out = new BinaryWriter()
  message(out, 1, (each) => {
    message(each, 1, (resource) => attributes(resource, 1, RESOURCE))
    message(each, 2, (scope) => {
      for (const { name, attributes: own } of SPANS)
        message(scope, 2, (span) => {
          span.tag(1, WireType.LengthDelimited).bytes(new Uint8Array(16))
          span.tag(5, WireType.LengthDelimited).string(name)
          span.tag(7, WireType.Bit64).fixed64(nano(AT))
          span.tag(8, WireType.Bit64).fixed64(nano(AT + 900))
          attributes(span, 9, own)
        })
    })
  })
  return out.finish()
}

const CALLS = [
  { from: AT, to: AT + 900, client: 'copilot-cli 1.0.102', model: 'gpt-5', interaction: 'i-1' },
  { from: AT, to: AT + 900, client: 'copilot-cli 1.0.102' },
]

test('both encodings tell the same calls, and no word of a prompt', () => {
  assert.deepEqual(readSightings(asJson(), 'application/json'), { calls: CALLS, odd: 0 })
  assert.deepEqual(readSightings(asProtobuf(), 'application/x-protobuf'), { calls: CALLS, odd: 0 })
})

test('what is broken is refused, whatever it is', () => {
  const whole = asProtobuf()
  for (const [bytes, type] of [
    [Buffer.from('{'), 'application/json'],
    [Buffer.from('{}'), 'application/json'],
    [Buffer.from('[]'), 'application/json'],
    [Buffer.from([0xff]), 'application/json'],
    [whole.subarray(0, whole.length - 1), 'application/x-protobuf'],
    [Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'application/x-protobuf'],
  ] as const)
    assert.throws(() => readSightings(bytes, type), { code: 'otlp.body' })
})

test('a span of a time that cannot be is counted, and takes no other with it', () => {
  for (const start of ['9'.repeat(400_000), '-1', '1.5', 1.5e21, 'x', '', '1', '9'.repeat(20), { a: 1 }]) {
    const odd = { name: 'chat m', startTimeUnixNano: start, endTimeUnixNano: nano(AT) }
    const spans = [odd, { ...odd, startTimeUnixNano: nano(AT) }]
    const { calls, odd: count } = readSightings(
      Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
      'application/json',
    )
    assert.deepEqual([calls.map(({ from }) => from), count], [[AT], 1], String(start).slice(0, 9))
  }
})

test('GitHub’s audit records and seats are read, and a broken line is named', () => {
  const row = { type: 'request', user_id: 7, endpoint: '/chat/completions', '@timestamp': AT, github_request_id: 'A:1' }
  const lines = [row, { ...row, type: 'response' }].map((each) => JSON.stringify(each)).join('\n')
  assert.deepEqual(readAudit(`${lines}\n\n`), [
    { from: AT, to: AT, github: 'id 7', request: 'A:1', client: '/chat/completions' },
  ])
  assert.throws(() => readAudit(`${lines}\n{`), { code: 'usage.input', detail: 'line 3: no JSON' })
  assert.deepEqual(readAudit(JSON.stringify({ action: 'org.add_member', user_id: 7, '@timestamp': AT })), [])
  assert.throws(() => readAudit('{}'), { code: 'usage.input' })
  for (const moment of [1e300, -1, 0.5, '1', null])
    assert.throws(() => readAudit(JSON.stringify({ ...row, '@timestamp': moment })), { code: 'usage.input' })
  const seat = {
    assignee: { login: 'octocat' },
    last_activity_at: '2026-11-24T08:00:00Z',
    last_activity_editor: 'vscode/1',
  }
  const from = Date.parse(seat.last_activity_at)
  assert.deepEqual(readSeats(JSON.stringify({ seats: [seat, { ...seat, last_activity_at: null }] })), [
    { from, to: from, github: 'octocat', client: 'vscode/1' },
  ])
  assert.throws(() => readSeats('[]'), { code: 'usage.input' })
})

test('a span whose end cannot be counts by its beginning', () => {
  for (const end of ['1', 'x', '9'.repeat(20)]) {
    const spans = [{ name: 'chat m', startTimeUnixNano: nano(AT), endTimeUnixNano: end }]
    const bytes = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
    assert.deepEqual(readSightings(bytes, 'application/json'), { calls: [{ from: AT, to: AT }], odd: 0 }, end)
  }
})
