/** The CA's certificates for whoever asks the gateway's port: the same as `ca export`, for no key, and never in a provider's place. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeAuthority } from '#relay'
import { folderFor, startGateway } from '../process.case.ts'
import { inside, open, streams } from '../scene.case.ts'
import { askOver } from '../tunnel.case.ts'

const recorded = async ({ api }: { api<Answer>(path: string): Promise<Answer> }) =>
  (await api<{ exchanges: unknown[] }>('/exchanges')).exchanges.length

test('anybody gets the certificates, a key is neither wanted nor judged, and nothing is recorded', async (t) => {
  const gateway = await startGateway(t, 'connections: {}\n')
  const answer = await fetch(`${gateway.url}/ca.pem`)
  const text = await answer.text()
  assert.equal(answer.status, 200)
  assert.equal(text, `${(await gateway.gatelog('ca', 'export')).stdout.trimEnd()}\n`)
  assert.ok(text.startsWith('-----BEGIN CERTIFICATE-----') && !text.includes('PRIVATE'))
  assert.equal(answer.headers.get('x-gatelog-credential'), 'none')
  const keyed = await fetch(`${gateway.url}/ca.pem`, { headers: { 'x-gatelog-key': 'gtl_user_wrong' } })
  assert.deepEqual([keyed.status, keyed.headers.get('x-gatelog-credential')], [200, 'came'])
  const head = await fetch(`${gateway.url}/ca.pem`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  assert.equal(await recorded(gateway), 0)
  const posted = await fetch(`${gateway.url}/ca.pem`, { method: 'POST', body: 'x' })
  assert.equal(posted.headers.get('x-gatelog-error'), 'request.path')
})

test('a provider’s own /ca.pem within a tunnel is the provider’s, and refused like any unknown route', async (t) => {
  const scene = await open(t, streams)
  const within = await inside(scene)
  const { status, text } = await askOver(within, 'api.openai.com', { path: '/ca.pem', method: 'GET' })
  within.destroy()
  assert.ok(status >= 400 && !text.includes('BEGIN CERTIFICATE'), `${status}`)
  assert.equal(await recorded(scene.gateway), 1)
})

test('there is none where the forward door is off', async (t) => {
  const gateway = await startGateway(t, 'connections: {}\nforward: { enabled: false }\n')
  const answer = await fetch(`${gateway.url}/ca.pem`)
  assert.deepEqual([answer.status, answer.headers.get('x-gatelog-error')], [404, 'ca.off'])
  assert.match(await answer.text(), /switched off\. Set forward\.enabled: true/)
})

test('a key of the configuration that others may read is told of at the start, and by doctor', async (t) => {
  const folder = folderFor(t)
  const { chain, key } = await makeAuthority({ permitted: ['api.openai.com'], days: 9, now: Date.now() })
  writeFileSync(join(folder, 'ca.crt'), chain)
  writeFileSync(join(folder, 'ca.key'), key, { mode: 0o644 })
  const gateway = await startGateway(t, 'connections: {}\nforward: { ca: { cert: ca.crt, key: ca.key } }\n', folder)
  await gateway.hears(/others may read the CA’s key, and vouch with it: chmod 600 .*ca\.key/)
  const { code, stdout } = await gateway.gatelog('doctor')
  assert.equal(code, 1)
  assert.match(stdout, /^fail ca key +others may read .*ca\.key\n +chmod 600 .*ca\.key$/m)
})
