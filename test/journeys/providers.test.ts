/** Hosts of providers: read by a connection or let through in no way, also where all other hosts are tunnelled. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { connect as secure } from 'node:tls'
import { isProvider } from '../../src/app/ca/providers.ts'
import { type Ends, folderFor, type Gateway, lastOf, startGateway } from '../process.case.ts'
import { askOver, basic, connectTo, shake } from '../tunnel.case.ts'
import { DONE, prompt } from '../upstream.case.ts'
import { startWorld, type World } from '../world.case.ts'

const at = (plan: string) => `api.${plan}.githubcopilot.com`
const TELEMETRY = 'telemetry.business.githubcopilot.com'
const CHAT = '/chat/completions'

const ends: (() => unknown)[] = []
const FILE: Ends = { after: (end) => void ends.unshift(end) }
let world: World
let gateway: Gateway
let key: string
let ca: string

before(async () => {
  const beyond = ['api.githubcopilot.com', at('individual'), 'chatgpt.com', 'elsewhere.example']
  world = await startWorld(FILE, [at('business'), TELEMETRY, ...beyond], (_, response) => void response.end(DONE))
  const folder = folderFor(FILE)
  const by = `proxy: '${world.proxy}', upstream_ca: '${world.ca(folder)}'`
  gateway = await startGateway(
    FILE,
    `connections: { copilot: { kind: copilot, ${by} } }
forward: { other_hosts: tunnel, private_addresses: allow, proxy: '${world.proxy}' }
`,
    folder,
  )
  key = await gateway.key()
  ca = (await gateway.api<{ pem: string }>('/ca/pem')).pem
})
after(async () => {
  for (const end of ends) await end()
})

const last = () => lastOf(gateway)

async function ask(host: string, path: string, port = 443) {
  const { socket, status, told } = await connectTo(gateway.url, `${host}:${port}`, basic(key))
  assert.equal(status, 200, told)
  const inner = await shake(socket, { servername: host, ca })
  const answer = await askOver(inner, host, { path, body: prompt('past the record') })
  inner.destroy()
  return answer
}

test('Copilot’s hosts of no plan are those of the connection', async () => {
  const from = world.targets.length
  assert.equal((await ask('api.githubcopilot.com', CHAT)).status, 200)
  const { opening, ending } = await last()
  const { connection, host, door, actor } = opening
  assert.deepEqual([connection, host, door, actor?.id], ['copilot', 'api', 'forward', 'ana'])
  assert.equal(ending?.kind, 'replied')
  assert.equal((await ask('copilot-telemetry.githubusercontent.com', '/telemetry')).status, 200)
  assert.equal((await last()).opening.host, 'telemetry')
  assert.deepEqual(world.targets.slice(from), [`${at('business')}:443`, `${TELEMETRY}:443`])
})

test('a provider’s host that no connection has is refused within TLS, in whatever way it is asked for', async (t) => {
  const [asked, targets] = [world.asked.length, world.targets.length]
  for (const [host, port] of [
    [at('individual'), 443],
    ['chatgpt.com', 443],
    ['chatgpt.com', 8443],
  ] as const) {
    const { status, headers, text } = await ask(host, CHAT, port)
    assert.deepEqual([status, headers['x-gatelog-error']], [400, 'forward.provider'], host)
    assert.match(text, /Add a connection/)
    const { opening } = await last()
    assert.deepEqual(
      [opening.kind, opening.fault, opening.path, opening.actor?.id],
      ['refused', 'forward.provider', `${host}:${port}`, 'ana'],
    )
  }
  const plain = await connectTo(gateway.url, `${at('individual')}:80`, basic(key))
  const told = await askOver(plain.socket, `${at('individual')}:80`, { path: CHAT, body: prompt('in clear') })
  assert.equal(told.headers['x-gatelog-error'], 'forward.provider')
  const absolute = await askOver(await gatewaySocket(), 'chatgpt.com', {
    path: `http://chatgpt.com${CHAT}`,
    headers: basic(key),
    body: prompt('in clear'),
  })
  assert.equal(absolute.headers['x-gatelog-error'], 'forward.provider')
  assert.deepEqual([world.asked.length, world.targets.length], [asked, targets])
  await named(t)
})

test('a key that opens nothing gets no certificate for a name that it makes up, and a flood of names is two lines', async () => {
  const all = async () => (await gateway.api<{ exchanges: unknown[] }>('/exchanges?limit=100')).exchanges.length
  const had = await all()
  const foreign = await gateway.key('--user', 'eve', '--network', '203.0.113.0/24')
  for (const [secret, fault] of [
    ['gtl_user_nobody', 'identity.unknown'],
    [foreign, 'identity.network'],
  ] as const) {
    for (let name = 0; name < 20; name++) {
      const { status, told } = await connectTo(gateway.url, `r${name}.githubcopilot.com:443`, basic(secret))
      assert.ok(status >= 400 && told.includes(fault), told)
    }
    const { opening } = await last()
    assert.deepEqual([opening.kind, opening.fault], ['refused', fault])
  }
  assert.equal(await all(), had + 2, 'the first of each; the others share a line that is still to come')
})

/** A tunnel to an address, and a handshake that asks for a provider. */
async function named(t: Ends): Promise<void> {
  const heard: Buffer[] = []
  const far = createServer(
    (socket) => void socket.on('data', (bytes: Buffer) => heard.push(bytes)).on('error', () => socket.destroy()),
  )
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve))
  t.after(() => far.close())
  const { port } = far.address() as { port: number }
  for (const servername of [at('individual'), `${at('individual')}.`, 'API.OpenAI.com']) {
    const { socket } = await connectTo(gateway.url, `127.0.0.1:${port}`, basic(key))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const inner = secure({ socket, servername, rejectUnauthorized: false }).on('error', () => inner.destroy())
    await closed
    assert.deepEqual(heard, [], servername)
    assert.equal((await last()).ending?.fault, 'forward.name', servername)
  }
}

async function gatewaySocket() {
  const { hostname, port } = new URL(gateway.url)
  const { connect } = await import('node:net')
  return connect(Number(port), hostname)
}

test('another host is tunnelled as configured', async () => {
  const { socket, status } = await connectTo(gateway.url, 'elsewhere.example:443', basic(key))
  assert.equal(status, 200)
  socket.destroy()
})

test('of GHE.com the hosts of Copilot are a provider’s, and a company’s own GitHub is not', () => {
  for (const host of [
    'copilot-api.acme.ghe.com',
    'copilot-telemetry-service.acme.ghe.com',
    'api.acme.ghe.com',
    'api.openai.com',
  ])
    assert.ok(isProvider(host), host)
  for (const host of [
    'acme.ghe.com',
    'ghe.com',
    'github.com',
    'raw.githubusercontent.com',
    'notapi.openai.com.example',
  ])
    assert.ok(!isProvider(host), host)
})
