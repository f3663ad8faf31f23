/** A process that holds the keys which is slow, hangs or does not end: what needs it waits for a bounded time, or is refused. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { prompt } from '../upstream.case.ts'
import { holderOf, shaken, until } from './holder.case.ts'

const YAML = 'connections: { demo: { kind: demo }, openai: { kind: openai }, anthropic: { kind: anthropic } }\n'

async function ask(gateway: Gateway, key: string) {
  const headers = { 'content-type': 'application/json', 'x-gatelog-key': key }
  const url = `${gateway.url}/c/demo/v1/chat/completions`
  const answer = await fetch(url, { method: 'POST', headers, body: prompt('Write a config loader') })
  return { status: answer.status, text: await answer.text() }
}

/** What the record says was answered, newest first. */
async function replied(gateway: Gateway): Promise<{ readonly exchange: string }[]> {
  const { stdout } = await gateway.gatelog('search', '--json', '--limit', '100', 'connection:demo')
  const { exchanges } = JSON.parse(stdout)
  return exchanges.filter(({ kind }: { kind: string }) => kind === 'replied')
}

test('one that is slow is waited for', async (t) => {
  const gateway = await startGateway(t, YAML)
  const key = await gateway.key()
  const holder = await holderOf(gateway)
  process.kill(holder, 'SIGSTOP')
  setTimeout(() => process.kill(holder, 'SIGCONT'), 4000)
  assert.ok(await shaken(gateway, key))
  assert.equal(await holderOf(gateway), holder)
  assert.doesNotMatch(gateway.said(), /keyholder|does not answer/)
})

test('one that hangs is ended and started again: nothing that was acknowledged is lost, and what needs a key is refused', async (t) => {
  const folder = folderFor(t)
  const before = await startGateway(t, YAML, folder)
  assert.equal((await ask(before, await before.key())).status, 200)
  const [{ exchange: id } = { exchange: '' }] = await replied(before)
  await before.end('SIGTERM')
  const gateway = await startGateway(t, YAML, folder)
  const key = await gateway.key()
  const holder = await holderOf(gateway)
  process.kill(holder, 'SIGSTOP')
  const [shown, leaf, ...answers] = await Promise.all([
    gateway.gatelog('show', id),
    shaken(gateway, key).catch(() => 'refused'),
    ...Array.from({ length: 8 }, () => ask(gateway, key)),
  ])
  for (const { status, text } of answers)
    assert.ok(status === 200 || /trail\.keyholder/.test(text), `${status} ${text}`)
  assert.ok(leaf === true || leaf === 'refused')
  assert.ok(shown.code === 0 || /does not answer/.test(shown.stderr), shown.stderr)
  await gateway.hears('does not answer; it is ended')
  await gateway.hears('is started again')
  await until(async () => (await holderOf(gateway)) !== holder)
  assert.ok(await shaken(gateway, key, 'api.anthropic.com'))
  assert.match((await gateway.gatelog('show', id)).stdout, /Write a config loader/)
  const acknowledged = 1 + answers.filter(({ status }) => status === 200).length
  assert.equal((await replied(gateway)).length, acknowledged)
  assert.equal(await gateway.end('SIGTERM'), 0)
})

test('a credential whose source hangs is not put in force, and the former configuration stays', async (t) => {
  const folder = folderFor(t)
  writeFileSync(join(folder, 'own.key'), ['planted', 'Kq7vX2mPz9'].join('-'))
  const own = (key: string) => `kind: openai-compatible, url: 'http://127.0.0.1:9', credentials: brokered, key: ${key}`
  const yaml = (other: string) => `connections: { a: { ${own("'${file:own.key}'")} }, b: { ${own(other)} } }\n`
  const gateway = await startGateway(t, yaml("'${file:own.key}'"), folder)
  gateway.configure(yaml('{ command: [sleep, "1000"] }'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('the former configuration stays in force')
  await gateway.hears(/own credential for this connection cannot be had: sleep: did not end within/)
})

test('one that hangs at the end does not keep the gateway from ending', async (t) => {
  const gateway = await startGateway(t, YAML)
  const holder = await holderOf(gateway)
  process.kill(holder, 'SIGSTOP')
  assert.equal(await gateway.end('SIGTERM'), 0)
  await until(() => !existsSync(`/proc/${holder}`))
})
