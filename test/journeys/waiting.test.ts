/** A command that waits for anchors where no server runs says so, once; one that cannot open the record ends. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { gatelog, startGateway } from '../process.case.ts'

const YAML = 'connections: { up: { kind: openai } }\ntrail: { seal: { origin: waiting.example/log } }\n'

/** A witness that takes every call and hangs up. */
async function silent(t: TestContext): Promise<string> {
  const server = createServer((socket) => void socket.on('error', () => undefined).destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const [type, raw, name] = [Buffer.from([4]), randomBytes(32), 'silent.example/w']
  const id = createHash('sha256').update(`${name}\n`).update(type).update(raw).digest().subarray(0, 4)
  const vkey = `${name}+${id.toString('hex')}+${Buffer.concat([type, raw]).toString('base64')}`
  return `export: { anchors: { out: { kind: witness, url: 'http://127.0.0.1:${port}/w/', vkey: '${vkey}' } } }\n`
}

test('what is waited for is told on stderr, once, with for how long', async (t) => {
  const gateway = await startGateway(t, YAML)
  await gateway.gatelog('search', 'something')
  await gateway.end('SIGTERM')
  assert.ok(existsSync(join(gateway.folder, 'gatelog-data/seal/checkpoint')))
  gateway.configure(YAML + (await silent(t)))
  const said = async (...args: string[]) => {
    const { code, stderr } = await gateway.gatelog(...args)
    return { code, waits: stderr.split('\n').filter((line) => line.includes(' at most')) }
  }
  const wait = 'nothing is sealed before an anchor tells what it has seen of the log: waiting for out'
  assert.deepEqual(await said('backup', 'to'), { code: 0, waits: [`${wait}, 15 s at most`] })
  assert.deepEqual(await said('rescan', '--since', '2026-01-01'), { code: 0, waits: [`${wait}, 70 s at most`] })
  assert.deepEqual(await said('verify'), {
    code: 0,
    waits: ['asking what they have seen of the log: out, 10 s at most'],
  })
  assert.deepEqual((await said('doctor')).waits, ['asking what they have seen of the log: out, 5 s at most'])
  for (const args of [
    ['verify', '--offline'],
    ['search', 'something'],
    ['prove', 'last'],
  ])
    assert.deepEqual((await said(...args)).waits, [], args.join(' '))
})

test('a record that somebody else has open ends a command that would seal, anchors or not', async (t) => {
  const gateway = await startGateway(t, YAML)
  await gateway.end('SIGTERM')
  gateway.configure(YAML + (await silent(t)))
  const lock = new DatabaseSync(join(gateway.folder, 'gatelog-data/lock'))
  lock.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
  const { code, stderr } = await gatelog(gateway.folder, ['backup', 'to'])
  lock.close()
  assert.equal(code, 1, stderr)
  assert.match(stderr, /trail\.locked/)
})
