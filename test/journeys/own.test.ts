/** The gateway’s own address, asked for through the gateway as a proxy: clients that GitHub’s replies have led there know nothing else. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, type Gateway, lastOf, startGateway } from '../process.case.ts'
import { askOver, basic, connectTo, shake } from '../tunnel.case.ts'
import { DONE, prompt } from '../upstream.case.ts'
import { startWorld } from '../world.case.ts'

const GITHUB = 'api.github.com'
const PARTS = ['api', 'proxy', 'telemetry'] as const
const HOSTS = PARTS.map((part) => `${part}.business.githubcopilot.com`)
const USER = {
  login: 'mona',
  copilot_plan: 'business',
  endpoints: Object.fromEntries(PARTS.map((part, at) => [part, `https://${HOSTS[at]}`])),
}
const CHAT = '/chat/completions'
const OWN = `/api${CHAT}`
const NO_OPENSSL = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false
const LAN =
  Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? ''

/** A gateway that is led to, with GitHub and Copilot behind a corporate proxy. */
async function stage(t: TestContext, yaml: (folder: string) => string) {
  const world = await startWorld(t, [GITHUB, ...HOSTS], ({ path }, response) => {
    if (path !== '/copilot_internal/user') return void response.end(DONE)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(USER))
  })
  const folder = folderFor(t)
  const by = `proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}'`
  const gateway = await startGateway(t, `${yaml(folder)}connections: { copilot: { kind: copilot, ${by} } }\n`, folder)
  const { pem } = await gateway.api<{ pem: string }>('/ca/pem')
  return { world, gateway, ca: pem }
}

/** What a client is told that asks GitHub, by the tunnel that it knows. */
async function endpointsOf(gateway: string, key: string, ca: string): Promise<typeof USER.endpoints> {
  const { socket } = await connectTo(gateway, `${GITHUB}:443`, basic(key))
  const inner = await shake(socket, { servername: GITHUB, ca })
  const headers = { authorization: 'token gho_x' }
  const { text } = await askOver(inner, GITHUB, { method: 'GET', path: '/copilot_internal/user', headers })
  return (JSON.parse(text) as typeof USER).endpoints
}

const asking = { body: prompt('led here'), headers: { authorization: 'Bearer tid=1' } }

/** A prompt is an exchange of the reverse door, whose credential was the tunnel’s. */
async function accountFor(gateway: Gateway): Promise<void> {
  const { opening, ending } = await lastOf(gateway)
  const { door, connection, host, path, actor } = opening
  assert.deepEqual([door, connection, host, path, actor?.id], ['reverse', 'copilot', 'api', OWN, 'ana'])
  assert.equal(ending?.kind, 'replied')
}

/** One request with an absolute target; its status. */
function absolute(gateway: string, target: string, key: string): Promise<number> {
  const { hostname, port } = new URL(gateway)
  const headers = { ...asking.headers, ...basic(key), host: new URL(target).host, 'content-type': 'application/json' }
  const options = { host: hostname, port, method: 'POST', path: target, headers, agent: false }
  return new Promise((resolve, reject) => {
    const asked = ask(options, (answer) => resolve(answer.resume().statusCode ?? 0))
    asked.once('error', reject).end(asking.body)
  })
}

test('a client that GitHub’s reply leads to the gateway reaches it by the proxy that it knows', async (t) => {
  const { world, gateway, ca } = await stage(t, () => 'copilot: { rewrite_endpoints: true }\n')
  const key = await gateway.key()
  const endpoints = await endpointsOf(gateway.url, key, ca)
  assert.deepEqual(endpoints, Object.fromEntries(PARTS.map((part) => [part, `${gateway.url}/c/copilot/${part}`])))
  const { host } = new URL(endpoints['api'] ?? '')
  const { socket, status } = await connectTo(gateway.url, host, basic(key))
  assert.equal(status, 200)
  const answer = await askOver(socket, host, { ...asking, path: `/c/copilot/api${CHAT}` })
  assert.equal(answer.status, 200)
  await accountFor(gateway)
  assert.equal(await absolute(gateway.url, `${endpoints['api']}${CHAT}`, key), 200)
  await accountFor(gateway)
  const { rawHeaders, headers, host: asked } = world.asked.at(-1) ?? assert.fail('nothing went up')
  assert.deepEqual([asked, headers.authorization], [HOSTS[0], 'Bearer tid=1'])
  assert.ok(!rawHeaders.join().includes(key) && !/proxy-/i.test(rawHeaders.join()))
  const direct = await fetch(`${endpoints['api']}${CHAT}`, { method: 'POST', ...asking })
  assert.equal(direct.headers.get('x-gatelog-error'), 'identity.missing')
})

