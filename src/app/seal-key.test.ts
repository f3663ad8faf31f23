/** Keys that sign the log: made once, read from a file, a variable or a command, and refused with the reason. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isSignedBy, parseVerifier } from '#trail'
import { readConfig } from './config.ts'
import type { Seal } from './config-trail.ts'
import { headBeside, keyOutside, memoriesOf, openSigner, othersBeside, sharedHead } from './seal-key.ts'

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-key-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

const FILE: Seal = { key: { kind: 'file', path: undefined } }

async function signs(seal: Seal, folder: string): Promise<boolean> {
  const signer = await openSigner(seal, folder)
  const verifier = parseVerifier(signer.vkey)!
  const bytes = await signer.sign(Buffer.from('text\n'))
  return isSignedBy({ text: 'text\n', signatures: [{ name: verifier.name, id: verifier.id, bytes }] }, [verifier])
}

test('a key is made at the first start, for its owner alone, and is the same afterwards', async (t) => {
  const folder = await newFolder(t)
  const { vkey } = await openSigner(FILE, folder)
  assert.match(vkey, /^gatelog\/[0-9a-f]{8}\+/)
  assert.equal((await stat(join(folder, 'seal.key'))).mode & 0o777, 0o600)
  assert.equal((await openSigner(FILE, folder)).vkey, vkey)
  assert.match((await openSigner({ ...FILE, origin: 'audit.example/log' }, folder)).vkey, /^audit\.example\/log\+/)
  assert.ok(await signs(FILE, folder))
  await chmod(join(folder, 'seal.key'), 0o644)
  await assert.rejects(openSigner(FILE, folder), { code: 'seal.key' })
})

test('beside a key outside the data folder each record has a file of its own, and none has one beside another key', async (t) => {
  const of = (path: string | undefined) => keyOutside({ key: { kind: 'file', path } }, '/var/data')
  assert.deepEqual(['/etc/keys/k.pem', '/var/data/sub/k.pem', undefined].map(of), [
    '/etc/keys/k.pem',
    undefined,
    undefined,
  ])
  assert.equal(keyOutside({ key: { kind: 'env', name: 'K' } }, '/var/data'), undefined)
  const [one, other] = ['a'.repeat(16), 'b'.repeat(16)]
  const places = { data: '/var/data', keys: '/var/keys', record: one }
  assert.deepEqual(memoriesOf({ key: { kind: 'file', path: '/etc/keys/k.pem' } }, places), [
    `/etc/keys/k.pem.${one}.head`,
    '/var/keys/seal.head',
    '/var/data/seal.head',
  ])
  const key = join(await newFolder(t), 'k.pem')
  for (const path of [headBeside(key, one), headBeside(key, other), sharedHead(key), `${headBeside(key, other)}.new`])
    await writeFile(path, '')
  assert.deepEqual(othersBeside(key, one), [{ path: `${key}.${other}.head`, record: other }])
})

test('a key of a variable, and a command that signs', async (t) => {
  const folder = await newFolder(t)
  const { vkey } = await openSigner(FILE, folder)
  process.env['GATELOG_TEST_SEAL'] = await readFile(join(folder, 'seal.key'), 'utf8')
  assert.equal((await openSigner({ key: { kind: 'env', name: 'GATELOG_TEST_SEAL' } }, folder)).vkey, vkey)
  const program = `
    const { sign, createPrivateKey } = require('node:crypto')
    const key = createPrivateKey(require('node:fs').readFileSync(process.argv[1]))
    console.log(sign(null, require('node:fs').readFileSync(0), key).toString('base64'))`
  const run = (code: string): Seal => ({
    key: { kind: 'command', argv: [process.execPath, '-e', code, join(folder, 'seal.key')], vkey },
  })
  assert.ok(await signs(run(program), folder))
  await assert.rejects(signs(run('process.exit(3)'), folder), { code: 'seal.key' })
  const absent: Seal = { key: { kind: 'command', argv: [join(folder, 'none')], vkey } }
  await assert.rejects(signs(absent, folder), { code: 'seal.key' })
})

test('what is no Ed25519 key is refused, and not shown', async (t) => {
  const folder = await newFolder(t)
  const path = join(folder, 'k.pem')
  const { privateKey } = generateKeyPairSync('x25519')
  for (const text of ['', 'not a key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()]) {
    await writeFile(path, text, { mode: 0o600 })
    const shows = (error: Error) => !text.includes('BEGIN') || !error.message.includes(text.split('\n')[1] ?? '')
    await assert.rejects(openSigner({ key: { kind: 'file', path } }, folder), shows)
  }
  await assert.rejects(openSigner({ key: { kind: 'env', name: 'GATELOG_TEST_NONE' } }, folder), { code: 'seal.key' })
})

test('the configuration: on unless said otherwise, one key, a command with its verifier key', () => {
  const seal = (text: string) => readConfig(`trail: {seal: {${text}}}`).seal
  assert.deepEqual(readConfig('').seal, FILE)
  assert.deepEqual(seal('enabled: false'), undefined)
  assert.deepEqual(seal('origin: a.example/log, key: {env: K}'), {
    origin: 'a.example/log',
    key: { kind: 'env', name: 'K' },
  })
  const wrong = (text: string, said: RegExp) => assert.throws(() => seal(text), said)
  wrong('origin: a b', /without blanks/)
  wrong('key: {file: a, env: B}', /one of file, env and command/)
  wrong('key: {command: [a]}', /command and vkey go together/)
  wrong('key: {command: [a], vkey: a+b+c}', /a verifier key is/)
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
  assert.equal(seal(`key: {command: [a, b], vkey: "${vkey}"}`)?.key.kind, 'command')
  wrong(`origin: other, key: {command: [a], vkey: "${vkey}"}`, /not the origin/)
})
