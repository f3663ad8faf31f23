/** The forward door with real parts: undici, curl, openssl, raw CONNECT; a provider that speaks TLS behind a proxy. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { ProxyAgent, request } from 'undici'
import { type Ends, folderFor } from '../process.case.ts'
import { agentOf, CORP, echo, HOST, inside, open, type Scene, streams } from '../scene.case.ts'
import { askOver, basic, connectTo, shake } from '../tunnel.case.ts'
import { chunk, DONE, prompt, SECRET, startUpstream, type Upstream } from '../upstream.case.ts'
import { type Says, startWorld } from '../world.case.ts'

const CHAT = '/v1/chat/completions'
const KEEP = { connection: 'keep-alive' }
const absent = (command: string) => (spawnSync(command, ['--version']).error ? `${command} is not installed` : false)
const ends: (() => unknown)[] = []
const FILE: Ends = { after: (end) => void ends.unshift(end) }
after(async () => {
  for (const end of ends) await end()
})
const NO_OPENSSL = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

/** One gateway for most of what follows; `say` is what the provider says. */
let scene: Scene
let near: Upstream
let echoing: number

before(async () => {
  near = await startUpstream(FILE, (_, response) => void response.end(DONE))
  echoing = await echo(FILE)
  const more = `  near: { kind: openai, url: '${near.url}' }
forward: { other_hosts: ['127.0.0.1:${echoing}'] }
rules: [{ name: no-cake, when: 'prompt.text.contains("cake")', then: deny, reason: ask first }]
`
  scene = await open(FILE, (asked, response) => say(asked, response), more)
})

let say = streams

const post = {
  method: 'POST',
  body: prompt('hi'),
  headers: { 'content-type': 'application/json', authorization: 'Bearer own' },
} as const

/** What the provider was asked since `from`. */
const since = (from: number) => scene.world.asked.slice(from)

test('undici through the proxy: masked, recorded as any other exchange, and upstream sees nothing of the gateway', async (t) => {
  const reply = await request(`https://${HOST}${CHAT}?beta=1`, { ...post, dispatcher: agentOf(t, scene) })
  const text = await reply.body.text()
  assert.equal(reply.statusCode, 200)
  assert.ok(text.includes('[masked:github-pat') && !text.includes(SECRET))
  assert.ok(text.endsWith('data: [DONE]\n\n'))
  const asked = scene.world.asked.at(-1)
  assert.deepEqual([asked?.host, asked?.path, asked?.headers.authorization], [HOST, `${CHAT}?beta=1`, 'Bearer own'])
  assert.ok(!JSON.stringify(asked).includes(scene.key) && !/proxy-|x-gatelog/i.test(asked?.rawHeaders.join() ?? ''))
  assert.equal(scene.world.targets.at(-1), `${HOST}:443`)
  const { opening, ending } = await scene.last()
  const { door, connection, host, method, path, actor, verdict } = opening
  assert.deepEqual([door, connection, host, method, path], ['forward', 'openai', 'api', 'POST', `${CHAT}?beta=…`])
  assert.deepEqual([actor?.id, verdict?.kind, ending?.kind, ending?.findings.length], ['ana', 'allow', 'replied', 1])
})

test('one tunnel bears many requests, of which each is an exchange; the key’s scope chooses among connections', async () => {
  const key = await scene.gateway.key('--user', 'bob', '--connection', 'second')
  const socket = await inside({ ...scene, key })
  for (const path of [CHAT, CHAT]) {
    const { status } = await askOver(socket, HOST, { path, body: prompt('hi'), headers: KEEP })
    assert.equal(status, 200)
  }
  socket.destroy()
  const shown = await scene.all('user:bob')
  assert.deepEqual(
    shown.map(({ opening }) => [opening.connection, opening.door]),
    [
      ['second', 'forward'],
      ['second', 'forward'],
    ],
  )
})

