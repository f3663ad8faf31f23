// A process that answers as a provider would, the same for every target. The model's name says how: `small`,
// `stream:<events>:<ms between them>`, with `:<ms>` after that it thinks so long first. Prints its port; counts nothing.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const WORDS = 'const total = items.filter((item) => item.open).reduce((sum, item) => sum + item.size, 0) // so far\n'
const event = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`
const SMALL = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: WORDS }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 30 },
})

/** The moment of sending, in microseconds of this machine's monotonic clock, for the delay of an event. */
const stamp = (): string => `@${process.hrtime.bigint() / 1000n} `

async function stream(response: ServerResponse, events: number, ms: number, think: number): Promise<void> {
  if (think > 0) await new Promise((resolve) => setTimeout(resolve, think))
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let at = 0; at < events && !response.destroyed; at++) {
    const from = (at * 4) % (WORDS.length - 4)
    if (!response.write(event((ms > 0 ? stamp() : '') + WORDS.slice(from, from + 4))))
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    else if (at % 8 === 7) await new Promise(setImmediate)
  }
  response.end(`${event('', 'stop')}data: [DONE]\n\n`)
}

const server = createServer((request, response) => {
  let head = ''
  request.on('data', (part: Buffer) => {
    if (head.length < 100) head += part.toString('latin1', 0, 100)
  })
  request.on('end', () => {
    const [, events, ms, think] = /"model":"stream:(\d+):(\d+)(?::(\d+))?"/.exec(head) ?? []
    if (events !== undefined) void stream(response, Number(events), Number(ms), Number(think ?? 0))
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': SMALL.length }).end(SMALL)
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))
