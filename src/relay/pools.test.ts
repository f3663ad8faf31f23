/** TLS upstreams, private CAs and proxies. */
import assert from 'node:assert/strict'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { certificate, NO_OPENSSL } from './certificate.case.ts'
import { bytesOf, fault, listening, NEVER, rawServer, TIMEOUTS, until } from './loopback.case.ts'
import { Pools } from './pools.ts'
import { openRelay } from './relay.ts'
import type { Tls } from './server.ts'
import { makeAuthority, makeLeaf, openAuthority } from './tls/authority.ts'
import type { Outgoing, Upstream } from './upstream.ts'

const GET: Outgoing = {
  method: 'GET',
  path: '/x',
  headers: [
    ['X-A', '1'],
    ['X-A', '2'],
  ],
}

const options = { timeouts: TIMEOUTS, signal: NEVER }

function relayFor(t: TestContext) {
  const relay = openRelay()
  t.after(() => relay.close())
  return async (upstream: Upstream) => String(await bytesOf((await relay.forward(upstream, GET, options)).body))
}

async function secure(t: TestContext, tls: Tls) {
  const server = createHttps({ ...tls }, (request, response) =>
    response.end(`${request.socket.remoteAddress && request.url} ${request.headersDistinct['x-a']}`),
  )
  const port = await listening(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`https://localhost:${port}`)
}

/** A proxy that tunnels; `lines` are the CONNECTs it saw. */
async function proxy(t: TestContext, status = 200) {
  const lines: string[] = []
  const server = createHttp((_request, response) => response.writeHead(500).end())
  server.on('connect', (request, socket, head) => {
    lines.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const far = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      far.write(head)
      far.pipe(socket).pipe(far)
    })
    for (const end of [far, socket]) end.on('error', () => [far, socket].map((each) => each.destroy()))
    socket.on('close', () => far.destroy())
  })
  const port = await listening(server)
  t.after(() => server.close())
  return { url: new URL(`http://user:p%40ss@127.0.0.1:${port}`), lines }
}

test('a private CA is trusted where the connection says so, and nowhere else', { skip: NO_OPENSSL }, async (t) => {
  const tls = certificate(t, 'localhost')
  const origin = await secure(t, tls)
  const get = relayFor(t)
  assert.equal(await get({ origin, ca: tls.cert }), '/x 1,2')
  await assert.rejects(get({ origin }), fault('upstream.tls'))
  const other = certificate(t, 'localhost')
  await assert.rejects(get({ origin, ca: other.cert }), fault('upstream.tls'))
  assert.equal(await get({ origin, ca: `${other.cert}\n${tls.cert}` }), '/x 1,2')
})

test('a certificate for another name: upstream.tls', { skip: NO_OPENSSL }, async (t) => {
  const tls = certificate(t, 'elsewhere')
  const origin = await secure(t, tls)
  await assert.rejects(relayFor(t)({ origin, ca: tls.cert }), fault('upstream.tls'))
})

test('TLS to a port that speaks plain, and a CA bundle that is none: upstream.tls', async (t) => {
  const { port } = await rawServer(
    t,
    (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
  )
  const origin = new URL(`https://localhost:${port}`)
  await assert.rejects(relayFor(t)({ origin }), fault('upstream.tls'))
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  await assert.rejects(relayFor(t)({ origin, ca: broken }), fault('upstream.tls'))
})

test('through a proxy: TLS and plain upstreams are tunnelled, the proxy gets its password, headers stay double', {
  skip: NO_OPENSSL,
}, async (t) => {
  const tls = certificate(t, 'localhost')
  const origin = await secure(t, tls)
  const plain = createHttp((request, response) =>
    response.end(`plain ${request.headersDistinct['x-a']} ${request.headers.host}`),
  )
  const port = await listening(plain)
  t.after(() => plain.close())
  const { url, lines } = await proxy(t)
  const get = relayFor(t)
  assert.equal(await get({ origin, ca: tls.cert, proxy: url }), '/x 1,2')
  assert.equal(await get({ origin: new URL(`http://127.0.0.1:${port}`), proxy: url }), `plain 1,2 127.0.0.1:${port}`)
  const credential = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
  assert.deepEqual(lines, [`localhost:${origin.port} ${credential}`, `127.0.0.1:${port} ${credential}`])
})

test('a proxy that refuses, or is not there: upstream.refused, without its password', async (t) => {
  const { url } = await proxy(t, 407)
  const origin = new URL('https://upstream.invalid')
  const get = relayFor(t)
  const told = await get({ origin, proxy: url }).catch((error) => error)
  assert.equal(told.code, 'upstream.refused')
  assert.match(told.message, /407/)
  assert.ok(!told.message.includes('p@ss') && !told.message.includes('p%40ss'))
  await assert.rejects(get({ origin, proxy: new URL('http://127.0.0.2:9') }), fault('upstream.refused'))
})

test('an abort reaches through a proxy', async (t) => {
  const silent = await rawServer(t, () => undefined)
  const { url } = await proxy(t)
  const relay = openRelay()
  t.after(() => relay.close())
  const abort = new AbortController()
  const pending = relay.forward({ origin: silent.origin, proxy: url }, GET, {
    timeouts: TIMEOUTS,
    signal: abort.signal,
  })
  await until(() => silent.sockets.size === 1)
  abort.abort()
  await assert.rejects(pending, fault('client.aborted'))
  await until(() => silent.sockets.size === 0, 1000)
})

test('pools are shared by what matters and by nothing else', async () => {
  const pools = new Pools()
  const origin = new URL('http://a.invalid/path')
  const one = pools.of({ origin })
  assert.equal(pools.of({ origin: new URL('http://a.invalid/other') }), one)
  assert.notEqual(pools.of({ origin, proxy: new URL('http://p.invalid') }), one)
  assert.notEqual(pools.of({ origin: new URL('https://a.invalid') }), one)
  await pools.destroy()
})

test('a bundle adds to the CAs that Node trusts, and takes none away', { skip: NO_OPENSSL }, async (t) => {
  const [known, own] = [certificate(t, 'localhost'), certificate(t, 'localhost')]
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, known.cert])
  t.after(() => setDefaultCACertificates(before))
  const text = relayFor(t)
  assert.equal(await text({ origin: await secure(t, known), ca: own.cert }), '/x 1,2')
  assert.equal(await text({ origin: await secure(t, own), ca: own.cert }), '/x 1,2')
})

test('an upstream whose certificate has expired: upstream.tls', async (t) => {
  const before = Date.now() - 30 * 86_400_000
  const authority = openAuthority(await makeAuthority({ permitted: ['localhost'], days: 90, now: before }))
  const get = relayFor(t)
  const good = await makeLeaf(authority, 'localhost', Date.now(), 1)
  assert.equal(await get({ origin: await secure(t, good), ca: authority.top }), '/x 1,2')
  const over = await makeLeaf(authority, 'localhost', before, 1)
  await assert.rejects(get({ origin: await secure(t, over), ca: authority.top }), fault('upstream.tls'))
})