test('a connection’s own base is the beginning of its paths; another path at that host goes nowhere', async () => {
  const from = scene.world.asked.length
  const socket = await inside(scene, CORP)
  const good = await askOver(socket, CORP, { path: `/team${CHAT}`, body: prompt('hi'), headers: KEEP })
  assert.equal(good.status, 200)
  const bad = await askOver(socket, CORP, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([bad.status, bad.headers['x-gatelog-error']], [404, 'request.host'])
  assert.deepEqual(
    since(from).map(({ path }) => path),
    [`/team${CHAT}`],
  )
})

test('a client that comes again goes on with the TLS session that it had', async () => {
  const visit = async (session?: Buffer) => {
    const { socket } = await connectTo(scene.gateway.url, `${HOST}:443`, basic(scene.key))
    const inner = await shake(socket, { servername: HOST, ca: scene.ca, ...(session && { session }) })
    await askOver(inner, HOST, { path: CHAT, body: prompt('hi') })
    const seen = { resumed: inner.isSessionReused(), session: inner.getSession() }
    inner.destroy()
    return seen
  }
  const first = await visit()
  assert.equal(first.resumed, false)
  assert.equal((await visit(first.session)).resumed, true)
})

test('curl through the proxy', { skip: absent('curl') }, async () => {
  const file = join(scene.gateway.folder, 'ca.pem')
  writeFileSync(file, scene.ca)
  const args = ['-sS', '-x', scene.proxy, '--cacert', file, '-H', 'content-type: application/json', '-d', prompt('hi')]
  const told = await new Promise<string>((resolve, reject) => {
    execFile('curl', [...args, `https://${HOST}${CHAT}`], (error, out) => (error ? reject(error) : resolve(out)))
  })
  assert.ok(told.includes('[masked:github-pat') && told.endsWith('data: [DONE]\n\n'))
})

test('openssl sees a leaf of seven days below the CA, TLS 1.2 and 1.3, HTTP/1.1 alone', {
  skip: NO_OPENSSL,
}, async () => {
  const file = join(scene.gateway.folder, 'ca.pem')
  writeFileSync(file, scene.ca)
  const { host } = new URL(scene.gateway.url)
  const ask = (...more: string[]) => {
    const login = ['-proxy', host, '-proxy_user', 'ana', '-proxy_pass', `pass:${scene.key}`]
    const name = ['-connect', `${HOST}:443`, '-servername', HOST, '-verify_hostname', HOST, '-CAfile', file]
    return new Promise<string>((resolve) => {
      const child = execFile('openssl', ['s_client', ...login, ...name, ...more], (_, out, err) => resolve(out + err))
      child.stdin?.end('')
    })
  }
  const told = await ask('-alpn', 'h2,http/1.1')
  assert.match(told, /Verify return code: 0 \(ok\)/)
  assert.match(told, /ALPN protocol: http\/1\.1/)
  assert.match(told, /New, TLSv1\.3/)
  const [pem = ''] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(told) ?? []
  const leaf = new X509Certificate(pem)
  assert.equal(leaf.subjectAltName, `DNS:${HOST}`)
  assert.ok(Date.parse(leaf.validTo) - Date.now() < 7.1 * 86_400_000)
  assert.match(await ask('-tls1_2'), /New, TLSv1\.2/)
  assert.match(await ask('-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'), /alert protocol version/)
  assert.match(await ask('-alpn', 'h2'), /no application protocol/i)
})

test('without a credential 407, with help; with Negotiate the same; with any other nothing is refused at CONNECT', async () => {
  const { gateway, ca } = scene
  const from = scene.world.asked.length
  for (const headers of [{}, { 'proxy-authorization': 'Negotiate YII=' }] as Record<string, string>[]) {
    const { status, told } = await connectTo(gateway.url, `${HOST}:443`, headers)
    assert.equal(status, 407)
    assert.match(told, /proxy-authenticate: Basic realm=/)
    assert.match(told, /HTTPS_PROXY or http\.proxy/)
  }
  const missing = async () => (await scene.all()).find(({ opening }) => opening.fault === 'identity.missing')
  while (!(await missing())) await wait(10) // the answer does not wait for the record
  assert.equal((await missing())?.opening.path, `${HOST}:443`)
  const answer = await askOver(await inside({ gateway, ca, key: 'nonsense' }), HOST, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([answer.status, answer.headers['x-gatelog-error']], [400, 'identity.unknown'])
  const unknown = await scene.last()
  assert.deepEqual(
    [unknown.opening.fault, unknown.opening.path, unknown.opening.actor],
    ['identity.unknown', CHAT, undefined],
  )
  const asUser = await connectTo(gateway.url, `${HOST}:443`, basic('', scene.key))
  const socket = await shake(asUser.socket, { servername: HOST, ca })
  const good = await askOver(socket, HOST, { path: CHAT, body: prompt('hi') })
  assert.equal(good.status, 200)
  assert.equal(since(from).length, 1)
})

test('a denied prompt and a revoked key are told within TLS; a revoked key cuts streams and tunnels', async (t) => {
  const key = await scene.gateway.key('--user', 'eve')
  const own = { ...scene, key }
  const from = scene.world.asked.length
  const denied = await askOver(await inside(own), HOST, { path: CHAT, body: prompt('cake') })
  assert.equal(denied.status, 400)
  assert.match(denied.text, /no-cake: ask first/)
  say = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('without end'))
    await once(response, 'close')
  }
  t.after(() => {
    say = streams
  })
  const running = askOver(await inside(own), HOST, { path: CHAT, body: prompt('hi') })
  const { socket } = await connectTo(scene.gateway.url, `127.0.0.1:${echoing}`, basic(key))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write('1')
  while (since(from).length === 0) await wait(10)
  const rows = await scene.gateway.api<{ id: string; actor: { id: string } }[]>('/keys')
  await scene.gateway.gatelog('keys', 'revoke', rows.find(({ actor }) => actor.id === 'eve')?.id ?? '')
  assert.match((await running).text, /revoked/)
  await closed
  const after = await askOver(await inside(own), HOST, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([after.status, after.headers['x-gatelog-error']], [400, 'identity.revoked'])
  assert.equal(since(from).length, 1)
  const shown = await scene.all('user:eve')
  const tunnel = shown.find(({ opening }) => opening.method === 'CONNECT')?.ending
  assert.deepEqual([tunnel?.kind, tunnel?.fault, tunnel?.tunnel?.sent], ['aborted', 'identity.revoked', 1])
})

test('plain text: an absolute target, and CONNECT to a port that speaks no TLS, reach the same connection', async () => {
  const { host } = new URL(near.url)
  const tunnel = await connectTo(scene.gateway.url, host, basic(scene.key))
  assert.equal((await askOver(tunnel.socket, host, { path: CHAT, body: prompt('one') })).status, 200)
  const models = `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  const early = await connectTo(scene.gateway.url, host, basic(scene.key), models)
  await new Promise((resolve) => early.socket.once('close', resolve).resume())
  const status = await absolute(`http://${host}${CHAT}`, basic(scene.key), prompt('two'))
  assert.equal(status, 200)
  assert.equal(await absolute(`http://${host}${CHAT}`, {}, prompt('three')), 407)
  assert.deepEqual(
    near.received.map(({ path }) => path),
    [CHAT, '/v1/models', CHAT],
  )
  const shown = await scene.all('connection:near')
  assert.deepEqual(
    shown.map(({ opening }) => [opening.door, opening.path]),
    [
      ['forward', CHAT],
      ['forward', '/v1/models'],
      ['forward', CHAT],
    ],
  )
})

test('an absolute target that is the gateway itself is the reverse door', async () => {
  const own = `${scene.gateway.url}/c/near${CHAT}`
  assert.equal(await absolute(own, { 'x-gatelog-key': scene.key }, prompt('hi')), 200)
  assert.equal((await scene.last()).opening.door, 'reverse')
})

/** One request with an absolute target; its status. */
function absolute(target: string, headers: Record<string, string>, body: string): Promise<number> {
  const { hostname, port } = new URL(scene.gateway.url)
  const all = { host: new URL(target).host, 'content-type': 'application/json', ...headers }
  const options = { host: hostname, port, method: 'POST', path: target, headers: all, agent: false }
  return new Promise((resolve, reject) => {
    const asked = ask(options, (answer) => resolve(answer.resume().statusCode ?? 0))
    asked.once('error', reject).end(body)
  })
}

test('a host of no connection: refused by default, tunnelled unread where it is listed, and its bytes are on the record', async () => {
  const refused = await connectTo(scene.gateway.url, 'github.com:443', basic(scene.key))
  assert.equal(refused.status, 403)
  assert.match(refused.told, /x-gatelog-error: forward\.host/)
  const { socket } = await connectTo(scene.gateway.url, `127.0.0.1:${echoing}`, basic(scene.key))
  socket.write('12345')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.end()
  const { opening, ending } = await scene.last()
  const { door, route, method, path, actor } = opening
  assert.deepEqual(
    [door, route, method, path, actor?.id],
    ['forward', 'unread', 'CONNECT', `127.0.0.1:${echoing}`, 'ana'],
  )
  assert.deepEqual([ending?.kind, ending?.tunnel], ['replied', { sent: 5, received: 10 }])
  const stranger = await connectTo(scene.gateway.url, `127.0.0.1:${echoing}`, basic('nonsense'))
  assert.deepEqual([stranger.status, /x-gatelog-error: (\S+)/.exec(stranger.told)?.[1]], [403, 'identity.unknown'])
})

test('a rotated CA: clients that trust the export of before and after are served by either', async () => {
  const first = await inside(scene)
  first.destroy()
  assert.match((await scene.gateway.gatelog('ca', 'rotate', '--now')).stdout, /signed before; still exported/)
  await assert.rejects(inside(scene), /self-signed|unable to/)
  const { pem: ca } = await scene.gateway.api<{ pem: string }>('/ca/pem')
  assert.equal(ca.match(/BEGIN/g)?.length, 2)
  const answer = await askOver(await inside({ ...scene, ca }), HOST, { path: CHAT, body: prompt('hi') })
  assert.equal(answer.status, 200)
})

test('tunnels and plain requests go through the corporate proxy where one is set; a stream within a tunnel ends well', async (t) => {
  const world = await startWorld(t, [], () => undefined)
  const upstream = await startUpstream(
    t,
    (_, response) => void response.writeHead(200, { 'set-cookie': 'a=1' }).end('far'),
  )
  const { host: page } = new URL(upstream.url)
  const slow: Says = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('slow'))
    await wait(900)
    response.end(chunk(' answer') + DONE)
  }
  const others = `['127.0.0.1:${echoing}', '${page}']`
  const own = await open(t, slow, `forward: { proxy: '${world.proxy}', other_hosts: ${others} }`)
  const { socket } = await connectTo(own.gateway.url, `127.0.0.1:${echoing}`, basic(own.key))
  socket.write('123')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.end()
  assert.deepEqual((await own.last()).ending?.tunnel, { sent: 3, received: 6 })
  const agent = new ProxyAgent({ uri: own.proxy, proxyTunnel: false })
  t.after(() => agent.destroy())
  const reply = await request(`${upstream.url}/page?x=1`, { dispatcher: agent })
  assert.deepEqual([reply.statusCode, await reply.body.text()], [200, 'far'])
  assert.deepEqual(world.targets, [`127.0.0.1:${echoing}`, page])
  const [got] = upstream.received
  assert.deepEqual([got?.path, got?.headers.host], ['/page?x=1', page])
  assert.ok(!JSON.stringify(got?.rawHeaders).includes('roxy'))
  const { opening, ending } = await own.last()
  assert.deepEqual([opening.path, opening.route, ending?.kind], [page, 'unread', 'replied'])
  await endsWell(own)
})

