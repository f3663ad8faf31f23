import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending } from '#exchange'
import { ask, kinds, type Open, within } from './asking.case.ts'
import { chat, chunk, DONE, type Script, SECRET } from './house.case.ts'

const HALVES = [SECRET.slice(0, 9), `${SECRET.slice(9)} `]
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const line = (value: unknown) => `${JSON.stringify(value)}\n`
const parts = (type: string | undefined, ...all: (string | Buffer)[]): Script => {
  return async (_request, _body, response) => {
    if (type) response.setHeader('content-type', type)
    for (const part of all) {
      response.write(part)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    response.end()
  }
}
const endingOf = ({ watched }: Open) => watched.entries.at(-1) as Ending

/** What a client gets, with nothing of it between the pieces of a text. */
async function assertMasked(house: Open, path: string): Promise<void> {
  const text = await (await ask(house, chat('x'), { path })).text()
  const bare = text.replace(/[^A-Za-z0-9_]/g, '')
  const spelled = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner]) => inner).join('')
  const quoted = [...text.matchAll(/"(?:content|text|value|response)":"((?:[^"\\]|\\.)*)"/g)]
    .map(([, it]) => it)
    .join('')
  for (const each of [text, bare, spelled, quoted]) assert.ok(!each.includes(SECRET.slice(4, 34)), text)
  assert.match(text, /\[masked:github-pat/)
  assert.deepEqual(kinds(house), ['asked', 'replied'])
  assert.equal(endingOf(house).findings.length, 1)
}

const pass = { unknownRoutes: 'record-and-pass' } as const
const deltas = HALVES.map((half) => chunk(half))

for (const type of [undefined, 'text/plain', 'application/json', 'application/x-ndjson', 'application/octet-stream'])
  for (const [name, first] of [
    ['', ''],
    [', after a comment', ': hi\n\n'],
    [', after white space', '\n\n'],
    [', after a byte order mark', '\ufeff'],
    [', after an id', 'id: 1\n'],
    [', after what no reader takes', 'hello\n'],
  ])
    test(`events that are said to be ${type}${name}`, () =>
      within({ script: parts(type, first ?? '', ...deltas, DONE) }, (house) =>
        assertMasked(house, '/v1/chat/completions'),
      ))

test('events that are said to be a document leave as they come', () =>
  within(
    {
      script: (request, _body, response) => {
        response.write(chunk('hello'))
        request.socket.once('close', () => undefined)
      },
      timeouts: { idle_ms: 3000 },
    },
    async (house) => {
      const reply = await ask(house, chat('x'))
      const first = await reply.body?.getReader().read()
      assert.match(Buffer.from(first?.value ?? []).toString(), /hello/)
    },
  ))

const thread = (value: string) => ({
  id: 'm',
  object: 'thread.message.delta',
  delta: { content: [{ index: 0, type: 'text', text: { value } }] },
})
const ollama = (content: string) => ({
  model: 'llama3',
  created_at: '2026-11-25T10:00:00Z',
  message: { role: 'assistant', content },
  done: false,
})
const STREAMS: [string, string, string | undefined, string[]][] = [
  ['events of embeddings', '/v1/embeddings', 'text/event-stream', HALVES.map((text) => data({ text }))],
  ['events of a route nobody knows', '/v1/threads/runs', 'text/event-stream', HALVES.map((half) => data(thread(half)))],
  ['lines', '/api/chat', 'application/x-ndjson', HALVES.map((half) => line(ollama(half)))],
  ['lines that are said to be JSON', '/api/chat', 'application/json', HALVES.map((half) => line(ollama(half)))],
  ['lines of no type', '/api/generate', undefined, HALVES.map((response) => line({ response }))],
  ['lines that are said to be events', '/api/chat', 'text/event-stream', HALVES.map((half) => line(ollama(half)))],
  [
    'lines with marks of RFC 7464',
    '/api/chat',
    'application/json-seq',
    HALVES.map((half) => `\x1e${line(ollama(half))}`),
  ],
  [
    'lines of a protocol',
    '/v1/chat/completions',
    'application/x-ndjson',
    [...HALVES.map((half) => chunk(half).slice(6, -1)), chunk('', 'stop').slice(6)],
  ],
  [
    'lines after what is no JSON',
    '/api/chat',
    'application/x-ndjson',
    ['hello\n', ...HALVES.map((half) => line(ollama(half)))],
  ],
  [
    'lines of no type after what is no JSON',
    '/api/chat',
    undefined,
    ['hello\n', ...HALVES.map((half) => line(ollama(half)))],
  ],
  ['a line that is no JSON', '/api/chat', 'application/x-ndjson', [line({}), `{"a":"${SECRET}\n`]],
  [
    'elements of a list, a line each',
    '/api/chat',
    'application/json',
    ['[\n', line({ text: HALVES[0] }), ',\n', line({ text: HALVES[1] }), ']'],
  ],
  [
    'a text, then a list of parts',
    '/api/chat',
    'application/x-ndjson',
    [line({ content: HALVES[0] }), line({ content: [{ text: HALVES[1] }] })],
  ],
]
for (const [name, path, type, events] of STREAMS)
  test(`a secret in two ${name}`, async () => {
    await within({ ...pass, script: parts(type, ...events) }, (house) => assertMasked(house, path))
    await within({ ...pass, script: parts(type, events.join('')) }, (house) => assertMasked(house, path))
    const bytes = Buffer.from(events.join(''))
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
    await within(
      {
        ...pass,
        script: (_request, _body, response) => {
          if (type) response.setHeader('content-type', type)
          for (const byte of single) response.write(byte)
          response.end()
        },
      },
      (house) => assertMasked(house, path),
    )
  })

