/** A disk that fails under a running gateway, by way of strace: what clients are told, and what is there afterwards. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Summary } from '#trail'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'
import { chunk, DONE, prompt, startUpstream } from '../upstream.case.ts'
import { inject, skip, stop } from './inject.case.ts'

async function ground(t: TestContext) {
  const upstream = await startUpstream(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunk('answer') + DONE)
  })
  const yaml = `connections: { up: { kind: openai, url: '${upstream.url}' } }\n`
  const folder = folderFor(t)
  const gateway = await startGateway(t, yaml, folder)
  const key = await gateway.key()
  const ask = (to: Gateway, words: string) =>
    fetch(`${to.url}/c/up/v1/chat/completions`, {
      method: 'POST',
      body: prompt(words),
      headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    }).then(async (reply) => ({ status: reply.status, text: await reply.text() }))
  return { upstream, yaml, folder, gateway, ask }
}

const all = async (gateway: Gateway): Promise<Summary[]> =>
  (await gateway.api<{ exchanges: Summary[] }>('/exchanges?limit=100')).exchanges

for (const [name, calls] of [
  ['a failed fsync', 'fsync,fdatasync'],
  ['EIO on write', 'pwrite64'],
] as const)
  test(`${name}: nothing more is sent, the process ends, a restart has every acknowledged entry`, {
    skip,
  }, async (t) => {
    const { upstream, yaml, folder, gateway, ask } = await ground(t)
    assert.equal((await ask(gateway, 'before')).status, 200)
    const ended = once(gateway.child, 'exit')
    const strace = await inject(gateway, calls, 'EIO')
    const refused = await ask(gateway, 'during')
    assert.ok(refused.status === 503, `${refused.status} ${refused.text}`)
    const [code] = (await Promise.race([ended, wait(60_000, ['still running'], { ref: false })])) as [number | string]
    assert.equal(code, 1)
    await gateway.hears(/gatelog: .*trail/i)
    assert.equal(upstream.received.length, 1)
    await stop(strace)
    const again = await startGateway(t, yaml, folder)
    assert.equal((await ask(again, 'after')).status, 200)
    const kinds = (await all(again)).map(({ kind }) => kind)
    assert.ok(
      kinds.every((kind) => kind !== 'asked'),
      kinds.join(),
    )
    assert.equal(kinds.filter((kind) => kind === 'replied').length, 2)
  })

test('a full disk refuses with its reason, and the same process goes on once there is space', { skip }, async (t) => {
  const { upstream, gateway, ask } = await ground(t)
  assert.equal((await ask(gateway, 'before')).status, 200)
  const strace = await inject(gateway, 'pwrite64', 'ENOSPC')
  const refused = await ask(gateway, 'during')
  assert.equal(refused.status, 503)
  assert.match(refused.text, /trail\.unavailable/)
  assert.equal((await fetch(`${gateway.health}/readyz`)).status, 503)
  assert.equal(upstream.received.length, 1)
  await stop(strace)
  assert.equal((await ask(gateway, 'after')).status, 200)
  assert.equal((await fetch(`${gateway.health}/readyz`)).status, 200)
  assert.equal(upstream.received.length, 2)
  assert.equal((await all(gateway)).filter(({ kind }) => kind === 'replied').length, 2)
})
