/** Requests that could be read in two ways, lie about who sends them, or go nowhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Summary } from '#trail'
import type { Gateway } from '../process.case.ts'
import { DONE, prompt } from '../upstream.case.ts'
import { openGround } from './ground.case.ts'

const PATH = '/c/up/v1/chat/completions'
const body = prompt('hi')
const length = `Content-Length: ${body.length}`

test('shapes of request smuggling get no further than the door', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  const key = `x-gatelog-key: ${ground.key}`
  const shapes: Record<string, string> = {
    'length and chunked': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'two lengths': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\nContent-Length: 0\r\n\r\n${body}`,
    'a folded header': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nX: a\r\n b\r\n${length}\r\n\r\n${body}`,
    'bare line feeds': `POST ${PATH} HTTP/1.1\nHost: g\n${key}\n${length}\n\n${body}`,
    'a space before the colon': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nTransfer-Encoding : chunked\r\n${length}\r\n\r\n${body}`,
    'an encoding of one’s own': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nTransfer-Encoding: xchunked\r\n\r\n${body}`,
    'chunked, then not': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'two hosts': `POST ${PATH} HTTP/1.1\r\nHost: g\r\nHost: h\r\n${key}\r\n${length}\r\n\r\n${body}`,
    'no host': `POST ${PATH} HTTP/1.1\r\n${key}\r\n${length}\r\n\r\n${body}`,
    'an expectation that nobody knows': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nExpect: wonders\r\n${length}\r\n\r\n${body}`,
    'a length that is none': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nContent-Length: +5\r\n\r\n${body}`,
    'an escaped slash': `POST /c/up/v1%2fchat/completions HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\n\r\n${body}`,
    'a backslash': `POST /c/up/v1%5cchat/completions HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\n\r\n${body}`,
    'two slashes': `POST /c/up//v1/chat/completions HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\n\r\n${body}`,
    dots: `POST /c/up/v1/../v1/chat/completions HTTP/1.1\r\nHost: g\r\n${key}\r\n${length}\r\n\r\n${body}`,
    'a null in a header': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nX: a\0b\r\n${length}\r\n\r\n${body}`,
    'a chunk size that is none': `POST ${PATH} HTTP/1.1\r\nHost: g\r\n${key}\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`,
  }
  for (const [name, bytes] of Object.entries(shapes))
    await t.test(name, async () => {
      const told = await ground.raw(bytes)
      assert.match(told, /^HTTP\/1\.1 4\d\d /, told.slice(0, 200))
      assert.ok(told.split('HTTP/1.1 ').length <= 2, 'more than one answer')
    })
  assert.equal(ground.upstream.received.length, 0)
  assert.equal((await ground.post(body)).status, 200)
  await everyShape(ground.gateway, Object.keys(shapes).length)
})

/** Each shape has a line of its own, or is counted by another's; a gateway that ends writes what it still counts. */
async function everyShape(gateway: Gateway, wanted: number): Promise<void> {
  await gateway.end('SIGTERM')
  const told = await gateway.gatelog('search', '--json', '--limit', '1000')
  const { exchanges } = JSON.parse(told.stdout) as { exchanges: Summary[] }
  const refused = exchanges.filter(({ kind }) => kind === 'refused')
  const faults = new Set(refused.map(({ fault }) => fault))
  assert.deepEqual(faults, new Set(['request.headers', 'request.target', 'request.http', 'request.aborted']))
  assert.ok(refused.length < wanted, 'nothing was counted together')
  const sum = refused.reduce((all, { count }) => all + (count ?? 1), 0)
  assert.equal(sum, wanted)
}

test('forged headers reach neither upstream nor the record', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  const forged = {
    'x-gatelog-actor': 'root',
    'x-gatelog-exchange': 'mine',
    'x-gatelog-verdict': 'allow',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil',
    'x-forwarded-proto': 'https',
    'x-forwarded-uri': '/healthz',
    'x-real-ip': '6.6.6.6',
    forwarded: 'for=6.6.6.6',
    'proxy-authorization': 'Basic eDp5',
    connection: 'close, x-hop',
    'x-hop': '1',
    te: 'trailers',
    x_gatelog_key: 'y',
  }
  assert.equal((await ground.post(body, forged)).status, 200)
  const got = ground.upstream.received[0]?.headers ?? {}
  const crossed = Object.keys(got).filter((name) => name in forged && name !== 'connection')
  assert.deepEqual(crossed, [])
  assert.ok(!JSON.stringify(got).includes('gtl_') && !JSON.stringify(got).includes('gatelog'))
  const shown = await ground.last()
  assert.deepEqual([shown.opening.actor?.id, shown.opening.facts.remote?.value], ['ana', '127.0.0.1'])
  assert.ok(!JSON.stringify(shown).includes('6.6.6.6'))
})

test('unknown connections, hosts, routes and methods are refused, and on the record', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  for (const [path, status, code] of [
    ['/c/nowhere/v1/chat/completions', 400, 'request.connection'],
    ['/c/nowhere/v1/files', 404, 'request.connection'],
    ['/c/up/v1/files', 404, 'request.route'],
  ] as const) {
    const reply = await ground.post(body, {}, path)
    assert.deepEqual([reply.status, reply.headers['x-gatelog-error']], [status, code])
    const { opening } = await ground.last()
    assert.deepEqual([opening.kind, opening.fault, opening.actor?.id], ['refused', code, 'ana'])
  }
  for (const method of ['PUT', 'OPTIONS', 'TRACE', 'DELETE', 'PATCH']) {
    const told = await ground.raw(
      `${method} ${PATH} HTTP/1.1\r\nHost: g\r\nx-gatelog-key: ${ground.key}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(told, /^HTTP\/1\.1 4\d\d /, `${method} ${told.slice(0, 80)}`)
  }
  for (const line of [`GET / HTTP/1.1`, 'CONNECT evil:443 HTTP/1.1', 'GET http://evil/x HTTP/1.1', 'PRI * HTTP/2.0']) {
    const told = await ground.raw(`${line}\r\nHost: g\r\nConnection: close\r\n\r\n`)
    assert.match(told, /^(HTTP\/1\.1 4\d\d |$)/, `${line} ${told.slice(0, 80)}`)
  }
  assert.equal(ground.upstream.received.length, 0)
})

test('a WebSocket upgrade is refused with 426 where none may be, so that clients fall back', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  ground.gateway.configure(`connections: { up: { kind: openai, url: '${ground.upstream.url}', websocket: refuse } }\n`)
  ground.gateway.child.kill('SIGHUP')
  await ground.gateway.hears('in force')
  const told = await ground.raw(
    `GET /c/up/v1/responses HTTP/1.1\r\nHost: g\r\nx-gatelog-key: ${ground.key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  )
  assert.match(told, /^HTTP\/1\.1 426 /)
  assert.equal(ground.upstream.received.length, 0)
})

test('many requests on one connection, one after another and pipelined, warn of nothing', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end('{"choices":[]}'))
  const one = `POST ${PATH} HTTP/1.1\r\nHost: g\r\nx-gatelog-key: ${ground.key}\r\ncontent-type: application/json\r\n${length}\r\n\r\n${body}`
  const told = await ground.raw(one.repeat(60))
  assert.equal(told.match(/HTTP\/1\.1 200 /g)?.length, 60)
  assert.equal(ground.upstream.received.length, 60)
  assert.doesNotMatch(ground.gateway.said(), /Warning/)
})
