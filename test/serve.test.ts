/** The real process: starts, reloads, drains, refuses what it must. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { request as secure } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import { folderFor, gatelog, journalled, startGateway } from './process.case.ts'
import { chunk, DONE, prompt, startUpstream } from './upstream.case.ts'

const yaml = (url: string, more = '') => `connections: { up: { kind: openai, url: '${url}' } }\n${more}`

const ask = (url: string, key: string, words = 'hi') =>
  fetch(`${url}/c/up/v1/chat/completions`, {
    method: 'POST',
    body: prompt(words),
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
  })

test('a reload changes rules, connections and limits; a wrong one changes nothing', async (t) => {
  const upstream = await startUpstream(t, (_, response) => void response.end(DONE))
  const gateway = await startGateway(t, yaml(upstream.url))
  const key = await gateway.key()
  assert.equal((await ask(gateway.url, key)).status, 200)
  const shown = async () => JSON.parse((await gatelog(gateway.folder, ['show', 'last', '--json'])).stdout)
  const first = await shown()
  gateway.configure(yaml(upstream.url, "rules: [{ name: none, when: 'true', then: deny, reason: closed }]"))
  gateway.child.kill('SIGHUP')
  await gateway.hears('in force')
  const denied = await ask(gateway.url, key)
  assert.equal(denied.status, 400)
  assert.match(await denied.text(), /none: closed/)
  const { opening, ending } = await shown()
  assert.match(`${first.opening.policy} ${opening.policy}`, /^[0-9a-f]{64} [0-9a-f]{64}$/)
  assert.deepEqual([first.ending.policy, ending.policy], [first.opening.policy, opening.policy])
  assert.notEqual(opening.policy, first.opening.policy)
  gateway.configure(yaml(upstream.url, 'durable: maybe'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('the former configuration stays in force')
  assert.match(gateway.said(), /gatelog\.yaml:3:10 durable/)
  assert.equal((await ask(gateway.url, key)).status, 400)
  gateway.configure(yaml(upstream.url, 'limits: { body_bytes: 20 }'))
  gateway.child.kill('SIGHUP')
  for (let tries = 0; tries < 100 && (await ask(gateway.url, key)).status !== 413; tries++) await wait(50)
  assert.equal((await ask(gateway.url, key)).status, 413)
  assert.equal(upstream.received.length, 1)
})

test('a rule file is in force after a reload; one that is wrong leaves the last good one, and its change is seen', async (t) => {
  const upstream = await startUpstream(t, (_, response) => void response.end(DONE))
  const gateway = await startGateway(t, yaml(upstream.url))
  const key = await gateway.key()
  const file = (regex: string) =>
    writeFileSync(join(gateway.folder, 'rules.toml'), `[[rules]]\nid = "team-token"\nregex = '''${regex}'''\n`)
  const sent = async () => {
    await ask(gateway.url, key, 'team-123456 and crew-123456')
    return upstream.received.at(-1)?.body.toString() ?? ''
  }
  assert.match(await sent(), /team-123456 and crew-123456/)
  file('team-([0-9]{6})')
  gateway.configure(yaml(upstream.url, 'masking: { import: [rules.toml] }'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('in force')
  assert.match(await sent(), /team-\[masked:team-token[^\]]*\] and crew-123456/)
  file('team-([0-9]{6}')
  gateway.child.kill('SIGHUP')
  await gateway.hears('the former configuration stays in force')
  assert.match(gateway.said(), /rules\.toml:3 rule team-token: pattern, offset 14: missing \)/)
  assert.match(await sent(), /team-\[masked:team-token[^\]]*\] and crew-123456/)
  file('crew-([0-9]{6})')
  for (let tries = 0; tries < 200 && !(await sent()).includes('crew-['); tries++) await wait(50)
  assert.match(await sent(), /team-123456 and crew-\[masked:team-token/)
})

test('SIGTERM: not ready at once, an open stream ends well, the process ends with 0', async (t) => {
  const looked = Promise.withResolvers<void>()
  const upstream = await startUpstream(t, async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('slow'))
    await looked.promise
    response.end(chunk(' answer') + DONE)
  })
  const gateway = await startGateway(t, yaml(upstream.url))
  const reply = await ask(gateway.url, await gateway.key())
  const ended = gateway.end('SIGTERM')
  await gateway.hears('draining')
  assert.equal((await fetch(`${gateway.health}/readyz`)).status, 503)
  assert.equal((await fetch(`${gateway.health}/healthz`)).status, 200)
  await assert.rejects(ask(gateway.url, 'x'))
  looked.resolve()
  assert.ok((await reply.text()).endsWith('data: [DONE]\n\n'))
  assert.equal(await ended, 0)
  const shown = await gateway.gatelog('show', 'last', '--json')
  assert.equal(JSON.parse(shown.stdout).ending.kind, 'replied')
})

test('a second server on the same folder, and one on the same address, are refused in a line', async (t) => {
  const gateway = await startGateway(t, 'connections: { up: { kind: openai } }')
  const same = await gateway.gatelog('serve')
  assert.notEqual(same.code, 0)
  assert.match(same.stderr, /\[trail\.locked\]/)
  const folder = folderFor(t)
  const [host, port] = [new URL(gateway.url).hostname, new URL(gateway.url).port]
  const listen = `listen: { gateway: '${host}:${port}', health: '127.0.0.1:0' }`
  writeFileSync(join(folder, 'gatelog.yaml'), listen)
  const bound = await gatelog(folder, ['serve'])
  assert.equal(bound.code, 3)
  assert.match(bound.stderr, new RegExp(`127\\.0\\.0\\.1:${port} EADDRINUSE \\[config\\.bind\\]`))
  assert.doesNotMatch(bound.stderr + same.stderr, /^\s+at /m)
})

test('a Node that is too old gets one clear line', (t) => {
  const folder = folderFor(t)
  const old = "Object.defineProperty(process, 'version', { value: 'v20.1.0' });"
  const versions = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });"
  writeFileSync(join(folder, 'old.cjs'), old + versions)
  const bin = join(import.meta.dirname, '../bin/gatelog.mjs')
  const told = spawnSync(process.execPath, ['--require', join(folder, 'old.cjs'), bin, 'serve'], { encoding: 'utf8' })
  assert.equal(told.status, 1)
  assert.match(told.stderr, /^gatelog needs Node 24\.15 or newer, this is v20\.1\.0\. .*\n$/)
})

const OPENSSL = spawnSync('openssl', ['version']).status === 0

function certify(folder: string, days: number): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...files]
  assert.equal(spawnSync('openssl', [...args, '-days', String(days), ...name]).status, 0)
}

/** The serial number of the certificate that a listener shows. */
const serialOf = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
    socket.once('error', reject)
  })

