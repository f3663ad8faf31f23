/** A webhook with several rows on their way: how many, in which order they begin, and what one that fails does to the others. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { rowsOfEveryKind } from '../rows.case.ts'
import { openSink, SinkForm } from './index.ts'

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

/** A receiver that hands each request to a test; a sink of three at a time. */
async function opened(t: TestContext, heard: (id: string, reply: ServerResponse) => void) {
  const server = createServer((asked, reply) => {
    asked.resume().once('end', () => heard(String(asked.headers['webhook-id']), reply))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sink = openSink(SinkForm.parse({ kind: 'webhook', url, secret: SECRET, in_flight: 3 }))
  t.after(async () => {
    await sink.close()
    server.closeAllConnections()
    server.close()
  })
  return sink
}

test('so many rows are on their way at a time, and each is sent once', async (t) => {
  const rows = rowsOfEveryKind().slice(0, 6)
  const [ids, open] = [[] as string[], new Set<ServerResponse>()]
  let most = 0
  const sink = await opened(t, (id, reply) => {
    ids.push(id)
    open.add(reply)
    most = Math.max(most, open.size)
    if (open.size < 3) return
    for (const each of open) each.writeHead(204).end()
    open.clear()
  })
  await sink.deliver(rows, AbortSignal.timeout(5000))
  assert.equal(most, 3)
  assert.deepEqual(ids.toSorted(), rows.map(({ id }) => id).toSorted())
  const first = new Set(rows.slice(0, 3).map(({ id }) => id))
  assert.ok(ids.slice(0, 3).every((id) => first.has(id)))
})

test('one that is refused ends those on their way, and none after it begins', async (t) => {
  const rows = rowsOfEveryKind().slice(0, 6)
  const [ids, gone] = [[] as string[], [] as string[]]
  const sink = await opened(t, (id, reply) => {
    ids.push(id)
    reply.once('close', () => gone.push(id))
    if (ids.length === 3) reply.writeHead(422).end('no')
  })
  await assert.rejects(sink.deliver(rows, AbortSignal.timeout(5000)), { code: 'export.refused' })
  for (let tries = 0; gone.length < 3; tries++) {
    assert.ok(tries < 500)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.equal(ids.length, 3)
})
