/** WebSockets through a real gateway process that is killed, told to end, or fed what is no WebSocket. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { folderFor, type Gateway, journalled, startGateway } from '../process.case.ts'
import { basic, connectTo } from '../tunnel.case.ts'
import { startUpstream } from '../upstream.case.ts'

const PROMPT = JSON.stringify({ type: 'response.create', model: 'm', input: 'count to three' })
const delta = (text: string) => JSON.stringify({ type: 'response.output_text.delta', output_index: 0, delta: text })
const DONE = JSON.stringify({ type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } })

/** A provider that begins each reply, and ends it when told. */
async function provider(t: TestContext) {
  const open: WebSocket[] = []
  const server = new WebSocketServer({ noServer: true })
  const { url } = await startUpstream(
    t,
    (_, response) => void response.writeHead(404).end(),
    (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (each) => {
        open.push(each)
        each.on('error', () => each.terminate())
        each.on('message', () => {
          for (const text of ['one, ', 'two, ', 'three.']) each.send(delta(text))
        })
      }),
  )
  return { url, end: () => open.at(-1)?.send(DONE) }
}

async function speak({ url }: Gateway, key: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/c/up/v1/responses`, { headers: { 'x-gatelog-key': key } })
  const messages: string[] = []
  socket.on('error', () => undefined)
  socket.on('message', (data) => messages.push(String(data)))
  const closed = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  return { socket, messages, closed }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 3000, 'it never held')
    await wait(10)
  }
}

/** The only turn on the record. */
async function turnOf(gateway: Gateway): Promise<Shown> {
  const { exchanges } = await gateway.api<{ exchanges: Summary[] }>('/exchanges?limit=10&q=')
  const [turn, ...more] = exchanges.filter(({ route }) => route === 'responses')
  assert.ok(turn && more.length === 0)
  return gateway.api<Shown>(`/exchanges/${turn.exchange}`)
}

const yaml = (url: string) => `connections: { up: { kind: openai, url: '${url}' } }\n`

test('killed with a turn open: it ends as interrupted, with what the client had', async (t) => {
  const { url } = await provider(t)
  const folder = folderFor(t)
  const gateway = await startGateway(t, yaml(url), folder)
  const key = await gateway.key()
  const { socket, messages, closed } = await speak(gateway, key)
  socket.send(PROMPT)
  await until(() => messages.length >= 2)
  for (let had = 0; had < messages.length; await journalled(gateway, key)) had = messages.length
  await gateway.end('SIGKILL')
  assert.equal(await closed, 1006)
  const shown = await turnOf(await startGateway(t, yaml(url), folder))
  assert.equal(shown.ending?.kind, 'interrupted')
  assert.deepEqual([shown.opening.door, shown.bodies.prompt?.text], ['websocket', PROMPT])
  const kept = shown.bodies.reply?.text ?? ''
  for (const message of messages) assert.ok(kept.includes(`data: ${message}\n\n`), message)
})

test('told to end with a turn open: the reply comes to its end, then the socket closes, then the process', async (t) => {
  const upstream = await provider(t)
  const gateway = await startGateway(t, yaml(upstream.url))
  const key = await gateway.key()
  const [idle, busy] = [await speak(gateway, key), await speak(gateway, key)]
  busy.socket.send(PROMPT)
  await until(() => busy.messages.length >= 2)
  const ended = gateway.end('SIGTERM')
  assert.equal(await idle.closed, 1012)
  upstream.end()
  assert.equal(await busy.closed, 1012)
  assert.equal(busy.messages.at(-1), DONE)
  assert.equal(await ended, 0)
})

test('through the forward door, a WebSocket in a tunnel is recorded like any other', async (t) => {
  const upstream = await provider(t)
  const gateway = await startGateway(t, `forward: { other_hosts: refuse }\n${yaml(upstream.url)}`)
  const key = await gateway.key()
  const target = new URL(upstream.url).host
  const tunnel = await connectTo(gateway.url, target, basic(key))
  assert.equal(tunnel.status, 200)
  const socket = new WebSocket(`ws://${target}/v1/responses`, { createConnection: () => tunnel.socket })
  const messages: string[] = []
  socket.on('message', (data) => messages.push(String(data)))
  await once(socket, 'open')
  socket.send(PROMPT)
  await until(() => messages.length >= 2)
  upstream.end()
  await until(() => messages.at(-1) === DONE)
  const shown = await turnOf(gateway)
  assert.deepEqual([shown.opening.actor?.id, shown.opening.door, shown.ending?.kind], ['ana', 'websocket', 'replied'])
  socket.close()
})
