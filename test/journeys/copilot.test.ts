/** Copilot's routes through a real gateway with its store on disk: what is relayed unread leaves no trace, what is learnt outlives a restart. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { filesIn, folderFor, type Gateway, startGateway } from '../process.case.ts'
import { startUpstream } from '../upstream.case.ts'

const HOSTS = ['api', 'proxy', 'github', 'telemetry', 'origin', 'uploads']
const GHOST = JSON.stringify({ prompt: '# Path: src/pay.py\ndef add(', nwo: 'acme/pay', extra: { language: 'python' } })
const CREDENTIAL = ['ghp', 'MadeUpForThisTest0123456789'].join('_')
const USER = { login: 'mona', copilot_plan: 'business', endpoints: { api: 'https://a', telemetry: 'https://t' } }

const yaml = (upstream: string) =>
  `copilot: { rewrite_endpoints: true }
connections:
  copilot: { kind: copilot, hosts: { ${HOSTS.map((host) => `${host}: '${upstream}/${host}'`).join(', ')} } }
`

async function stage(t: Parameters<typeof startGateway>[0]) {
  const upstream = await startUpstream(t, ({ path }, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': `r${upstream.received.length}` })
    const ghost = { choices: [{ index: 0, text: 'a, b)', finish_reason: 'stop' }] }
    response.end(JSON.stringify(path.endsWith('/user') ? USER : path.endsWith('completions') ? ghost : { path }))
  })
  const folder = folderFor(t)
  const gateway = await startGateway(t, yaml(upstream.url), folder)
  return { upstream, folder, gateway, key: await gateway.key() }
}

const ask = (gateway: Gateway, key: string, path: string, body?: string) =>
  fetch(`${gateway.url}/c/copilot${path}`, {
    ...(body && { method: 'POST', body }),
    headers: { 'x-gatelog-key': key, 'content-type': 'application/json', authorization: `token ${CREDENTIAL}` },
  })

const search = async (gateway: Gateway, query: string) =>
  (await gateway.api<{ exchanges: Summary[] }>(`/exchanges?q=${encodeURIComponent(query)}`)).exchanges

/** Every byte in the data folder, as Latin-1. */
const disk = (folder: string): string => [...filesIn(join(folder, 'gatelog-data')).values()].map(latin1).join('\n')
const latin1 = (bytes: Buffer): string => bytes.toString('latin1')

test('what is relayed unread is nowhere on the disk: no path, no body, no credential', async (t) => {
  const { upstream, folder, gateway, key } = await stage(t)
  const path = '/github/repos/acme/quetzalcoatl/contents?ref=xolotl'
  const body = '{"query":"query axolotl { viewer { login } }"}'
  for (const sent of [undefined, body]) assert.equal((await ask(gateway, key, path, sent)).status, 200)
  await ask(gateway, 'gtl_user_nobody', '/github/huitzilopochtli', body)
  assert.deepEqual([upstream.received[0]?.path, upstream.received[1]?.body.toString()], [path, body])
  assert.equal(upstream.received[0]?.headers.authorization, `token ${CREDENTIAL}`)
  const found = await search(gateway, '')
  assert.deepEqual(
    found.map(({ kind, route }) => [kind, route]),
    [
      ['refused', 'unread'],
      ['replied', 'unread'],
      ['replied', 'unread'],
    ],
  )
  const { opening } = await gateway.api<Shown>(`/exchanges/${found[1]?.exchange}`)
  assert.deepEqual([opening.host, opening.method, opening.path, opening.credential], ['github', 'POST', '', undefined])
  await gateway.end('SIGTERM')
  const bytes = disk(folder)
  for (const word of ['quetzalcoatl', 'xolotl', 'axolotl', 'huitzilopochtli', CREDENTIAL, body])
    assert.ok(!bytes.includes(word), `${word} is on the disk`)
})

test('whose account it is, what was accepted and where is found, also after the gateway was killed', async (t) => {
  const { upstream, folder, gateway, key } = await stage(t)
  const user = await (await ask(gateway, key, '/github/copilot_internal/user')).text()
  const expected = { api: `${gateway.url}/c/copilot/api`, telemetry: `${gateway.url}/c/copilot/telemetry` }
  assert.equal(user, JSON.stringify({ ...USER, endpoints: expected }))
  assert.equal((await gateway.api<Shown>('/exchanges/last')).ending?.requestId, 'r1')
  await (await ask(gateway, key, '/proxy/v1/engines/x/completions', GHOST)).text()
  const accepted = (request: string) => {
    const event = {
      properties: { headerRequestId: request },
      measurements: { compCharLen: 5 },
      name: 'agent/ghostText.accepted',
    }
    return JSON.stringify([{ data: { baseData: event } }])
  }
  await (await ask(gateway, key, '/telemetry/telemetry', accepted('r2'))).text()
  const [found] = await search(gateway, 'accepted:yes github:mona repo:acme/pay file:pay.py language:python')
  assert.deepEqual([found?.accepted, found?.github?.value, found?.files?.value], ['accepted', 'mona', 'src/pay.py'])
  const told = (await gateway.gatelog('show', found?.exchange ?? '')).stdout
  assert.match(told, /^ +github +mona \(observed\)$/m)
  assert.match(told, /^ +accepted .*5 characters, ghostText\.accepted \(declared\)$/m)
  const id = `r${upstream.received.length + 1}`
  await (await ask(gateway, key, '/proxy/v1/engines/x/completions', GHOST)).text()
  await gateway.end('SIGKILL')
  const again = await startGateway(t, yaml(upstream.url), folder)
  const bob = await again.key('--user', 'bob')
  for (const each of [bob, key, key]) await (await ask(again, each, '/telemetry/telemetry', accepted(id))).text()
  const both = await search(again, 'accepted:yes')
  assert.deepEqual(
    both.map(({ accepted: what, actor }) => [what, actor?.id]),
    [
      ['accepted', 'ana'],
      ['accepted', 'ana'],
    ],
  )
  const { outcomes = [] } = await again.api<Shown>(`/exchanges/${both[0]?.exchange}`)
  assert.deepEqual([outcomes.length, both[1]?.exchange], [1, found?.exchange], 'once, and on the exchange of before')
  await (await ask(again, bob, '/proxy/v1/engines/x/completions', GHOST)).text()
  const [last] = await search(again, 'user:bob file:pay.py')
  const { opening } = await again.api<Shown>(`/exchanges/${last?.exchange}`)
  assert.deepEqual([opening.facts.github?.value, opening.alerts], ['mona', ['credential.shared']])
  assert.ok(!disk(folder).includes(CREDENTIAL))
})