const clean = [line(ollama('hel')), line(ollama('lo')), line({ done: true, model: 'llama3' })].join('')
for (const [name, type, body] of [
  ['lines', 'application/x-ndjson', clean],
  ['lines with CRLF', 'application/json', clean.replaceAll('\n', '\r\n')],
  ['an unfinished line', 'application/x-ndjson', clean.slice(0, -4)],
  ['a document', 'application/json', '{\n  "a": 1,\n  "b": [\n    "c"\n  ]\n}\n'],
  ['a document in one line', 'application/json', '{"a":1}\n'],
  ['text', 'text/plain', 'data\nis here'],
  ['nothing', 'text/plain', ''],
] as const)
  test(`what no rule touches passes as it came: ${name}`, () =>
    within({ ...pass, script: parts(type, body) }, async (house) => {
      assert.equal(await (await ask(house, chat('x'), { path: '/api/chat' })).text(), body)
      assert.deepEqual(kinds(house), ['asked', 'replied'])
    }))

const delta = (json: string) => `data: {"choices":[{"index":0,"delta":${json}}]}\n\n`
const [HEAD = '', REST = ''] = HALVES
const DOUBLED: [string, string[]][] = [
  ['a text', [delta(`{"content":"a","content":"${HEAD}"}`), delta(`{"content":"zz","content":"${REST}"}`)]],
  ['a text, once escaped', [delta(`{"content":"a","c\\u006fntent":"${HEAD}"}`), delta(`{"content":"${REST}"}`)]],
  [
    'an object',
    [delta(`{"content":"${HEAD}"}`), `data: {"choices":[{"delta":{"content":"a"},"delta":{"content":"${REST}"}}]}\n\n`],
  ],
  [
    'what is dropped stands between',
    [
      delta(`{"content":"${HEAD}"}`),
      `data: {"choices":[{"delta":{"content":"a"},"delta":{"refusal":""}}]}\n\n`,
      delta(`{"content":"${REST}"}`),
    ],
  ],
  [
    'a position',
    [delta(`{"content":"${HEAD}"}`), `data: {"choices":[{"index":1,"index":0,"delta":{"content":"${REST}"}}]}\n\n`],
  ],
  ['a list of parts', [delta(`{"content":"${HEAD}"}`), delta(`{"content":[{"type":"text","text":"${REST}"}]}`)]],
  ['two parts', [delta(`{"content":[{"type":"text","text":"${HEAD}"},{"type":"text","text":"${REST}"}]}`)]],
]
for (const [name, events] of DOUBLED)
  test(`what parsers read in two ways is masked in each: ${name}`, () =>
    within({ script: parts('text/event-stream', ...events, DONE) }, async (house) => {
      const text = await (await ask(house, chat('x'))).text()
      const [last, first] = [JSON.parse, firstOf].map((parse) => said(text, parse))
      for (const each of [last, first]) assert.ok(!each?.includes(SECRET.slice(4, 34)), text)
      assert.match(text, /\[masked:github-pat/)
      assert.equal(endingOf(house).findings.length, 1)
    }))

/** The text that a client puts together, by its way of reading JSON. */
function said(stream: string, parse: (json: string) => { choices: { delta?: { content?: unknown } }[] }): string {
  return [...stream.matchAll(/^data: (\{.*)$/gm)]
    .flatMap(([, json = '']) => parse(json).choices)
    .map(({ delta: { content } = {} }) =>
      Array.isArray(content) ? content.map(({ text }) => text).join('') : (content ?? ''),
    )
    .join('')
}

/** A parser that takes the first of two keys, for texts and objects without braces in them. */
function firstOf(json: string) {
  const once = json.replace(/("(?:content|delta|index)":)("[^"]*"|\{[^{}]*\}|\d+),\1("[^"]*"|\{[^{}]*\}|\d+)/g, '$1$2')
  return JSON.parse(once)
}

for (const [name, type, bytes] of [
  ['UTF-16 by its mark', 'application/json', Buffer.from(`\ufeff{"content":"${SECRET}"}`, 'utf16le')],
  ['UTF-16 without one', undefined, Buffer.from(`{"content":"${SECRET}"}`, 'utf16le')],
  ['UTF-16 by its header', 'text/event-stream; charset=utf-16', Buffer.from(data({ content: SECRET }), 'utf16le')],
  ['big-endian UTF-16', 'application/json', Buffer.from(`\ufeff{"content":"${SECRET}"}`, 'utf16le').swap16()],
] as const)
  test(`a reply that is no UTF-8 cannot be masked, so it does not pass: ${name}`, () =>
    within({ ...pass, script: parts(type, bytes) }, async (house) => {
      const reply = await ask(house, chat('x'), { path: '/api/chat' })
      assert.equal(reply.status, 502)
      assert.match(await reply.text(), /upstream\.malformed/)
      assert.deepEqual(kinds(house), ['asked', 'failed'])
    }))

test('a stream that breaks off says so in its own form', () =>
  within(
    {
      ...pass,
      script: (_request, _body, response) => {
        response.setHeader('content-type', 'application/x-ndjson')
        response.write(line(ollama('hello. ')), () => response.destroy())
      },
    },
    async (house) => {
      const text = await (await ask(house, chat('x'), { path: '/api/chat' })).text()
      assert.match(text, /hello[\s\S]*\n\{"error":"Gatelog: [^"]*upstream\.[^"]*"\}\n$/)
      assert.deepEqual(kinds(house), ['asked', 'failed'])
    },
  ))
