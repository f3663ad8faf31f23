/** Hostile use of the forward door: names and addresses in disguise, handshakes that lie, clients that leave or do not trust. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as secure } from 'node:tls'
import type { CheckRow, Shown } from '#console'
import { type Ends, folderFor, type Gateway, gatelog, lastOf, startGateway } from '../process.case.ts'
import { askOver, basic, connectTo, shake } from '../tunnel.case.ts'
import { DONE, prompt, startUpstream, type Upstream } from '../upstream.case.ts'
import { startWorld, type World } from '../world.case.ts'

const HOST = 'api.openai.com'
const CHAT = '/v1/chat/completions'
const NO_OPENSSL = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

const ends: (() => unknown)[] = []
const FILE: Ends = { after: (end) => void ends.unshift(end) }
let gateway: Gateway
let world: World
let near: Upstream
let key: string
let ca: string

before(async () => {
  world = await startWorld(FILE, [HOST], (_, response) => void response.end(DONE))
  near = await startUpstream(FILE, (_, response) => void response.end('inside'))
  const folder = folderFor(FILE)
  const named = `http://${hostname()}:${new URL(near.url).port}`
  gateway = await startGateway(
    FILE,
    `connections:
  openai: { kind: openai, proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}' }
  rebinding: { kind: openai, url: '${named}' }
  outside: { kind: openai, url: 'https://llm.example', proxy: '${world.proxy}' }
forward: { other_hosts: tunnel }
`,
    folder,
  )
  key = await gateway.key()
  ca = (await gateway.api<{ pem: string }>('/ca/pem')).pem
})
after(async () => {
  for (const end of ends) await end()
})

const codeIn = (told: string) => /x-gatelog-error: (\S+)/.exec(told)?.[1]
/** What was refused with a fault, newest first. */
async function refusedAs(fault: string): Promise<Shown[]> {
  const { exchanges } = await gateway.api<{ exchanges: { exchange: string }[] }>('/exchanges?limit=500')
  const all = await Promise.all(exchanges.map(({ exchange }) => gateway.api<Shown>(`/exchanges/${exchange}`)))
  return all.filter(({ opening }) => opening.fault === fault)
}
const last = () => lastOf(gateway)

test('loopback, link, metadata and private addresses in every spelling: refused, and nobody there hears of it', async () => {
  const { port } = new URL(near.url)
  const disguised = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
  ]
  const others = ['[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '0.0.0.0', 'localhost.', 'LOCALHOST']
  const metadata = [
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '100.100.100.200',
  ]
  for (const host of [...disguised, ...others, ...metadata, '10.0.0.1', '192.168.1.1']) {
    const { status, told } = await connectTo(gateway.url, `${host}:${port}`, basic(key))
    assert.deepEqual([status, codeIn(told)], [403, 'forward.private'], host)
  }
  assert.equal(near.received.length, 0)
  const { opening, ending } = await last()
  assert.deepEqual([opening.path, ending?.kind, ending?.fault], [`192.168.1.1:${port}`, 'failed', 'forward.private'])
})

