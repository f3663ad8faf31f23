/** Every format, over a row of every kind and over hostile text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rowOf } from '../row.ts'
import { AT, idOf, LOG, recordedOf, rowsOfEveryKind, unreadOf } from '../rows.case.ts'
import { cell, csv } from './csv.ts'
import { FORMATS } from './index.ts'
import { faultsOf } from './ocsf/valid.case.ts'
import { eventsOf } from './ocsf.ts'
import { recordOf, spanOf } from './otlp.ts'

type Plain = Readonly<Record<string, never>>
const HOSTILE = '\u001b]0;x\u0007\u202e=HYPERLINK("http://x")\r\n\u200b'

/** RFC 4180, read by other means than it was written. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

test('CSV: each row has a cell for each column, and any text comes back', () => {
  for (const withBodies of [false, true]) {
    const rows = rowsOfEveryKind(HOSTILE)
    const [head = [], ...read] = readCsv(csv.head(withBodies) + rows.map((row) => csv.lines(row, withBodies)).join(''))
    assert.equal(read.length, rows.length)
    for (const row of read) assert.equal(row.length, head.length)
    assert.equal(new Set(head).size, head.length)
    assert.equal(head.includes('untrusted_prompt'), withBodies)
  }
})

test('CSV: no cell begins a formula, in whatever way it is read', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '=', '+', '-', '@', '\t', '\r', ' =', '\n+', '＝'),
      (rest, lead) => {
        const written = cell(lead + rest)
        const read = readCsv(`${written}\r\n`)[0]?.[0] ?? ''
        assert.doesNotMatch(read, /^\s*[=+\-@\t\r＝＋－＠]/)
        if (lead !== '') assert.ok(read.startsWith("'"))
        assert.doesNotMatch(read, /[\u0000-\u0008\u000b-\u001f\u202e\u200b]/)
        assert.equal(readCsv(`${written}\r\n`)[0]?.length, 1)
      },
    ),
  )
  assert.deepEqual(
    [cell(3), cell(undefined), cell('plain text'), cell('a,b'), cell('say "x"')],
    ['3', '', 'plain text', '"a,b"', '"say ""x"""'],
  )
})

test('every line of the others is one JSON document, and nothing in it drives a terminal', () => {
  for (const name of ['jsonl', 'ocsf', 'otlp', 'otlp-logs'] as const)
    for (const row of rowsOfEveryKind(HOSTILE)) {
      const text = FORMATS[name].lines(row, true)
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e\u200b]/)
      for (const line of text.split('\n').filter(Boolean)) assert.equal(typeof JSON.parse(line), 'object')
    }
})

test('JSON Lines: a row says what it is of, where it is sealed, and that its texts are untrusted', () => {
  const row = JSON.parse(FORMATS.jsonl.lines(rowOf(recordedOf(1), LOG), true))
  assert.deepEqual([row.id, row.kind, row.seq, row.origin], [`${idOf(1)}.replied`, 'replied', 2, LOG.origin])
  assert.deepEqual(row.leaves, [
    { kind: 'asked', index: 0, hash: LOG.leaf(1) },
    { kind: 'replied', index: 1, hash: LOG.leaf(2) },
  ])
  assert.match(row.untrusted.prompt.text, /"messages"/)
  assert.equal(row.untrusted.reply.type, 'application/json')
  assert.ok(!('body' in row.opening) && !('body' in row.ending))
  const bytes = Uint8Array.of(0xff, 0xfe, 0)
  const odd = recordedOf(2)
  const binary = rowOf({ ...odd, opening: { ...odd.opening, body: { ...odd.opening.body!, bytes } } })
  assert.deepEqual(binary.untrusted?.prompt, { text: '//4A', type: 'application/json', bytes: 3, encoding: 'base64' })
})

test('JSON Lines: a body over 32 MiB is cut between two characters, and says so', () => {
  const recorded = recordedOf(1)
  const bytes = Buffer.from(`a${'é'.repeat(17_000_000)}`)
  const row = rowOf({ ...recorded, opening: { ...recorded.opening, body: { ...recorded.opening.body!, bytes } } })
  const { text = '', cut, encoding, bytes: all } = row.untrusted?.prompt ?? {}
  assert.deepEqual([cut, encoding, all, text.endsWith('é')], [true, undefined, bytes.length, true])
  assert.equal(Buffer.byteLength(text), 33_554_431)
})

test('OCSF: every event keeps to the facts of 1.8.0', () => {
  for (const text of ['gpt-5', HOSTILE, ''])
    for (const row of rowsOfEveryKind(text))
      for (const event of eventsOf(row)) {
        const plain = JSON.parse(JSON.stringify(event))
        assert.deepEqual(faultsOf(plain), [], JSON.stringify(plain))
      }
})

test('OCSF: an exchange with a secret is API Activity with its model, and a Data Security Finding', () => {
  const [activity, finding, ...more] = eventsOf(rowOf(recordedOf(1), LOG)) as Plain[]
  assert.deepEqual([activity?.['class_uid'], finding?.['class_uid'], more.length], [6003, 2006, 0])
  assert.deepEqual(activity?.['ai_model'], { ai_provider: 'openai', name: 'gpt-5' })
  assert.deepEqual([activity?.['action_id'], activity?.['disposition_id'], activity?.['status_id']], [1, 11, 1])
  assert.deepEqual([finding?.['is_alert'], finding?.['confidence_id']], [false, 3])
  const bypass = rowsOfEveryKind().find(({ kind }) => kind === 'bypass')!
  assert.deepEqual(
    (eventsOf(bypass) as Plain[]).map((event) => event['class_uid']),
    [2004],
  )
})

test('OCSF: the check finds what is not in the schema', () => {
  const [event] = eventsOf(rowOf(recordedOf(1), LOG)) as Plain[]
  const broken: [object, RegExp][] = [
    [{ ...event, prompt: 'x' }, /no such attribute/],
    [{ ...event, time: 'today' }, /no i/],
    [{ ...event, severity_id: 9 }, /not one of/],
    [{ ...event, actor: {} }, /must be there/],
    [{ ...event, type_uid: 1 }, /type_uid/],
    [{ ...event, src_endpoint: { ip: 'here' } }, /no ip/],
    [{ ...event, metadata: {} }, /version is missing/],
    [{ ...event, activity_id: 1, class_uid: 1001 }, /not one of ours/],
  ]
  for (const [wrong, told] of broken) assert.match(faultsOf(wrong as never).join('\n'), told)
})

/** An OTLP value as plain JSON. */
function plain(value: Readonly<Record<string, unknown>>): unknown {
  const [[kind = '', of] = []] = Object.entries(value)
  if (kind === 'arrayValue') return (of as { values: Plain[] }).values.map(plain)
  if (kind === 'kvlistValue') return attributesOf((of as { values: never }).values)
  return of
}
const attributesOf = (list: readonly { key: string; value: Plain }[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]))

