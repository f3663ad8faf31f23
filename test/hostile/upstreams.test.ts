/** Upstreams that refuse, break, stall, trickle, flood or lie: what the client is told, and what the record says. */
import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { startGateway } from '../process.case.ts'
import { chunk, DONE, prompt, SECRET } from '../upstream.case.ts'
import { type Ground, openGround, send } from './ground.case.ts'

const SSE = { 'content-type': 'text/event-stream' }

/** 300 MB of nothing, made before anybody waits for it. */
const BOMB = gzipSync(Buffer.alloc(300_000_000))

/** What the upstream does, and what comes of it: status, text, the ending's kind and fault. */
interface Case {
  readonly answer: Parameters<typeof openGround>[1]
  readonly status: number
  readonly says: RegExp
  readonly ending: string
  readonly fault?: string
}

const CASES: Record<string, Case> = {
  'resets before its headers': {
    answer: (_, response) => void response.destroy(),
    status: 502,
    says: /upstream\.reset/,
    ending: 'failed',
    fault: 'upstream.reset',
  },
  'resets in mid-stream': {
    answer: async (_, response) => {
      response.writeHead(200, SSE).write(chunk('some words'))
      await wait(100)
      response.destroy()
    },
    status: 200,
    says: /some words[\s\S]*Gatelog: [\s\S]*upstream\.reset[\s\S]*\[DONE\]/,
    ending: 'failed',
    fault: 'upstream.reset',
  },
  'never sends a byte': {
    answer: () => undefined,
    status: 504,
    says: /upstream\.timeout/,
    ending: 'failed',
    fault: 'upstream.timeout',
  },
  'stalls in mid-stream': {
    answer: (_, response) => void response.writeHead(200, SSE).write(chunk('some words')),
    status: 200,
    says: /some words[\s\S]*upstream\.timeout/,
    ending: 'failed',
    fault: 'upstream.timeout',
  },
  'trickles, a byte at a time': {
    answer: async (_, response) => {
      response.writeHead(200, SSE)
      for (const byte of chunk(`slow ${SECRET}`) + DONE) {
        response.write(byte)
        await wait(1)
      }
      response.end()
    },
    status: 200,
    says: /slow \[masked:github-pat(?:#[a-z0-9]{4})?\][\s\S]*\[DONE\]/,
    ending: 'replied',
  },
  'never ends': {
    answer: async (_, response) => {
      response.writeHead(200, SSE)
      for (let at = 0; !response.destroyed && at < 1000; at++) {
        response.write(chunk(`word ${at} `))
        await wait(50)
      }
    },
    status: 200,
    says: /word \d+ [\s\S]*limit\.time/,
    ending: 'failed',
    fault: 'limit.time',
  },
  'sends an event without end': {
    answer: async (_, response) => {
      response.writeHead(200, SSE).write('data: ')
      for (let at = 0; !response.destroyed && at < 14; at++) {
        response.write('x'.repeat(1_000_000))
        await wait(5)
      }
    },
    status: 200,
    says: /limit\.event/,
    ending: 'failed',
    fault: 'limit.event',
  },
  'sends a line of 10 MB': {
    answer: (_, response) => void response.writeHead(200, SSE).end(chunk(`${'x '.repeat(5_000_000)}${SECRET}`) + DONE),
    status: 200,
    says: /\[masked:github-pat(?:#[a-z0-9]{4})?\][\s\S]*\[DONE\]/,
    ending: 'replied',
  },
  'ends without its last event': {
    answer: (_, response) => void response.writeHead(200, SSE).end(chunk('half')),
    status: 200,
    says: /half[\s\S]*upstream\.truncated/,
    ending: 'failed',
    fault: 'upstream.truncated',
  },
  'promises more bytes than it sends': {
    answer: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"a":')
      setTimeout(() => response.destroy(), 50)
    },
    status: 502,
    says: /upstream\.reset/,
    ending: 'failed',
    fault: 'upstream.reset',
  },
  'compresses a bomb': {
    answer: (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(BOMB),
    status: 502,
    says: /limit\.reply/,
    ending: 'failed',
    fault: 'limit.reply',
  },
  redirects: {
    answer: (_, response) => void response.writeHead(307, { location: 'http://evil/' }).end('elsewhere'),
    status: 307,
    says: /^elsewhere$/,
    ending: 'replied',
  },
  'has no content': {
    answer: (_, response) => void response.writeHead(204).end(),
    status: 204,
    says: /^$/,
    ending: 'replied',
  },
  'refuses for lack of quota': {
    answer: (_, response) =>
      void response
        .writeHead(429, { 'retry-after': '7', 'x-request-id': 'up-1' })
        .end('{"error":{"message":"slow down"}}'),
    status: 429,
    says: /^\{"error":\{"message":"slow down"\}\}$/,
    ending: 'replied',
  },
}

const MORE = 'limits: { event_bytes: 11000000, reply_bytes: 100000000 }\n'
/** Those that are cut by a time limit; all others have all the time that they need. */
const LATE = ['never sends a byte', 'stalls in mid-stream', 'never ends']
const casesOf = (late: boolean) => Object.entries(CASES).filter(([name]) => LATE.includes(name) === late)
const SHORT = 'timeouts: { connect_ms: 10000, first_byte_ms: 1500, idle_ms: 1500, total_ms: 4000 }\n'

for (const late of [false, true])
  test(late ? 'an upstream that is late …' : 'an upstream that …', async (t) => {
    const ground = await openGround(
      t,
      (request, response) => CASES[JSON.parse(request.body.toString()).messages[0].content]?.answer(request, response),
      MORE + (late ? SHORT : ''),
    )
    for (const [name, { status, says, ending, fault }] of casesOf(late))
      await t.test(name, async () => {
        const before = ground.upstream.received.length
        const reply = await ground.post(prompt(name))
        assert.equal(reply.status, status, reply.text.slice(0, 300))
        assert.match(reply.text.slice(-3000), says)
        assert.ok(!reply.text.includes(SECRET))
        const shown = await ground.last()
        assert.deepEqual([shown.ending?.kind, shown.ending?.fault], [ending, fault])
        assert.equal(ground.upstream.received.length, before + 1, 'the prompt was sent more than once')
      })
    assert.doesNotMatch(ground.gateway.said(), /rejection|Warning|\n\s+at /)
  })

test('headers of a refusal pass, those of the connection and cookies do not', async (t) => {
  const ground = await openGround(t, (_, response) => {
    response.writeHead(429, {
      'retry-after': '7',
      'x-request-id': 'up-1',
      'set-cookie': 'a=b',
      'keep-alive': 'x',
      'x-gatelog-verdict': 'allow',
    })
    response.end('{}')
  })
  const { headers } = await ground.post(prompt('hi'))
  assert.deepEqual([headers['retry-after'], headers['x-request-id']], ['7', 'up-1'])
  assert.deepEqual([headers['set-cookie'], headers['x-gatelog-verdict']], [undefined, undefined])
  assert.equal((await ground.last()).ending?.requestId, 'up-1')
})

/** An upstream that speaks no proper HTTP. */
async function speaking(
  t: TestContext,
  says: (socket: Socket) => void,
): Promise<Ground & { fault: string | undefined }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => says(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const ground = await openGround(t, () => undefined, `# ${port}\n`)
  ground.gateway.configure(`connections: { up: { kind: openai, url: 'http://127.0.0.1:${port}' } }\n`)
  ground.gateway.child.kill('SIGHUP')
  await ground.gateway.hears('in force')
  const reply = await ground.post(prompt('hi'))
  assert.equal(reply.status, 502, reply.text)
  return { ...ground, fault: (await ground.last()).ending?.fault }
}

test('an upstream that speaks no HTTP, or has headers without end', async (t) => {
  const garbage = await speaking(t, (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
  assert.equal(garbage.fault, 'upstream.malformed')
  const endless = await speaking(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    for (let at = 0; at < 3000; at++) socket.write(`x-${at}: ${'y'.repeat(100)}\r\n`)
  })
  assert.equal(endless.fault, 'upstream.malformed')
})

test('an upstream that is not there', async (t) => {
  const gateway = await startGateway(t, "connections: { up: { kind: openai, url: 'http://127.0.0.1:1' } }\n")
  const headers = { 'content-type': 'application/json', 'x-gatelog-key': await gateway.key() }
  const reply = await send(`${gateway.url}/c/up/v1/chat/completions`, prompt('hi'), headers)
  assert.equal(reply.status, 502)
  assert.match(reply.text, /upstream\.refused/)
})