/** SIGTERM with a stream, an idle tunnel and an idle connection within one. */
async function endsWell(own: Scene): Promise<void> {
  const idle = await connectTo(own.gateway.url, `127.0.0.1:${echoing}`, basic(own.key))
  const waiting = await inside(own)
  const reply = askOver(await inside(own), HOST, { path: CHAT, body: prompt('hi') })
  while (own.world.asked.length === 0) await wait(10)
  const ended = own.gateway.end('SIGTERM')
  assert.ok((await reply).text.endsWith('data: [DONE]\n\n'))
  assert.equal(await ended, 0)
  idle.socket.destroy()
  waiting.destroy()
}

test('a gateway that speaks TLS is a proxy over TLS too: TLS within TLS', { skip: NO_OPENSSL }, async (t) => {
  const folder = folderFor(t)
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const curve = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  assert.equal(spawnSync('openssl', [...curve, ...files, ...names]).status, 0)
  const tls = `{ cert: '${join(folder, 'cert.pem')}', key: '${join(folder, 'key.pem')}' }`
  const own = await open(t, streams, '', `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0', tls: ${tls} }\n`)
  const uri = own.proxy.replace('127.0.0.1', 'localhost')
  const cert = readFileSync(join(folder, 'cert.pem'), 'utf8')
  const agent = new ProxyAgent({ uri, requestTls: { ca: own.ca }, proxyTls: { ca: cert } })
  t.after(() => agent.destroy())
  for (const words of ['one', 'two']) {
    const reply = await request(`https://${HOST}${CHAT}`, { ...post, body: prompt(words), dispatcher: agent })
    assert.ok((await reply.body.text()).endsWith('data: [DONE]\n\n'))
  }
  assert.equal((await own.last()).opening.door, 'forward')
})