test('OTLP: a span and a log record of one exchange share ids and attributes; content is there only where the row has it', () => {
  const row = rowOf(recordedOf(1), LOG)
  const span = spanOf(row) as Plain
  const record = recordOf(row) as Plain
  assert.match(span['traceId']!, /^[0-9a-f]{32}$/)
  assert.match(span['spanId']!, /^[0-9a-f]{16}$/)
  assert.deepEqual([record['traceId'], record['spanId']], [span['traceId'], span['spanId']])
  assert.deepEqual([span['name'], span['startTimeUnixNano']], ['chat gpt-5', `${AT}000000`])
  const told = attributesOf(record['attributes']!)
  assert.equal(told['gen_ai.usage.input_tokens'], '10')
  assert.deepEqual(told['gen_ai.response.finish_reasons'], ['stop'])
  assert.deepEqual(told['gen_ai.input.messages'], [{ role: 'user', parts: [{ type: 'text', content: 'gpt-5' }] }])
  assert.deepEqual(told['gatelog.untrusted'], ['gen_ai.input.messages', 'gen_ai.output.messages'])
  const spoken = attributesOf(span['attributes']!)
  assert.equal(JSON.parse(spoken['gen_ai.output.messages'] as string)[0].parts[0].content, 'gpt-5')
  const { untrusted: _untrusted, ...bare } = row
  const names = Object.keys(attributesOf((recordOf(bare) as Plain)['attributes']!))
  assert.ok(!names.some((name) => /messages|untrusted/.test(name)))
})

test('every format says why a body that was kept is not there, and nothing of one that is', () => {
  const [row, whole] = [rowOf(unreadOf(1), LOG), rowOf(recordedOf(1), LOG)]
  const json = JSON.parse(FORMATS.jsonl.lines(row, true))
  assert.deepEqual([json.unreadable.prompt.code, json.unreadable.reply.code], ['trail.key', 'trail.body'])
  assert.match(json.unreadable.prompt.message, /under key k/)
  assert.match(json.unreadable.prompt.remedy, /Put the key/)
  assert.ok(!('untrusted' in json))
  const [head = [], cells = []] = readCsv(csv.head(true) + csv.lines(row, true))
  assert.deepEqual(head.slice(-2), ['unreadable_prompt', 'unreadable_reply'])
  assert.deepEqual(cells.slice(-2), ['trail.key', 'trail.body'])
  assert.doesNotMatch(csv.head(false), /unreadable/)
  const [activity, ...findings] = eventsOf(row) as { unmapped: { gatelog: { unreadable?: unknown } } }[]
  assert.deepEqual(activity?.unmapped.gatelog.unreadable, row.unreadable)
  for (const finding of findings) assert.ok(!('unreadable' in finding.unmapped.gatelog))
  for (const told of [spanOf(row), recordOf(row)] as Plain[]) {
    const named = attributesOf(told['attributes']!)
    const codes = [named['gatelog.unreadable.prompt'], named['gatelog.unreadable.reply']]
    assert.deepEqual(codes, ['trail.key', 'trail.body'])
  }
  for (const { lines } of Object.values(FORMATS)) assert.doesNotMatch(lines(whole, true), /unreadable|trail\.key/)
})

test('OTLP: an open exchange, an outcome and a note are no spans, and a failure is an error', () => {
  const kinds = rowsOfEveryKind().map((row) => [
    row.kind,
    (spanOf(row) as { status?: Plain } | undefined)?.status?.['code'],
  ])
  assert.deepEqual(Object.fromEntries(kinds), {
    ...{ replied: 1, asked: undefined, refused: 2, denied: 2, failed: 2, interrupted: 2, outcome: undefined },
    ...{
      gap: undefined,
      searched: undefined,
      read: undefined,
      bypass: undefined,
      rotated: undefined,
      ruled: undefined,
      vanished: undefined,
      forged: undefined,
    },
  })
})
