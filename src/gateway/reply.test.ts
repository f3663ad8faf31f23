import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, RULES } from '#masking'
import { PROTOCOLS } from '#wire'
import { Reply } from './reply.ts'

const engine = compile(RULES)
const SECRET = `ghp_${'Zy9Xw8Vu7T'.repeat(4).slice(0, 36)}`
const protocolOf = (name: string) => PROTOCOLS.find((each) => each.name === name)!

function run(name: string, bytes: Buffer, cuts: readonly number[] = []) {
  const reply = new Reply({ protocol: protocolOf(name), engine, eventBytes: 10_000_000 })
  const out: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    out.push(...reply.push(bytes.subarray(from, cut)))
    from = cut
  }
  out.push(...reply.end())
  return { text: Buffer.concat(out).toString(), findings: reply.findings, reply }
}

const event = (data: object, name?: string) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`
const typed = (data: { type: string }) => event(data, data.type)
const pieces = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []

const chat = (text: string, size: number) =>
  pieces(text, size)
    .map((content) => event({ choices: [{ index: 0, delta: { content } }] }))
    .join('') +
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  'data: [DONE]\n\n'
const args = (value: unknown, size: number) =>
  `${pieces(JSON.stringify(value), size)
    .map((part) =>
      event({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: part } }] } }] }),
    )
    .join('')}data: [DONE]\n\n`
const responses = (text: string, size: number) => {
  const at = { output_index: 0, content_index: 0 }
  const item = { type: 'message', content: [{ type: 'output_text', text }] }
  return [
    ...pieces(text, size).map((delta, id) =>
      typed({ type: 'response.output_text.delta', item_id: `i${id}`, ...at, delta } as never),
    ),
    typed({ type: 'response.output_text.done', ...at, text } as never),
    typed({ type: 'response.output_item.done', output_index: 0, item } as never),
    typed({ type: 'response.completed', response: { status: 'completed', output: [item] } } as never),
  ].join('')
}
const messages = (text: string, size: number) =>
  [
    typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: text.slice(0, 2) } } as never),
    ...pieces(text.slice(2), size).map((part) =>
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } } as never),
    ),
    typed({ type: 'content_block_stop', index: 0 } as never),
    typed({ type: 'message_stop' }),
  ].join('')

const SAID = `é 😀 key="${SECRET}" and\nmore`
const STREAMS: [string, string, string][] = [
  ['chat', 'chat', chat(SAID, 5)],
  ['chat tool arguments', 'chat', args({ cmd: `echo "${SECRET}"`, deep: ['\t', { token: SECRET }] }, 4)],
  [
    'completions',
    'completions',
    `${pieces(SAID, 6)
      .map((text) => event({ choices: [{ index: 0, text }] }))
      .join('')}data: [DONE]\n\n`,
  ],
  ['responses with every repetition', 'responses', responses(SAID, 7)],
  ['messages, begun in the block', 'messages', messages(SECRET + SAID, 5)],
  [
    'two choices in turn',
    'chat',
    `${pieces(SECRET, 3)
      .flatMap((content) => [0, 1].map((index) => event({ choices: [{ index, delta: { content } }] })))
      .join('')}data: [DONE]\n\n`,
  ],
  [
    'a new field',
    'chat',
    `${pieces(SECRET, 9)
      .map((later) => event({ choices: [{ index: 0, delta: { later } }] }))
      .join('')}data: [DONE]\n\n`,
  ],
  [
    'a new event',
    'messages',
    pieces(SECRET, 9)
      .map((text) => typed({ type: 'brand_new', deep: [{ text }] } as never))
      .join('') + typed({ type: 'message_stop' }),
  ],
  [
    'what is not JSON',
    'chat',
    `${pieces(SECRET, 9)
      .map((part) => `data: ${part}\n\n`)
      .join('')}data: [DONE]\n\n`,
  ],
  ['a comment', 'chat', `: ${SECRET}\n\ndata: [DONE]\n\n`],
  ['an event name', 'messages', `event: ${SECRET}\ndata: {"type":"ping"}\n\n${typed({ type: 'message_stop' })}`],
  ['a key of an object', 'chat', `${event({ choices: [], [SECRET]: 1 })}data: [DONE]\n\n`],
  ['no terminal event', 'chat', chat(SAID, 5).replace('data: [DONE]\n\n', '')],
  ['an unfinished event', 'chat', `data: {"choices":[{"index":0,"delta":{"content":"${SECRET}`],
]

/** Everything that a client could put together: all strings, joined in every lane's order. */
function leaked(text: string): boolean {
  const bare = text.replace(/[^A-Za-z0-9_]/g, '')
  const joined = [...text.matchAll(/"(?:content|text|delta|arguments|later|partial_json)":"((?:[^"\\]|\\.)*)"/g)]
    .map(([, part]) => part)
    .join('')
  return [text, bare, joined].some((each) => each.includes(SECRET) || each.includes(SECRET.slice(4, 30)))
}

for (const [name, protocol, stream] of STREAMS) {
  const bytes = Buffer.from(stream)
  const whole = run(protocol, bytes)
  test(`no secret leaves: ${name}`, () => {
    assert.ok(!leaked(whole.text), whole.text)
    assert.ok(whole.findings.length > 0 && whole.text.includes('[masked:'))
  })
  test(`every byte cut gives the same: ${name}`, () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const { text, findings } = run(protocol, bytes, [cut])
      assert.equal(text, whole.text, `cut ${cut}`)
      assert.deepEqual(findings, whole.findings)
    }
  })
  test(`no event is lost, merged or split: ${name}`, () =>
    assert.equal(whole.text.match(/^data:/gm)?.length, stream.match(/^data:/gm)?.length))
}

