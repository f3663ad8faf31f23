/** The CA of a data folder: made once, kept, rotated with overlap, replaced by a company's own; never half there. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openAuthorities } from './authorities.ts'
import { caChecks } from './checks.ts'
import type { ConfiguredCa } from './configured.ts'
import { HeldCa } from './held.ts'

const DAY = 86_400_000
const NO_OPENSSL = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false
const code =
  (wanted: string, detail = /./) =>
  (error: { code?: string; message: string }) =>
    error.code === wanted && detail.test(error.message)

function ground(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'gatelog-ca-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const clock = { at: Date.now() }
  const now = () => clock.at
  const open = async (configured?: ConfiguredCa) =>
    new HeldCa(await openAuthorities({ data, permitted: ['api.openai.com'], configured, now }), now)
  return { data, clock, open, at: (name: string) => join(data, 'ca', name) }
}

const count = (pem: string) => pem.match(/BEGIN CERTIFICATE-/g)?.length

test('made at the first start, its key for the owner alone, and the same from then on', async (t) => {
  const { open, at, data } = ground(t)
  const [first] = await (await open()).rows()
  assert.deepEqual([first?.role, first?.source, first?.permitted], ['signing', 'folder', ['api.openai.com']])
  assert.equal(statSync(at(`${first?.id}.key`)).mode & 0o777, 0o600)
  assert.equal(statSync(join(data, 'ca')).mode & 0o777, 0o700)
  const again = await open()
  assert.deepEqual((await again.rows())[0], first)
  assert.equal(await again.exposed(), undefined)
  assert.deepEqual(await again.beyond(['api.openai.com', 'x.api.openai.com', 'evil.example']), ['evil.example'])
  assert.ok(readdirSync(join(data, 'ca')).every((name) => !name.endsWith('.new')))
})

test('rotation: both are exported at once, the old one signs until its day, and its key is then forgotten', async (t) => {
  const { open, at, clock } = ground(t)
  const ca = await open()
  const [before] = await ca.rows()
  clock.at += 100 * DAY
  const [old, next] = await ca.rotate({ days: 30 })
  assert.deepEqual([old, next?.role, next?.signs], [before, 'next', clock.at + 30 * DAY])
  assert.equal(count(await ca.export()), 2)
  await assert.rejects(ca.rotate({}), code('ca.invalid', /waits already/))
  const context = await ca.contextFor('api.openai.com')
  clock.at += 29 * DAY
  assert.equal((await (await open()).rows())[0]?.id, before?.id)
  assert.notEqual(await ca.contextFor('api.openai.com'), context, 'the leaf of a month ago')
  clock.at += 2 * DAY
  const rows = await ca.rows()
  assert.deepEqual(
    rows.map(({ id, role }) => [id, role]),
    [
      [next?.id, 'signing'],
      [before?.id, 'former'],
    ],
  )
  assert.ok(!existsSync(at(`${before?.id}.key`)) && existsSync(at(`${before?.id}.crt`)))
  assert.equal(count(await ca.export()), 2)
  assert.deepEqual(await (await open()).rows(), rows)
  clock.at = (before?.until ?? 0) + 1
  assert.equal(count(await ca.export()), 1)
})

test('after a theft the new one signs at once and the old one is exported no more', async (t) => {
  const { open } = ground(t)
  const ca = await open()
  const [before] = await ca.rows()
  const rows = await ca.rotate({ stolen: true })
  assert.deepEqual([rows.length, rows[0]?.role, count(await ca.export())], [1, 'signing', 1])
  assert.notEqual(rows[0]?.id, before?.id)
})

test('a company’s CA signs the request; what does not answer it is refused, and nothing changes', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { data, open, at } = ground(t)
  const ca = await open()
  await assert.rejects(ca.import('x'), code('ca.request'))
  const before = await ca.rows()
  writeFileSync(join(data, 'sub.csr'), await ca.request())
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: data, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...curve, '-keyout', 'corp.key', '-out', 'corp.pem', '-days', '9', '-subj', '/CN=Corp root')
  const sign = ['x509', '-req', '-in', 'sub.csr', '-CA', 'corp.pem', '-CAkey', 'corp.key', '-days', '5']
  openssl(...sign, '-copy_extensions', 'copyall', '-out', 'sub.pem')
  openssl(...sign, '-out', 'leaf.pem')
  const read = (name: string) => readFileSync(join(data, name), 'utf8')
  await assert.rejects(ca.import(read('leaf.pem')), code('ca.invalid', /not one of a CA/))
  await assert.rejects(ca.import(read('corp.pem')), code('ca.invalid', /does not belong/))
  await assert.rejects(ca.import(''), code('ca.invalid', /no certificate/))
  assert.deepEqual(await ca.rows(), before)
  const [signing, former] = await ca.import(read('sub.pem') + read('corp.pem'))
  assert.deepEqual([signing?.role, signing?.permitted, former?.role], ['signing', ['api.openai.com'], 'former'])
  assert.match(await ca.export(), new RegExp(read('corp.pem').split('\n')[2] ?? '?'))
  assert.ok(!existsSync(at('request.key')))
  await (await open()).contextFor('api.openai.com')
})

test('a host that the company’s own root excludes is not vouched for, though the CA below it may', {
  skip: NO_OPENSSL,
}, async (t) => {
  const { data, open } = ground(t)
  const ca = await open()
  writeFileSync(join(data, 'sub.csr'), await ca.request())
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: data, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=Corp root']
  const limits = 'nameConstraints=critical,excluded;DNS:x.api.openai.com,excluded;email:.example'
  openssl('req', '-x509', ...curve, '-keyout', 'corp.key', '-out', 'corp.pem', '-days', '9', '-addext', limits)
  const sign = ['x509', '-req', '-in', 'sub.csr', '-CA', 'corp.pem', '-CAkey', 'corp.key', '-days', '5']
  openssl(...sign, '-copy_extensions', 'copyall', '-out', 'sub.pem')
  const read = (name: string) => readFileSync(join(data, name), 'utf8')
  await ca.import(read('sub.pem') + read('corp.pem'))
  const hosts = ['api.openai.com', 'x.api.openai.com', 'y.x.api.openai.com', 'evil.example']
  assert.deepEqual(await ca.beyond(hosts), ['x.api.openai.com', 'y.x.api.openai.com', 'evil.example'])
  await assert.rejects(ca.leaf('x.api.openai.com'), code('forward.constraint'))
  await ca.leaf('api.openai.com')
})

test('a CA that excludes names and permits all others vouches for those', { skip: NO_OPENSSL }, async (t) => {
  const { data, open } = ground(t)
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=Corp']
  const limits = 'nameConstraints=critical,excluded;DNS:bank.example'
  const files = ['-keyout', 'corp.key', '-out', 'corp.pem', '-days', '9', '-addext', limits]
  execFileSync('openssl', ['req', '-x509', ...curve, ...files], { cwd: data, stdio: 'pipe' })
  const read = (name: string) => readFileSync(join(data, name), 'utf8')
  const ca = await open({ chain: read('corp.pem'), key: read('corp.key') })
  assert.deepEqual(await ca.beyond(['api.openai.com', 'bank.example']), ['bank.example'])
  assert.equal((await ca.rows())[0]?.permitted, undefined)
})

test('a key of the configuration that others may read is told of, with what can be done about it', async (t) => {
  const [own, other] = [ground(t), ground(t)]
  own.clock.at -= 3000 * DAY
  const [row] = await (await own.open()).rows()
  const file = own.at(`${row?.id}.key`)
  const ca = await other.open({ chain: readFileSync(own.at(`${row?.id}.crt`), 'utf8'), key: { file } })
  assert.equal(await ca.exposed(), undefined)
  chmodSync(file, 0o644)
  assert.equal(await ca.exposed(), file)
  const rows = await caChecks(ca, new Map())
  const exposed = rows.find(({ check }) => check === 'ca key')
  assert.deepEqual([exposed?.state, exposed?.remedy], ['fail', `chmod 600 ${file}`])
  const [ended] = rows
  assert.deepEqual([ended?.state, ended?.told], ['fail', 'the CA has expired'])
  assert.match(ended?.remedy ?? '', /forward\.ca\.cert and \.key/)
  assert.doesNotMatch(ended?.remedy ?? '', /ca rotate/)
})

test('what cannot be read is one clear fault that names the file', async (t) => {
  const { open, at } = ground(t)
  const [row] = await (await open()).rows()
  const key = at(`${row?.id}.key`)
  const text = readFileSync(key, 'utf8')
  const named = (detail: string) => code('ca.unreadable', new RegExp(`${row?.id}\\.key:? ${detail}`))
  writeFileSync(key, 'nonsense')
  await assert.rejects(open(), named('the key cannot be read'))
  rmSync(key)
  await assert.rejects(open(), named('ENOENT'))
  mkdirSync(key)
  await assert.rejects(open(), named('EISDIR'))
  rmSync(key, { recursive: true })
  writeFileSync(key, text, { mode: 0o644 })
  assert.equal(await (await open()).exposed(), key)
  writeFileSync(at('state.json'), '{"signing":"../../etc"}')
  await assert.rejects(open(), code('ca.unreadable', /state\.json is damaged/))
})

test('a CA of the configuration is used as it is, and rotated by whoever writes it', async (t) => {
  const [own, other] = [ground(t), ground(t)]
  const [row] = await (await own.open()).rows()
  const files = {
    chain: readFileSync(own.at(`${row?.id}.crt`), 'utf8'),
    key: readFileSync(own.at(`${row?.id}.key`), 'utf8'),
  }
  const ca = await other.open(files)
  assert.deepEqual([(await ca.rows())[0]?.source, (await ca.rows())[0]?.fingerprint], ['configured', row?.fingerprint])
  assert.ok(!existsSync(join(other.data, 'ca')))
  for (const change of [ca.rotate({}), ca.request(), ca.import('x')])
    await assert.rejects(change, code('ca.configured'))
  const key = { file: own.at(`${row?.id}.key`) }
  for (const parts of [[key], [{ text: key.file }]]) {
    const [same] = await (await other.open({ ...files, key: { parts } })).rows()
    assert.equal(same?.fingerprint, row?.fingerprint)
  }
  const gone = { parts: [{ env: 'GATELOG_TEST_NO_SUCH_VARIABLE' }] }
  await assert.rejects(other.open({ ...files, key: gone }), code('ca.unreadable', /GATELOG_TEST_NO_SUCH/))
  assert.equal((await (await other.open({ ...files, key })).rows())[0]?.fingerprint, row?.fingerprint)
  await assert.rejects(other.open({ ...files, key: 'nonsense' }), code('ca.invalid'))
  await assert.rejects(other.open({ ...files, key: { file: own.at('gone') } }), code('ca.unreadable', /gone ENOENT/))
})