test('such a tunnel bears all that the port takes, of one credential; without one, or within another, there is none', async (t) => {
  const { gateway, ca } = await stage(t, () => '')
  const key = await gateway.key()
  const { host } = new URL(gateway.url)
  const inside = async (secret: string) => (await connectTo(gateway.url, host, basic(secret))).socket
  const traces = await askOver(await inside(key), host, { path: '/otlp/v1/traces', body: '{"resourceSpans":[]}' })
  assert.deepEqual([traces.status, traces.text], [200, '{}'])
  const stray = await askOver(await inside(key), host, { path: '/elsewhere', body: '{}' })
  assert.deepEqual([stray.status, stray.headers['x-gatelog-error']], [404, 'request.path'])
  const nobody = await askOver(await inside('nonsense'), host, { ...asking, path: `/c/copilot/api${CHAT}` })
  assert.deepEqual([nobody.status, nobody.headers['x-gatelog-error']], [400, 'identity.unknown'])
  const fronted = await askOver(await inside(key), 'elsewhere.example', { ...asking, path: `/c/copilot/api${CHAT}` })
  assert.deepEqual([fronted.status, fronted.headers['x-gatelog-error']], [421, 'forward.name'])
  const secure = shake(await inside(key), { rejectUnauthorized: false })
  await assert.rejects(secure)
  const missing = await connectTo(gateway.url, host, {})
  assert.equal(missing.status, 407)
  const outer = await connectTo(gateway.url, `${GITHUB}:443`, basic(key))
  const inner = await shake(outer.socket, { servername: GITHUB, ca })
  const nested = new Promise<string>((resolve) => inner.once('data', (bytes) => resolve(bytes.toString())))
  inner.write(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  assert.match(await nested, /forward\.nested/)
})

test('as an absolute target the port takes all that it takes directly: the CA’s certificates, telemetry, GitHub’s stream', async (t) => {
  const { gateway } = await stage(t, () => '')
  const { host, hostname, port } = new URL(gateway.url)
  const key = await gateway.key()
  const ask = async (path: string, more: { method?: string; body?: string; headers?: Record<string, string> }) => {
    const socket = connect(Number(port), hostname)
    return askOver(socket, host, { path: `${gateway.url}${path}`, ...more })
  }
  const file = await ask('/ca.pem', { method: 'GET' })
  assert.deepEqual([file.status, file.text.startsWith('-----BEGIN CERTIFICATE-----')], [200, true])
  const json = { ...basic(key), 'content-type': 'application/json' }
  const traces = await ask('/otlp/v1/traces', { body: '{"resourceSpans":[]}', headers: json })
  assert.deepEqual([traces.status, traces.text], [200, '{}'])
  const health = await ask('/services/collector/health', { method: 'GET' })
  assert.match(health.text, /HEC is healthy/)
  const stream = await ask('/services/collector', { body: '{}', headers: { authorization: 'Splunk gtl_svc_x' } })
  assert.deepEqual([stream.status, JSON.parse(stream.text).code], [403, 4])
  const tunnel = await connectTo(gateway.url, host, basic(key))
  const fronted = await askOver(tunnel.socket, 'elsewhere.example', { method: 'GET', path: '/ca.pem' })
  assert.deepEqual([fronted.status, fronted.headers['x-gatelog-error']], [421, 'forward.name'])
})

test('the configured address is the gateway too; a key works there from its own network alone, however the address is written', {
  skip: LAN === '' && 'this machine has no network but loopback',
}, async (t) => {
  const port = await freePort()
  const address = `http://${LAN}:${port}`
  const { gateway, ca } = await stage(
    t,
    () => `listen: { gateway: '0.0.0.0:${port}', health: '127.0.0.1:0' }
insecure_listen: true
copilot: { rewrite_endpoints: true, address: '${address}' }
forward: { other_hosts: tunnel, private_addresses: allow }
`,
  )
  const bound = await gateway.key('--user', 'ana', '--network', `${LAN}/32`)
  const free = await gateway.key('--user', 'bob')
  const { api = '' } = await endpointsOf(address, bound, ca)
  assert.equal(api, `${address}/c/copilot/api`)
  assert.equal(await absolute(address, `${api}${CHAT}`, bound), 200)
  await accountFor(gateway)
  const health = new URL(gateway.health).port
  const spelled = [LAN, '127.0.0.1', '127.9.9.9', 'localhost', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]']
  for (const host of [...spelled, '[::ffff:7f00:1]', '[::ffff:0.0.0.0]', `[::ffff:${LAN}]`, '[64:ff9b::7f00:1]']) {
    const { socket, status, told } = await connectTo(address, `${host}:${port}`, basic(bound))
    assert.equal(status, 200, told)
    const own = { ...asking, headers: { ...asking.headers, 'x-gatelog-key': free } }
    const answer = await askOver(socket, `${host}:${port}`, { ...own, path: `/c/copilot/api${CHAT}` })
    assert.equal(answer.headers['x-gatelog-error'], 'identity.network', host)
    const beside = await connectTo(address, `${host}:${health}`, basic(bound))
    assert.deepEqual([beside.status, /forward\.loop/.test(beside.told)], [508, true], host)
  }
})

test('a gateway that speaks TLS does so within such a tunnel too, with its own certificate', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { gateway, ca } = await stage(t, (folder) => {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const curve = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    assert.equal(spawnSync('openssl', [...curve, ...files, ...names]).status, 0)
    const tls = `{ cert: '${join(folder, 'cert.pem')}', key: '${join(folder, 'key.pem')}' }`
    return `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0', tls: ${tls} }\ncopilot: { rewrite_endpoints: true }\n`
  })
  const cert = readFileSync(join(gateway.folder, 'cert.pem'), 'utf8')
  const plain = await plainTo(t, gateway.url, cert)
  const key = await gateway.key()
  const { api = '' } = await endpointsOf(plain, key, ca)
  assert.equal(api, `${gateway.url}/c/copilot/api`)
  const { host } = new URL(api)
  const { socket } = await connectTo(plain, host, basic(key))
  const inner = await shake(socket, { host: '127.0.0.1', ca: cert })
  assert.equal((await askOver(inner, host, { ...asking, path: `/c/copilot/api${CHAT}` })).status, 200)
  await accountFor(gateway)
  const clear = await connectTo(plain, host, basic(key))
  const refused = await askOver(clear.socket, host, { ...asking, path: `/c/copilot/api${CHAT}` })
  assert.equal(refused.headers['x-gatelog-error'], 'forward.handshake')
})

/** A plain port that leads to a gateway's TLS port, as the agent does, and adds nothing. */
async function plainTo(t: TestContext, gateway: string, ca: string): Promise<string> {
  const { connect } = await import('node:tls')
  const server = createServer((socket) => {
    const far = connect({ host: '127.0.0.1', port: Number(new URL(gateway).port), ca })
    far.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('error', () => far.destroy()).on('close', () => far.destroy())
    socket.pipe(far).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A port below those that the system gives out by itself, so that nobody is given it before the gateway listens there. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const server = createServer()
  const isFree = await new Promise<boolean>((resolve) =>
    server.once('error', () => resolve(false)).listen(port, '0.0.0.0', () => resolve(true)),
  )
  if (!isFree) return freePort()
  await new Promise((resolve) => server.close(resolve))
  return port
}
