/** docs/kms.md as it stands: a program of another user gives the wrapping key and a credential, and signs what goes on. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, startGateway } from '../process.case.ts'
import { chunk, DONE, prompt, startUpstream } from '../upstream.case.ts'
import { checksOf, until } from './holder.case.ts'

const PAGE = readFileSync(new URL('../../docs/kms.md', import.meta.url), 'utf8')
const block = (kind: string): string => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(PAGE)?.[1] ?? ''
const MISSING = ['openssl', 'flock'].find((program) => spawnSync(program, ['--version']).error)
const SKIP = MISSING ? `${MISSING} is not installed` : false
const ORIGIN = 'audit.example/log'
/** Assembled, so that no scanner takes it for one that works. */
const CREDENTIAL = ['gl', 'planted', 'kms', 'Kq7vX2mPz9Lr4Tn8'].join('-')

/** The example, with its keys in a folder of the test’s. */
function example(t: TestContext) {
  const folder = folderFor(t)
  const [program, home] = [join(folder, 'gatelog-kms'), join(folder, 'kms')]
  writeFileSync(program, block('sh').replace('/var/lib/gatelog-kms', home))
  chmodSync(program, 0o755)
  mkdirSync(home)
  const run = (...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim()
  run('setup')
  writeFileSync(join(home, 'credentials/openai'), CREDENTIAL)
  const sign = (text: string) => spawnSync(program, ['sign', ORIGIN], { input: text })
  return { folder, program, home, run, sign }
}

test('the example of docs/kms.md serves, seals and is verified, and no key of it is here', {
  skip: SKIP,
}, async (t) => {
  const { folder, program, home, run } = example(t)
  const vkey = run('vkey', ORIGIN)
  const upstream = await startUpstream(t, (_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.end(chunk(`you sent ${CREDENTIAL}`) + DONE)
  })
  const yaml = block('yaml')
    .replaceAll('sudo, -n, -u, gatelog-kms, /usr/local/bin/gatelog-kms', program)
    .replace('audit.example/log+00000000+AAAA', vkey)
    .replace('kind: openai\n', `kind: openai\n    url: ${upstream.url}\n`)
  const gateway = await startGateway(t, yaml, folder)
  const answer = await fetch(`${gateway.url}/c/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': await gateway.key() },
    body: prompt('hello'),
  })
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  assert.equal(upstream.received[0]?.headers['authorization'], `Bearer ${CREDENTIAL}`)
  assert.ok(!text.includes(CREDENTIAL))
  const seal = async () => (await checksOf(gateway)).find(({ check }) => check === 'seal')?.told ?? ''
  await until(async () => /^[1-9]\d* entries sealed/.test(await seal()))
  assert.ok((await seal()).includes(vkey))
  const verified = await gateway.gatelog('verify', '--key', vkey)
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.ok(!existsSync(join(folder, 'gatelog-data/seal.key')))
  assert.match(readFileSync(join(home, 'head'), 'utf8'), /^audit\.example\/log\n[1-9]/)
  await gateway.end('SIGTERM')
  assert.match((await gateway.gatelog('show', 'last')).stdout, /hello/)
})

test('the example signs a head of its own log that goes on, and nothing else', { skip: SKIP }, (t) => {
  const { sign } = example(t)
  const head = (size: number | string, byte = 1, origin = ORIGIN) =>
    `${origin}\n${size}\n${Buffer.alloc(32, byte).toString('base64')}\n`
  assert.equal(Buffer.from(sign(head(10)).stdout.toString(), 'base64').length, 64)
  for (const bad of [head(9), head(10, 2), head(11, 1, 'another/log'), head('x'), head(''), 'pay mallory\n', ''])
    assert.notEqual(sign(bad).status, 0, bad)
  assert.equal(sign(head(10)).status, 0)
  assert.equal(sign(head(11)).status, 0)
})
