/** One file of a record fails under a running gateway: who is told what, what goes on, and that nothing acknowledged is lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { folderFor, type Gateway, startGateway, type Told } from '../process.case.ts'
import { chunk, DONE, prompt, startUpstream } from '../upstream.case.ts'
import { type Act, LIVE, LIVE_FILES, type Live, type LiveCase, type LiveOutcome } from './files.case.ts'
import { inject, skip, stop } from './inject.case.ts'

async function ground(t: TestContext) {
  const upstream = await startUpstream(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunk('answer') + DONE)
  })
  const yaml = `connections: { up: { kind: openai, url: '${upstream.url}' } }\n`
  const folder = folderFor(t)
  const gateway = await startGateway(t, yaml, folder)
  const key = await gateway.key()
  const ask = async (to: Gateway, words: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', connection: 'close', 'x-gatelog-key': key }
    const reply = await fetch(`${to.url}/c/up/v1/chat/completions`, { method: 'POST', body: prompt(words), headers })
    await reply.text()
    return reply.status
  }
  return { yaml, folder, gateway, ask }
}

type Ground = Awaited<ReturnType<typeof ground>>

/** What a command said; of an exchange, its status as a command's end would be. */
async function acted({ gateway, ask }: Ground, act: Act, words: string): Promise<Told> {
  if (act === 'a key is made') return gateway.gatelog('keys', 'create', '--user', words)
  if (act === 'a hold is added') return gateway.gatelog('hold', 'add', '--user', words, '--why', 'a case')
  const status = await ask(gateway, words)
  return { code: status === 200 ? 0 : 1, stdout: '', stderr: String(status) }
}

/** All that was acknowledged is there, and fits the log. */
async function isWhole(gateway: Gateway, replies: number): Promise<void> {
  const sealed = async () => (await gateway.api<{ size: number; fault?: string }>('/seal')).size
  for (let tries = 0; tries < 600 && (await sealed()) < 2 * replies; tries++) await wait(50)
  const { exchanges } = await gateway.api<{ exchanges: { kind: string }[] }>('/exchanges?limit=100')
  assert.equal(exchanges.filter(({ kind }) => kind === 'replied').length, replies)
  const verified = await gateway.gatelog('verify')
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
}

/** The process goes on. How many exchanges got their reply. */
async function survived(house: Ground, file: LiveCase, outcome: LiveOutcome, nth: number): Promise<number> {
  const { gateway, ask } = house
  const during = await acted(house, file.act, `during ${nth}`)
  let replies = file.act === 'an exchange of a new session' ? 1 : 0
  if (outcome.kind === 'refused') {
    assert.notEqual(during.code, 0)
    assert.match(during.stderr, new RegExp(`\\[${outcome.code.replace('.', '\\.')}\\]`))
  } else {
    assert.equal(during.code, 0, during.stderr)
  }
  assert.equal(await ask(gateway, `beside ${nth}`), 200, 'what does not write the file goes on')
  return ++replies
}

/** Some of the files are there once something was sealed. */
async function found(file: LiveCase, folder: string): Promise<string> {
  await until(() => file.find(folder) !== undefined)
  return file.find(folder) ?? assert.fail()
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    assert.ok(tries < 400, String(done))
    await wait(50)
  }
}

for (const file of LIVE_FILES) {
  const faults = Object.entries(file.live) as [Live, LiveOutcome][]
  const passing = faults.filter(([, { kind }]) => kind !== 'ends')
  if (passing.length > 0)
    test(`${file.name}: ${passing.map(([fault, { kind }]) => `${fault} (${kind})`).join(', ')}`, {
      skip,
    }, async (t) => {
      const house = await ground(t)
      const { gateway, folder, ask } = house
      assert.equal(await ask(gateway, 'before'), 200)
      let replies = 1
      for (const [nth, [fault, outcome]] of passing.entries()) {
        const heard = gateway.said().length
        const [calls, error] = LIVE[fault]
        const path = await found(file, folder)
        const strace = await inject(gateway, calls, error, path)
        replies += await survived(house, file, outcome, nth)
        const told = outcome.kind === 'waits' ? outcome.told : undefined
        if (told) await until(() => told.test(gateway.said().slice(heard)))
        await stop(strace)
        if (told) await until(() => gateway.said().slice(heard).includes('sealing goes on'))
        const again = await acted(house, file.act, `after ${nth}`)
        assert.equal(again.code, 0, again.stderr)
        if (file.act === 'an exchange of a new session') replies++
        await isWhole(gateway, replies)
      }
    })
  for (const [fault] of faults.filter(([, { kind }]) => kind === 'ends'))
    test(`${file.name}, ${fault}: the process ends, and a restart has everything`, { skip }, async (t) => {
      const house = await ground(t)
      const { gateway, folder, yaml, ask } = house
      assert.equal(await ask(gateway, 'before'), 200)
      const ended = once(gateway.child, 'exit')
      const [calls, error] = LIVE[fault]
      const strace = await inject(gateway, calls, error, await found(file, folder))
      const during = await acted(house, file.act, 'during').catch(() => ({ code: 1 }))
      const [code] = (await Promise.race([ended, wait(60_000, ['still running'], { ref: false })])) as [number | string]
      assert.equal(code, 1)
      await gateway.hears(/gatelog: .*trail/i)
      await stop(strace)
      const again = await startGateway(t, yaml, folder)
      const replied = file.act === 'an exchange of a new session' && during.code === 0 ? 2 : 1
      assert.equal(await ask(again, 'after'), 200)
      await isWhole(again, replied + 1)
    })
}
