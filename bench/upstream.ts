// A process that answers as a provider would, the same for every target. The model's name says how: `small`,
// `stream:<events>:<ms between them>:<ms it thinks first>:<words or fours>`. Prints its port; counts nothing.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deltasOf } from './words.ts'

const WORDS = 'const total = items.filter((item) => item.open).reduce((sum, item) => sum + item.size, 0) // so far\n'
const event = (content: string, finish: string | null = null, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }], ...more })}\n\n`
const SMALL = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: WORDS }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 30 },
})

/** The moment of sending, in microseconds of this machine's monotonic clock, and the event's number: for its delay. */
const stamp = (nth: number) => ({ sent: Number(process.hrtime.bigint() / 1000n), nth })

/** Events of real-looking text, each so many ms after the one before. */
async function slowly(response: ServerResponse, deltas: readonly string[], ms: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [nth, text] of deltas.entries()) {
    if (response.destroyed) return
    response.write(event(text, null, stamp(nth)))
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
  response.end(`${event('', 'stop')}data: [DONE]\n\n`)
}

async function stream(response: ServerResponse, events: number, think: number): Promise<void> {
  if (think > 0) await new Promise((resolve) => setTimeout(resolve, think))
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let at = 0; at < events && !response.destroyed; at++) {
    const from = (at * 4) % (WORDS.length - 4)
    if (!response.write(event(WORDS.slice(from, from + 4))))
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
    if (at % 8 === 7) await new Promise(setImmediate)
  }
  response.end(`${event('', 'stop')}data: [DONE]\n\n`)
}

const server = createServer((request, response) => {
  let head = ''
  request.on('data', (part: Buffer) => {
    if (head.length < 100) head += part.toString('latin1', 0, 100)
  })
  request.on('end', () => {
    const [, events, ms, think, cut] = /"model":"stream:(\d+):(\d+):(\d+):(words|fours)"/.exec(head) ?? []
    if (Number(ms) > 0) void slowly(response, deltasOf(Number(events), cut === 'fours'), Number(ms))
    else if (events !== undefined) void stream(response, Number(events), Number(think))
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': SMALL.length }).end(SMALL)
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))