test('a name that leads to this machine is refused: as a tunnel, and as the address of a connection', async (t) => {
  const { port } = new URL(near.url)
  const host = hostname()
  const { status, told } = await connectTo(gateway.url, `${host}.:${port}`, basic(key))
  if (codeIn(told) === 'upstream.refused') return t.skip(`${host} has no address here`)
  assert.equal(status, 200, 'the host of the connection: its refusal is told within')
  const asked = await connectTo(gateway.url, `${host}:${port}`, basic(key))
  const answer = await askOver(asked.socket, `${host}:${port}`, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([answer.status, answer.headers['x-gatelog-error']], [502, 'upstream.private'])
  const other = await connectTo(gateway.url, `${host}:1`, basic(key))
  assert.deepEqual([other.status, codeIn(other.told)], [403, 'forward.host'])
  assert.equal(near.received.length, 0)
})

test('the gateway’s own ports are no way round it: its health port is none, and its own is the reverse door', async () => {
  const health = await connectTo(gateway.url, `127.0.0.1:${new URL(gateway.health).port}`, basic(key))
  assert.deepEqual([health.status, codeIn(health.told)], [508, 'forward.loop'])
  const { host } = new URL(gateway.url)
  const own = await connectTo(gateway.url, host, basic(key))
  assert.equal(own.status, 200)
  const answer = await askOver(own.socket, host, { path: `/c/none${CHAT}`, body: prompt('hi') })
  assert.equal(answer.headers['x-gatelog-error'], 'request.connection')
  const { opening } = await last()
  assert.deepEqual([opening.door, opening.actor?.id], ['reverse', 'ana'])
})

test('a tunnel to an address, or to another port, whose handshake asks for a connection’s host goes round nothing', async (t) => {
  const heard: Buffer[] = []
  const provider = createServer(
    (socket) => void socket.on('data', (bytes: Buffer) => heard.push(bytes)).on('error', () => socket.destroy()),
  )
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  t.after(() => provider.close())
  const { port } = provider.address() as { port: number }
  const own = await startGateway(
    t,
    `forward: { other_hosts: ['127.0.0.1:${port}', '${HOST}'] }\nconnections: { openai: { kind: openai } }`,
  )
  const secret = await own.key()
  const name = async (servername: string) => {
    const { socket } = await connectTo(own.url, `127.0.0.1:${port}`, basic(secret))
    const inner = secure({ socket, servername, rejectUnauthorized: false }).on('error', () => inner.destroy())
    return { inner, closed: new Promise((resolve) => socket.once('close', resolve)) }
  }
  const around = await name(HOST)
  await around.closed
  assert.deepEqual(heard, [])
  const { ending } = await lastOf(own)
  assert.deepEqual([ending?.kind, ending?.fault, ending?.tunnel], ['denied', 'forward.name', { sent: 0, received: 0 }])
  const hello = await helloOf(HOST)
  for (const said of [halved(hello), Buffer.concat([Buffer.from([0x15, 3, 1, 0, 2, 1, 100]), hello])]) {
    const { socket } = await connectTo(own.url, `127.0.0.1:${port}`, basic(secret))
    const gone = new Promise((resolve) => socket.once('close', resolve))
    socket.write(said)
    await gone
    assert.deepEqual(heard, [])
    const { ending: cut } = await lastOf(own)
    assert.deepEqual([cut?.kind, cut?.tunnel], ['denied', { sent: 0, received: 0 }])
  }
  const { inner } = await name('elsewhere.example')
  while (heard.length === 0) await wait(10)
  inner.destroy()
  const other = await connectTo(own.url, `${HOST}:8443`, basic(secret))
  assert.deepEqual([other.status, codeIn(other.told)], [403, 'forward.host'])
})

/** What a TLS client says first. */
async function helloOf(servername: string): Promise<Buffer> {
  const said = Promise.withResolvers<Buffer>()
  const catcher = createServer((socket) => void socket.on('error', () => undefined).once('data', said.resolve))
  await new Promise<void>((resolve) => catcher.listen(0, '127.0.0.1', resolve))
  const { port } = catcher.address() as { port: number }
  const client = secure({ host: '127.0.0.1', port, servername }).on('error', () => undefined)
  const bytes = await said.promise
  client.destroy()
  catcher.close()
  return bytes
}

/** The same message in two records. */
function halved(hello: Buffer): Buffer {
  const record = (part: Buffer) =>
    Buffer.concat([Buffer.from([0x16, 3, 1, part.length >> 8, part.length & 0xff]), part])
  return Buffer.concat([record(hello.subarray(5, 60)), record(hello.subarray(60))])
}

test('targets that are none', async () => {
  for (const target of [
    'api.openai.com',
    ':443',
    'a b:1',
    'api.openai.com:0',
    'api.openai.com:65536',
    'http://x/',
    'a@b:443',
    'x:443/y',
    '[::1:443',
    '%31.2:1',
  ]) {
    const { status } = await connectTo(gateway.url, target, { ...basic(key), host: 'x' })
    assert.equal(status, 400, target)
  }
  for (const more of [{ 'content-length': '5' }, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
    const { status, told } = await connectTo(gateway.url, `${HOST}:443`, { ...basic(key), ...more })
    assert.deepEqual([status, codeIn(told)], [400, 'request.headers'])
  }
})

test('a handshake and a Host of another name than CONNECT’s go nowhere', async () => {
  const before = world.asked.length
  const lying = await connectTo(gateway.url, `${HOST}:443`, basic(key))
  const inner = await shake(lying.socket, { servername: 'api.anthropic.com', ca, rejectUnauthorized: false })
  const leaf = inner.getPeerCertificate()
  assert.equal(leaf.subjectaltname, `DNS:${HOST}`)
  const answer = await askOver(inner, HOST, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([answer.status, answer.headers['x-gatelog-error']], [421, 'forward.name'])
  const fronting = await connectTo(gateway.url, `${HOST}:443`, basic(key))
  const honest = await shake(fronting.socket, { servername: HOST, ca })
  const fronted = await askOver(honest, 'api.anthropic.com', { path: CHAT, body: prompt('hi') })
  assert.deepEqual([fronted.status, fronted.headers['x-gatelog-error']], [421, 'forward.name'])
  assert.equal(world.asked.length, before)
  const { opening } = await last()
  assert.deepEqual([opening.kind, opening.actor?.id, opening.door], ['refused', 'ana', 'forward'])
  const places = async () => (await refusedAs('forward.name')).map(({ opening: { path } }) => path)
  assert.deepEqual(await places(), [CHAT], 'both were told by their request, in one line')
  const leaving = await connectTo(gateway.url, `${HOST}:443`, basic(key))
  const left = await shake(leaving.socket, { servername: 'api.anthropic.com', ca, rejectUnauthorized: false })
  await new Promise((resolve) => left.once('session', resolve)) // the gateway has the end of the handshake
  left.destroy()
  for (let tries = 0; tries < 500 && (await places()).length === 1; tries++) await wait(20)
  assert.deepEqual(await places(), [`${HOST}:443`, CHAT], 'no request came to tell it')
})

test('a tunnel within a tunnel, plain text where TLS is wanted, and a host that the CA may not vouch for', async () => {
  const outer = await connectTo(gateway.url, `${HOST}:443`, basic(key))
  const inner = await shake(outer.socket, { servername: HOST, ca })
  const nested = await new Promise<string>((resolve) => {
    let told = ''
    inner.on('data', (part) => {
      told += part.toString()
    })
    inner.once('close', () => resolve(told))
    inner.write(
      `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}\r\n${Object.entries(basic(key)).flat().join(': ')}\r\n\r\n`,
    )
  })
  assert.deepEqual([/^HTTP\/1\.1 400/.test(nested), codeIn(nested)], [true, 'forward.nested'])
  const plain = await connectTo(gateway.url, `${HOST}:443`, basic(key))
  const answer = await askOver(plain.socket, HOST, { path: CHAT, body: prompt('hi') })
  assert.deepEqual([answer.status, answer.headers['x-gatelog-error']], [400, 'forward.handshake'])
  const outside = await connectTo(gateway.url, 'llm.example:443', basic(key))
  assert.deepEqual([outside.status, codeIn(outside.told)], [502, 'forward.constraint'])
})

test('bytes within a tunnel that are no HTTP have their sender on the record, many in one line', async () => {
  for (let nth = 0; nth < 4; nth++) {
    const { socket } = await connectTo(gateway.url, `${HOST}:443`, basic(key))
    const inner = await shake(socket, { servername: HOST, ca })
    const told = new Promise<string>((resolve) => inner.once('data', (bytes) => resolve(bytes.toString())))
    inner.write('NOT HTTP AT ALL\r\n\r\n')
    assert.equal(codeIn(await told), 'request.http')
    inner.destroy()
  }
  for (
    let tries = 0;
    tries < 500 && !(await refusedAs('request.http')).some(({ opening }) => opening.door === 'forward');
    tries++
  )
    await wait(20)
  const told = (await refusedAs('request.http')).map(({ opening: { door, actor, path } }) => [door, actor?.id, path])
  assert.deepEqual(
    told.filter(([door]) => door === 'forward'),
    [['forward', 'ana', `${HOST}:443`]],
  )
})

test('probes that say nothing raise no alarm and share a line', async () => {
  for (let nth = 0; nth < 6; nth++) {
    const { socket, status } = await connectTo(gateway.url, `${HOST}:443`, basic(key))
    assert.equal(status, 200)
    socket.destroy()
  }
  for (let tries = 0; tries < 500 && (await refusedAs('forward.silent')).length === 0; tries++) await wait(20)
  await wait(100)
  assert.equal((await refusedAs('forward.silent')).length, 1)
  assert.doesNotMatch(gateway.said(), /trust/)
})

const untrusting = async () =>
  (await gateway.api<CheckRow[]>('/checks')).filter(({ check }) => check === 'ca trust').map(({ told }) => told)

test('a client that does not trust the CA: one line in the log, one on the record, a hint in doctor, until it does', {
  skip: NO_OPENSSL,
}, async () => {
  const { host } = new URL(gateway.url)
  const once = () =>
    new Promise<void>((resolve) => {
      const login = ['-proxy', host, '-proxy_user', 'ana', '-proxy_pass', `pass:${key}`]
      const args = ['s_client', ...login, '-connect', `${HOST}:443`, '-servername', HOST, '-verify_return_error']
      execFile('openssl', [...args, '-no-CAfile', '-no-CApath', '-no-CAstore'], () => resolve()).stdin?.end('')
    })
  for (let nth = 0; nth < 3; nth++) await once()
  await gateway.hears('does not trust')
  assert.equal(gateway.said().match(/does not trust Gatelog’s CA: gatelog ca install-help/g)?.length, 1)
  let [told = ''] = await untrusting()
  for (let tries = 0; tries < 500 && !told.includes('3 times'); tries++) [told = ''] = await wait(20).then(untrusting)
  assert.match(told, /^ana \(no user agent\) refused the certificate 3 times/)
  const refused = await refusedAs('forward.untrusted')
  assert.equal(refused.length, 1)
  assert.match(refused[0]?.opening.reason ?? '', /UNKNOWN_CA/)
})

test('one that leaves after every handshake is suspected after three; one request clears it', async () => {
  const agent = { 'user-agent': 'leaves/1' }
  const leave = async () => {
    const { socket } = await connectTo(gateway.url, `${HOST}:443`, { ...basic(key), ...agent })
    await new Promise<void>((resolve) => {
      secure({ socket, servername: HOST }, () => assert.fail('it trusts us')).once('error', () => resolve())
    })
    await wait(30)
  }
  await leave()
  await leave()
  assert.doesNotMatch(gateway.said(), /leaves\/1/)
  await leave()
  await gateway.hears('(leaves/1) seems not to trust')
  assert.equal((await untrusting()).filter((told) => told.includes('leaves/1')).length, 1)
  const { socket } = await connectTo(gateway.url, `${HOST}:443`, { ...basic(key), ...agent })
  const answer = await askOver(await shake(socket, { servername: HOST, ca }), HOST, { path: CHAT, body: prompt('hi') })
  assert.equal(answer.status, 200)
  assert.equal((await untrusting()).filter((told) => told.includes('leaves/1')).length, 0)
})

test('a CA whose key cannot be read stops the start with one clear line, and a reload leaves the last good one', async (t) => {
  const folder = folderFor(t)
  const own = await startGateway(t, 'connections: { openai: { kind: openai } }', folder)
  await own.end('SIGKILL')
  const at = join(folder, 'gatelog-data/ca')
  const name = readdirSync(at).find((each) => each.endsWith('.key') && each !== 'request.key') ?? ''
  rmSync(join(at, name))
  mkdirSync(join(at, name))
  const told = await gatelog(folder, ['serve'])
  assert.notEqual(told.code, 0)
  assert.match(
    told.stderr,
    new RegExp(
      `^gatelog: The CA’s certificate or key cannot be read: .*${name} EISDIR \\[ca\\.unreadable\\]\n.*mode 600`,
    ),
  )
  assert.doesNotMatch(told.stderr, /^\s+at /m)
  writeFileSync(join(folder, 'gatelog.yaml'), 'forward: { ca: { cert: none.pem, key: none.key } }\n')
  const wrong = await gatelog(folder, ['check'])
  assert.match(wrong.stderr, /gatelog\.yaml:1:\d+ forward\.ca\.cert: the file cannot be read \(ENOENT\)/)
})

test('a flood of tunnels of one actor is bounded', async (t) => {
  const quiet = createServer((socket) => void socket.on('error', () => socket.destroy()))
  await new Promise<void>((resolve) => quiet.listen(0, '127.0.0.1', resolve))
  t.after(() => quiet.close())
  const { port } = quiet.address() as { port: number }
  const own = await startGateway(
    t,
    `forward: { other_hosts: ['127.0.0.1:${port}'] }\nconnections: { openai: { kind: openai } }`,
  )
  const secret = await own.key()
  const all = await Promise.all(
    Array.from({ length: 260 }, () => connectTo(own.url, `127.0.0.1:${port}`, basic(secret))),
  )
  const refused = all.filter(({ status }) => status !== 200)
  assert.equal(refused.length, 4)
  for (const { told } of refused) assert.equal(codeIn(told), 'limit.requests')
  for (const { socket } of all) socket.destroy()
  const again = () => connectTo(own.url, `127.0.0.1:${port}`, basic(secret)) // the gateway is to notice that they have gone
  let { status, socket } = await again()
  for (let tries = 0; tries < 500 && status !== 200; tries++) ({ status, socket } = await wait(20).then(again))
  assert.equal(status, 200)
  socket.destroy()
})
