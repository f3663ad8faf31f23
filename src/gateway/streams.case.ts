/** Streams with a secret in every place, and what they must come to. For tests; sends nothing. */
import { compile, RULES } from '#masking'
import { PROTOCOLS } from '#wire'
import { Reply } from './reply.ts'

export const engine = compile(RULES)
/** Put together here so that none stands in this file. */
export const SECRET = `${['ghp', '_'].join('')}${'Zy9Xw8Vu7T'.repeat(4).slice(0, 36)}`
export const protocolOf = (name: string) => PROTOCOLS.find((each) => each.name === name)

/** What leaves for bytes that arrive in parts, cut at these offsets. */
export function run(name: string, bytes: Buffer, cuts: readonly number[] = []) {
  const reply = new Reply({ protocol: protocolOf(name), engine, eventBytes: 10_000_000 })
  const out: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    out.push(...reply.push(bytes.subarray(from, cut)))
    from = cut
  }
  out.push(...reply.end())
  return { text: Buffer.concat(out).toString(), findings: reply.findings, events: reply.events, reply }
}

export const event = (data: object, name?: string) =>
  `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`
const typed = (data: { type: string; [key: string]: unknown }) => event(data, data.type)
const pieces = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []

export const chat = (text: string, size: number) =>
  pieces(text, size)
    .map((content) => event({ choices: [{ index: 0, delta: { content } }] }))
    .join('') +
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  'data: [DONE]\n\n'
export const args = (value: unknown, size: number) =>
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
      typed({ type: 'response.output_text.delta', item_id: `i${id}`, ...at, delta }),
    ),
    typed({ type: 'response.output_text.done', ...at, text }),
    typed({ type: 'response.output_item.done', output_index: 0, item }),
    typed({ type: 'response.completed', response: { status: 'completed', output: [item] } }),
  ].join('')
}
const messages = (text: string, size: number) =>
  [
    typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: text.slice(0, 2) } }),
    ...pieces(text.slice(2), size).map((part) =>
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } }),
    ),
    typed({ type: 'content_block_stop', index: 0 }),
    typed({ type: 'message_stop' }),
  ].join('')

/** Chat with every token's text twice more: as a string and as bytes. */
const spelled = (text: string) =>
  `${pieces(text, 4)
    .map((token) => {
      const top = { token, logprob: -0.1 }
      const logprobs = { content: [{ ...top, bytes: [...Buffer.from(token)], top_logprobs: [top] }] }
      return event({ choices: [{ index: 0, delta: { content: token }, logprobs }] })
    })
    .join('')}data: [DONE]\n\n`

/** The same stream with other line ends. */
const ended = (stream: string, end: string) => stream.replaceAll('\n', end)

const SAID = `é 😀 key="${SECRET}" and\nmore\n`
/** Name, protocol, stream. */
export const STREAMS: [string, string, string][] = [
  ['chat', 'chat', chat(SAID, 5)],
  ['chat tool arguments', 'chat', args({ cmd: `echo "${SECRET}"`, deep: ['\t', { token: SECRET }] }, 4)],
  [
    'completions',
    'completions',
    `${pieces(SAID, 6)
      .map((text) => event({ choices: [{ index: 0, text }] }))
      .join('')}data: [DONE]\n\n`,
  ],
  ['token probabilities', 'chat', spelled(SAID)],
  ['responses with every repetition', 'responses', responses(SAID, 7)],
  ['messages, begun in the block', 'messages', messages(SECRET + SAID, 5)],
  [
    'two choices in turn',
    'chat',
    `${pieces(`${SECRET} `, 3)
      .flatMap((content) => [0, 1].map((index) => event({ choices: [{ index, delta: { content } }] })))
      .join('')}data: [DONE]\n\n`,
  ],
  [
    'a new field',
    'chat',
    `${pieces(`${SECRET} `, 9)
      .map((later) => event({ choices: [{ index: 0, delta: { later } }] }))
      .join('')}data: [DONE]\n\n`,
  ],
  [
    'a new event',
    'messages',
    pieces(`${SECRET} `, 9)
      .map((text) => typed({ type: 'brand_new', deep: [{ text }] }))
      .join('') + typed({ type: 'message_stop' }),
  ],
  [
    'what is not JSON',
    'chat',
    `${pieces(`${SECRET} `, 9)
      .map((part) => `data: ${part}\n\n`)
      .join('')}data: [DONE]\n\n`,
  ],
  ['a comment', 'chat', `: ${SECRET}\n\ndata: [DONE]\n\n`],
  ['an event name', 'messages', `event: ${SECRET}\ndata: {"type":"ping"}\n\n${typed({ type: 'message_stop' })}`],
  ['a key of an object', 'chat', `${event({ choices: [], [SECRET]: 1 })}data: [DONE]\n\n`],
  ['lines that end in CRLF', 'messages', ended(messages(SAID, 5), '\r\n')],
  ['lines that end in CR', 'chat', ended(chat(SAID, 5), '\r')],
  ['a byte order mark, ids and retries', 'chat', `\uFEFFid: 1\nretry: 5\n${chat(SAID, 5)}`],
  ['no terminal event', 'chat', chat(SAID, 5).replace('data: [DONE]\n\n', '')],
  ['an unfinished event', 'chat', `data: {"choices":[{"index":0,"delta":{"content":"${SECRET}`],
]

/** Everything that a client could put together: every string in every lane's order, and bytes given as numbers. */
export function leaked(text: string): boolean {
  const bare = text.replace(/[^A-Za-z0-9_]/g, '')
  const joined = [...text.matchAll(/"(?:content|text|delta|token|arguments|later|partial_json)":"((?:[^"\\]|\\.)*)"/g)]
    .map(([, part]) => part)
    .join('')
  const numbers = [...text.matchAll(/"bytes":\[([\d,]*)\]/g)].map(([, bytes]) => `${bytes}`.split(',').map(Number))
  const spelled = Buffer.from(numbers.flat()).toString()
  return [text, bare, joined, spelled].some((each) => each.includes(SECRET) || each.includes(SECRET.slice(4, 30)))
}
