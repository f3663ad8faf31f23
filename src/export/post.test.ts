/** A line through an HTTP proxy: it is asked to CONNECT, TLS goes on to the receiver, and what it refuses is a clear fault. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openLine } from './post.ts'
import { certificate } from './sinks/certificate.case.ts'

async function receiver(t: TestContext) {
  const { cert, key } = await certificate()
  const server = createServer({ cert, key }, async (asked, reply) => {
    const body = Buffer.concat(await asked.toArray())
    reply.end(`${asked.method} ${asked.url} ${body}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { cert, url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`) }
}

/** A proxy that opens tunnels for one name and password. */
async function proxy(t: TestContext) {
  const asked: string[] = []
  const right = `Basic ${Buffer.from('ana:pass').toString('base64')}`
  const server = createHttp((_, reply) => reply.writeHead(500).end())
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    if (request.headers['proxy-authorization'] !== right)
      return void socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n')
    const [host = '', port] = (request.url ?? '').split(':')
    const out = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      out.pipe(socket).pipe(out)
    })
    for (const each of [out, socket]) each.on('error', () => undefined)
    t.after(() => void [out, socket].map((each) => each.destroy()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const posted = (url: URL) =>
  ({ method: 'POST', url, headers: {}, body: 'text', signal: AbortSignal.timeout(5000) }) as const

test('a request goes through the proxy, and TLS to the receiver', async (t) => {
  const [{ cert, url }, { asked, host }] = [await receiver(t), await proxy(t)]
  const line = openLine({ ca: cert, proxy: `http://ana:pass@${host}` })
  t.after(() => line.close())
  const { status, text } = await line.send(posted(url))
  assert.deepEqual([status, text, asked], [200, 'POST /a?b=c text', [url.host]])
})

test('a receiver that nobody vouches for is not trusted through a proxy either', async (t) => {
  const [{ url }, { host }] = [await receiver(t), await proxy(t)]
  const line = openLine({ proxy: `http://ana:pass@${host}` })
  t.after(() => line.close())
  await assert.rejects(line.send(posted(url)), { code: 'export.unreachable', detail: /SELF_SIGNED|UNABLE_TO_VERIFY/ })
})

test('a proxy that refuses, or is not there, is a clear fault that holds no password', async (t) => {
  const [{ cert, url }, { host }] = [await receiver(t), await proxy(t)]
  for (const own of [`http://ana:wrong@${host}`, 'http://ana:wrong@127.0.0.1:1']) {
    const line = openLine({ ca: cert, proxy: own })
    t.after(() => line.close())
    await assert.rejects(line.send(posted(url)), (error) => {
      assert.match(String(error), /127\.0\.0\.1/)
      assert.doesNotMatch(String(error), /wrong/)
      return (error as { code: string }).code === 'export.unreachable'
    })
  }
})
