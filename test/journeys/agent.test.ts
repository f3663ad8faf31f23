/** The agent beside a real gateway: plain on loopback, TLS to the pinned gateway, the key added, nobody else served. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, gatelog, startGateway } from '../process.case.ts'
import { askOver, connectTo } from '../tunnel.case.ts'
import { chunk, DONE, prompt, SECRET, startUpstream } from '../upstream.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')
const NO_OPENSSL = spawnSync('openssl', ['version']).status !== 0 && 'no openssl'

function certify(folder: string): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const name = ['-subj', '/CN=gateway', '-addext', 'subjectAltName=IP:127.0.0.1']
  assert.equal(spawnSync('openssl', ['req', '-x509', ...curve, ...files, ...name]).status, 0)
}

async function startAgent(t: TestContext, folder: string, gateway: string, more: readonly string[] = []) {
  const flags = ['--gateway', gateway, '--ca', 'cert.pem', '--key-file', 'key', '--port', '0']
  const child = spawn(process.execPath, [BIN, 'agent', ...flags, ...more], { cwd: folder })
  const ended = once(child, 'exit')
  t.after(() => child.kill('SIGKILL') && ended)
  let said = ''
  const url = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      said += chunk
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found) resolve(found[0])
    })
  })
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  return Promise.race([url, ended.then(() => assert.fail(`the agent did not start: ${said}`))])
}

/** A gateway that speaks TLS, its upstream, and an agent with a key for it. */
async function house(t: TestContext) {
  const upstream = await startUpstream(t, (_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.end(chunk(`it is ${SECRET}`) + DONE)
  })
  const folder = folderFor(t)
  certify(folder)
  const listen = "listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0', tls: { cert: cert.pem, key: key.pem } }"
  const yaml = `${listen}\nconnections: { up: { kind: openai, url: '${upstream.url}' } }\n`
  const gateway = await startGateway(t, yaml, folder)
  writeFileSync(join(folder, 'key'), await gateway.key('--user', 'ana'), { mode: 0o600 })
  return { upstream, folder, gateway, agent: await startAgent(t, folder, gateway.url) }
}

const asked = (url: string, more: Record<string, string> = {}) =>
  fetch(`${url}/c/up/v1/chat/completions`, {
    method: 'POST',
    body: prompt('hi'),
    headers: { 'content-type': 'application/json', ...more },
  })

test('a client without key or TLS is carried, masked and recorded as the agent’s user', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { agent, gateway, upstream } = await house(t)
  const answer = await asked(agent, { 'x-gatelog-key': 'gtl_user_forged', authorization: 'Bearer own' })
  const text = await answer.text()
  assert.equal(answer.status, 200)
  assert.ok(text.includes('[masked:') && !text.includes(SECRET))
  assert.equal(upstream.received[0]?.headers.authorization, 'Bearer own')
  assert.ok(!JSON.stringify(upstream.received[0]).includes('gtl_'))
  const { stdout } = await gateway.gatelog('show', 'last', '--json')
  assert.equal(JSON.parse(stdout).opening.actor.id, 'ana')
})

test('a page, a foreign name and a wrong secret get nothing', { skip: NO_OPENSSL }, async (t) => {
  const { agent, folder, upstream } = await house(t)
  const page = await asked(agent, { origin: 'https://evil.example' })
  assert.equal(page.status, 403)
  assert.match(await page.text(), /agent\.refused/)
  for (const headers of [{ host: 'evil.example' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }]) {
    const got = await new Promise<number>((resolve) => {
      request(`${agent}/c/up/v1/models`, { headers }, ({ statusCode = 0 }) => resolve(statusCode)).end()
    })
    assert.equal(got, 403, JSON.stringify(headers))
  }
  assert.equal((await asked(`${agent}/a/wrong`)).status, 403)
  const secret = readFileSync(join(folder, 'agent.secret'), 'utf8').trim()
  assert.equal(statSync(join(folder, 'agent.secret')).mode & 0o777, 0o600)
  assert.equal((await asked(`${agent}/a/${secret}`)).status, 200)
  assert.equal(upstream.received.length, 1)
})