test('listeners speak TLS, and a new certificate is taken up live', { skip: !OPENSSL && 'no openssl' }, async (t) => {
  const folder = folderFor(t)
  certify(folder, 2)
  const upstream = await startUpstream(t, (_, response) => void response.end(DONE))
  const tls = `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0', tls: { cert: cert.pem, key: key.pem } }\n`
  const gateway = await startGateway(t, tls + yaml(upstream.url), folder)
  assert.match(gateway.url, /^https:/)
  const key = await gateway.key()
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-gatelog-key': key }
    const ca = readFileSync(join(folder, 'cert.pem'))
    secure(`${gateway.url}/c/up/v1/chat/completions`, { method: 'POST', headers, ca }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    })
      .once('error', reject)
      .end(prompt('hi'))
  })
  assert.equal(status, 200)
  const former = await serialOf(gateway.url)
  certify(folder, 3) // key and certificate are two files: between the two, the former pair stays in force
  for (const url of [gateway.url, gateway.health]) while ((await serialOf(url)) === former) await wait(100)
  await gateway.hears('gatelog.yaml in force')
})

test('a day file that was replaced: the refusal and the notices leave, then the process ends', async (t) => {
  const upstream = await startUpstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('so far') + chunk(' and more'))
    if (!request.body.includes('stay open')) response.end(DONE)
  })
  const gateway = await startGateway(t, yaml(upstream.url))
  const key = await gateway.key()
  const open = await ask(gateway.url, key, 'stay open')
  const heard = open.text()
  const data = join(gateway.folder, 'gatelog-data', 'days')
  const day = readdirSync(data).find((name) => /\.default\.db$/.test(name)) ?? assert.fail(readdirSync(data).join())
  copyFileSync(join(data, day), join(data, 'copy'))
  rmSync(join(data, day))
  renameSync(join(data, 'copy'), join(data, day))
  const ended = once(gateway.child, 'exit')
  const refused = await ask(gateway.url, key)
  assert.equal(refused.status, 503)
  assert.match(await refused.text(), /trail\.broken/)
  assert.match(await heard, /so far.*trail\.broken/s)
  assert.deepEqual(await ended, [1, null])
  assert.equal(upstream.received.length, 1)
})

test('what a crash left is told as what it is: the reply’s words, and nothing that nobody knows', async (t) => {
  const upstream = await startUpstream(t, (_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .write(chunk('zebra') + chunk(' crossing') + chunk('.'))
  })
  const gateway = await startGateway(t, yaml(upstream.url))
  const key = await gateway.key()
  const reply = await ask(gateway.url, key)
  const id = reply.headers.get('x-gatelog-exchange') ?? ''
  const first = await reply.body?.getReader().read()
  assert.match(Buffer.from(first?.value ?? []).toString(), /zebra/)
  await journalled(gateway, key)
  await gateway.end('SIGKILL')
  const { stdout: shown } = await gateway.gatelog('show', id)
  assert.match(shown, /interrupted/)
  assert.match(shown, /── reply\nzebra( crossing)?\.?\n/)
  assert.match(shown, /status +not known/)
  assert.doesNotMatch(shown, /nothing from upstream|end 0 ms|\bdata:/)
  const { ending } = JSON.parse((await gateway.gatelog('show', id, '--json')).stdout)
  assert.deepEqual([ending.status, ending.delivered, ending.timings], [undefined, undefined, {}])
  assert.match((await gateway.gatelog('search', 'zebra')).stdout, /interrupted/)
})