test('masked tool arguments are still JSON', () => {
  const { text } = run('chat', Buffer.from(args({ cmd: `echo "${SECRET}" \\ ok` }, 3)))
  const reply = protocolOf('chat').readReply(
    `data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"x"}}]}}]}\n\n${text}`,
    true,
  )
  assert.deepEqual(reply.toolCalls[0]?.arguments, { cmd: 'echo "[masked:github-pat]" \\ ok' })
})

test('an event that may begin a secret waits, and leaves as it came', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  const first = event({ choices: [{ index: 0, delta: { content: 'a gh' } }] })
  const second = event({ choices: [{ index: 0, delta: { content: 'ost' } }] })
  assert.equal(reply.push(Buffer.from(first)).length, 0)
  assert.equal(Buffer.concat(reply.push(Buffer.from(second))).toString(), first + second)
})

test('the terminal event leaves only at the end', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  assert.equal(reply.push(Buffer.from('data: [DONE]\n\n')).length, 0)
  assert.equal(reply.terminal, true)
  assert.equal(Buffer.concat(reply.end()).toString(), 'data: [DONE]\n\n')
})

test('clean streams pass byte for byte under any cuts', () => {
  const clean = Buffer.from(chat('Some words, é, 😀 and code: const x = 1\n', 3))
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: clean.length - 1 }), { maxLength: 20 }), (cuts) => {
      assert.equal(
        run(
          'chat',
          clean,
          cuts.sort((a, b) => a - b),
        ).text,
        clean.toString(),
      )
    }),
  )
})

test('a lane that only ever begins secrets holds a bounded amount', () => {
  const reply = new Reply({ protocol: protocolOf('chat'), engine, eventBytes: 1e6 })
  let out = 0
  reply.push(Buffer.from(event({ choices: [{ index: 0, delta: { content: 'gh' } }] })))
  const other = Buffer.from(event({ choices: [{ index: 1, delta: { content: 'words and words' } }] }))
  for (let at = 0; at < 10_000; at++) out += reply.push(other).length
  assert.ok(out > 5000, String(out))
})

const recorded = `${process.cwd()}/../shared/data/streams/`
const skip = existsSync(recorded) ? false : 'no recorded streams beside this checkout'
test('recorded streams pass byte for byte where no rule matches', { skip }, () => {
  const names: Record<string, string> = {
    anthropic: 'messages',
    'openai-completion': 'completions',
    'openai-responses': 'responses',
  }
  let untouched = 0
  for (const file of globSync('*/*.chunks.txt', { cwd: recorded })) {
    const lines = readFileSync(recorded + file, 'utf8')
      .split('\n')
      .filter(Boolean)
    const bytes = Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(''))
    const { text, findings } = run(
      names[file.split('/')[0] ?? ''] ?? 'chat',
      bytes,
      [1, 500, 501].filter((cut) => cut < bytes.length),
    )
    if (findings.length > 0) continue
    assert.equal(text, bytes.toString(), file)
    untouched++
  }
  assert.ok(untouched > 30, String(untouched))
})
