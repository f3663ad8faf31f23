/** Sinks of the real process: nothing is lost over `kill -9`, nothing is sent before its time, trouble is seen in doctor. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'

const SECRET = Buffer.alloc(24, 9).toString('base64')

async function ask(gateway: Gateway, key: string): Promise<boolean> {
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'hello' }] })
  const headers = { 'x-gatelog-key': key, 'content-type': 'application/json' }
  const url = `${gateway.url}/c/demo/v1/chat/completions`
  try {
    const reply = await fetch(url, { method: 'POST', headers, body })
    await reply.text()
    return reply.ok
  } catch {
    return false
  }
}

async function receiver(): Promise<{ server: Server; url: string; ids: string[]; taking: { on: boolean } }> {
  const ids: string[] = []
  const taking = { on: true }
  const server = createServer((asked, reply) => {
    asked.resume().once('end', () => {
      if (!taking.on) return void reply.writeHead(503).end('later')
      ids.push(String(asked.headers['webhook-id']))
      reply.writeHead(204).end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ids, taking }
}

const until = async (holds: () => boolean | Promise<boolean>, what: () => string) => {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 600, what())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The ids of every ended exchange on the record. */
const endedIn = async (gateway: Gateway): Promise<string[]> => {
  const { exchanges } = await gateway.api<{ exchanges: { exchange: string; kind: string }[] }>('/exchanges?limit=1000')
  return exchanges.map(({ exchange, kind }) => `${exchange}.${kind}`)
}

test('what is on the record reaches every sink, whenever the process is killed', async (t) => {
  const folder = folderFor(t)
  const { server, url, ids, taking } = await receiver()
  t.after(() => server.close())
  const lines = join(folder, 'out', 'rows.jsonl')
  const yaml = `export: { sinks: {
    hook: { kind: webhook, url: '${url}', secret: 'whsec_${SECRET}' },
    lines: { kind: file, path: out/rows.jsonl } } }
`
  const fileIds = () => {
    const rows = existsSync(lines) ? readFileSync(lines, 'utf8').split('\n').slice(0, -1) : []
    return rows.map((row) => JSON.parse(row).id as string)
  }
  let key = ''
  let answered = 0
  for (let round = 1; round <= 2; round++) {
    const gateway = await startGateway(t, yaml, folder)
    key ||= await gateway.key()
    taking.on = round !== 2
    const [known, had, asking] = [ids.length, answered, { on: true }]
    const clients = [1, 2, 3].map(async () => {
      while (asking.on) if (await ask(gateway, key)) answered += 1
    })
    if (round === 2)
      await until(
        () => answered >= had + 15,
        () => `${answered} answered`,
      )
    else
      await until(
        () => ids.length >= known + 15,
        () => `${ids.length} came: ${gateway.said()}`,
      )
    const ended = gateway.end('SIGKILL')
    asking.on = false
    await Promise.all([ended, ...clients])
  }
  taking.on = true
  const gateway = await startGateway(t, yaml, folder)
  const wanted = await endedIn(gateway)
  assert.ok(wanted.length >= answered, `${wanted.length} on the record, ${answered} answered`)
  const missing = (found: readonly string[]) => wanted.filter((id) => !found.includes(id))
  await until(
    () => missing(ids).length === 0,
    () => `hook lacks ${missing(ids).length}: ${gateway.said()}`,
  )
  await until(
    () => missing(fileIds()).length === 0,
    () => `lines lack ${missing(fileIds()).length}`,
  )
  assert.equal(await gateway.end('SIGTERM'), 0)
})

test('a sink that refuses holds up neither traffic nor the others, and doctor tells how far it is behind', async (t) => {
  const { server, url, ids, taking } = await receiver()
  t.after(() => server.close())
  taking.on = false
  const gateway = await startGateway(
    t,
    `export: { sinks: { hook: { kind: webhook, url: '${url}', secret: 'whsec_${SECRET}' }, lines: { kind: file, path: rows.jsonl } } }\n`,
  )
  const key = await gateway.key()
  for (let nth = 0; nth < 5; nth++) assert.ok(await ask(gateway, key))
  await gateway.hears('export hook: A receiver of the record did not take')
  const rows = join(gateway.folder, 'rows.jsonl')
  await until(
    () => existsSync(rows) && readFileSync(rows, 'utf8').split('\n').length > 6, // five exchanges, and which rules are in force
    () => 'lines',
  )
  const doctor = await gateway.gatelog('doctor')
  assert.match(
    doctor.stdout,
    /fail export hook +A receiver of the record did not take what was sent: .* answered 503 \(5 bytes, which are not kept\); .*wait/,
  )
  assert.match(doctor.stdout, /ok {3}export lines +all is delivered/)
  assert.equal(gateway.said().match(/export hook/g)?.length, 1)
  taking.on = true
  await until(
    () => ids.length >= 5,
    () => gateway.said(),
  )
  await gateway.hears('export hook: delivers again')
  assert.equal(await gateway.end('SIGTERM'), 0)
  const local = await gateway.gatelog('export', '--bodies')
  const exported = local.stdout
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row))
  assert.equal(
    exported.filter(({ kind, untrusted }) => kind === 'replied' && untrusted.prompt.text.includes('hello')).length,
    5,
  )
  const { stdout } = await gateway.gatelog('reads', '--json')
  const [read] = JSON.parse(stdout).reads.filter((each: { read: { did: string } }) => each.read.did === 'exported')
  assert.deepEqual([read.read.via, read.read.content, read.read.format], ['local', true, 'jsonl'])
  const after = await gateway.gatelog('doctor')
  assert.match(after.stdout, /ok {3}export hook/)
})
