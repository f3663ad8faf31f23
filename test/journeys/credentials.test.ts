/** The gateway's own credentials with real processes: held by the keyholder, leased, rotated, masked where they come back. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { chunk, startUpstream } from '../upstream.case.ts'
import { checksOf, holderOf, until } from './holder.case.ts'

/** Assembled, so that no scanner takes it for one that works. */
const secret = (name: string) => ['gl', 'planted', name, 'Kq7vX2mPz9Lr4Tn8'].join('-')

/** An upstream that streams back, cut in the middle, what credential it was sent. */
const echoing = (t: TestContext) =>
  startUpstream(t, async ({ headers }, response) => {
    const value = String(headers['authorization'])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const part of [value.slice(0, 12), value.slice(12, 25), value.slice(25)]) {
      response.write(chunk(part))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    response.end(`${chunk('', 'stop')}data: [DONE]\n\n`)
  })

async function ask(gateway: Gateway, key: string, connection = 'own') {
  const answer = await fetch(`${gateway.url}/c/${connection}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
  })
  return { status: answer.status, text: await answer.text() }
}

const own = (url: string, key: string, name = 'own') =>
  `  ${name}: { kind: openai-compatible, url: '${url}', credentials: brokered, key: ${key} }\n`

test('from a file: sent, masked where it comes back, and a new one is taken up without a restart', async (t) => {
  const upstream = await echoing(t)
  const folder = folderFor(t)
  writeFileSync(join(folder, 'own.key'), `${secret('one')}\n`, { mode: 0o600 })
  const gateway = await startGateway(t, `connections:\n${own(upstream.url, "'${file:own.key}'")}`, folder)
  const key = await gateway.key()
  const first = await ask(gateway, key)
  assert.equal(first.status, 200)
  assert.equal(upstream.received.at(-1)?.headers['authorization'], `Bearer ${secret('one')}`)
  assert.ok(!first.text.replaceAll(/[^\w-]/g, '').includes('Kq7v'), first.text)
  assert.match(first.text, /brokered-key/)
  writeFileSync(join(folder, 'own.key'), secret('two'))
  await until(async () => {
    await ask(gateway, key)
    return upstream.received.at(-1)?.headers['authorization'] === `Bearer ${secret('two')}`
  })
  const { text } = await ask(gateway, key)
  assert.match(text, /brokered-key/)
  assert.ok(!text.includes('Kq7v'))
  const { stdout } = await gateway.gatelog('show', 'last')
  assert.match(stdout, /brokered-key/)
  assert.ok(!stdout.includes('Kq7v'))
  const told = (await checksOf(gateway)).find(({ check }) => check === 'keyholder')?.told ?? ''
  assert.match(told, /credential [1-9]/)
})

test('from a variable: the keyholder has it again after it was killed', async (t) => {
  const upstream = await echoing(t)
  process.env['GATELOG_TEST_OWN'] = secret('variable')
  t.after(() => delete process.env['GATELOG_TEST_OWN'])
  const gateway = await startGateway(t, `connections:\n${own(upstream.url, "'${env:GATELOG_TEST_OWN}'")}`)
  const key = await gateway.key()
  assert.equal((await ask(gateway, key)).status, 200)
  const before = await holderOf(gateway)
  process.kill(before, 'SIGKILL')
  await gateway.hears('is started again')
  await until(async () => (await holderOf(gateway)) !== before)
  const { text } = await ask(gateway, key)
  assert.equal(upstream.received.at(-1)?.headers['authorization'], `Bearer ${secret('variable')}`)
  assert.ok(!text.includes('Kq7v'))
})

test('a reload puts another credential in force, and one that cannot be had changes nothing', async (t) => {
  const upstream = await echoing(t)
  const folder = folderFor(t)
  writeFileSync(join(folder, 'a.key'), secret('a'))
  writeFileSync(join(folder, 'b.key'), secret('b'))
  const yaml = (file: string) => `connections:\n${own(upstream.url, `'\${file:${file}}'`)}`
  const gateway = await startGateway(t, yaml('a.key'), folder)
  const key = await gateway.key()
  assert.equal((await ask(gateway, key)).status, 200)
  gateway.configure(yaml('b.key'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('in force')
  assert.equal((await ask(gateway, key)).status, 200)
  assert.equal(upstream.received.at(-1)?.headers['authorization'], `Bearer ${secret('b')}`)
  writeFileSync(join(folder, 'empty.key'), '')
  gateway.configure(yaml('empty.key'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('the former configuration stays')
  assert.equal((await ask(gateway, key)).status, 200)
  assert.equal(upstream.received.at(-1)?.headers['authorization'], `Bearer ${secret('b')}`)
})