test('CONNECT reaches the gateway with the key, and its answer comes back as it is', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { agent } = await house(t)
  const { port } = new URL(agent)
  const socket = connect(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('CONNECT unknown.example:443 HTTP/1.1\r\nhost: unknown.example:443\r\n\r\n')
  const [first] = await once(socket, 'data')
  assert.match(String(first), /^HTTP\/1\.1 4\d\d /)
  assert.doesNotMatch(String(first), /^HTTP\/1\.1 407 |agent\.refused/)
})

test('a client whose proxy and base URL both name the agent is served, by CONNECT and by absolute target', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { agent, folder, upstream } = await house(t)
  const { host, port } = new URL(agent)
  const path = '/c/up/v1/chat/completions'
  const more = { body: prompt('hi'), headers: { 'content-type': 'application/json' } }
  const { socket, status, told } = await connectTo(agent, host, {})
  assert.equal(status, 200, told)
  assert.equal((await askOver(socket, host, { ...more, path })).status, 200)
  const absolute = (target: string, headers = {}) =>
    askOver(connect(Number(port), '127.0.0.1'), host, {
      ...more,
      headers: { ...more.headers, ...headers },
      path: target,
    })
  assert.equal((await absolute(`${agent}${path}`)).status, 200)
  const secret = readFileSync(join(folder, 'agent.secret'), 'utf8').trim()
  assert.equal((await absolute(`http://localhost:${port}/a/${secret}${path}`)).status, 200)
  assert.equal(upstream.received.length, 3)
  for (const refused of [
    await absolute(`${agent}/a/wrong${path}`),
    await absolute(`${agent}${path}`, { origin: 'https://evil.example' }),
    await askOver((await connectTo(agent, host, {})).socket, 'evil.example', { ...more, path }),
  ])
    assert.deepEqual([refused.status, /agent\.refused/.test(refused.text)], [403, true], refused.text)
  const wrong = await connectTo(agent, host, { 'proxy-authorization': `Basic ${btoa('x:wrong')}` })
  assert.deepEqual([wrong.status, /agent\.refused/.test(wrong.told)], [403, true])
  const elsewhere = await connectTo(agent, `127.0.0.1:${Number(port) - 1}`, {})
  assert.ok(elsewhere.status >= 400 && !/agent\.refused/.test(elsewhere.told), elsewhere.told)
  assert.equal(upstream.received.length, 3)
})

test('a gateway that shows another certificate, or is gone, is told and gets no key', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { folder, gateway } = await house(t)
  const other = folderFor(t)
  certify(other)
  writeFileSync(join(other, 'key'), readFileSync(join(folder, 'key')), { mode: 0o600 })
  const distrustful = await startAgent(t, other, gateway.url)
  const answer = await asked(distrustful)
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /SELF_SIGNED|self-signed|unable to verify|\[server\.unreachable\]/i)
  await gateway.end('SIGTERM')
  assert.equal((await asked(distrustful)).status, 503)
})

test('a key that others may read, no key, and a plain gateway are refused at the start', {
  skip: NO_OPENSSL,
}, async (t) => {
  const folder = folderFor(t)
  certify(folder)
  writeFileSync(join(folder, 'key'), `gtl_user_${'x'.repeat(30)}\n`)
  chmodSync(join(folder, 'key'), 0o644)
  const run = (gateway: string, key: string) =>
    gatelog(folder, ['agent', '--gateway', gateway, '--ca', 'cert.pem', '--key-file', key, '--port', '0'])
  for (const [gateway, key, told] of [
    ['https://127.0.0.1:1', 'key', /chmod 600/],
    ['https://127.0.0.1:1', 'none', /none: ENOENT/],
    ['http://127.0.0.1:1', 'key', /https address/],
  ] as const) {
    const { code, stderr } = await run(gateway, join(folder, key))
    assert.notEqual(code, 0)
    assert.match(stderr, told)
  }
  writeFileSync(join(folder, 'good'), ['gtl', 'user', 'x'].join('_'), { mode: 0o600 })
  writeFileSync(join(folder, 'agent.secret'), 'guessable', { mode: 0o666 })
  chmodSync(join(folder, 'agent.secret'), 0o666)
  const { code, stderr } = await run('https://127.0.0.1:1', join(folder, 'good'))
  assert.notEqual(code, 0)
  assert.match(stderr, /agent\.secret: others may read it; delete it/)
})
