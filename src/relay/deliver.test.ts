/** Delivery to real clients: in order, in few pieces, no faster than they read. */
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '#exchange'
import { Delivery } from './deliver.ts'
import { fault, listening, speak, until } from './loopback.case.ts'

const GET = 'GET / HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n'

async function serving(
  t: TestContext,
  serve: (delivery: Delivery, response: ServerResponse) => unknown,
): Promise<number> {
  const server = createServer((_request, response) => void serve(new Delivery(response), response))
  const port = await listening(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return port
}

test('head as given, writes of one tick as one chunk, then the end', async (t) => {
  const port = await serving(t, async (delivery) => {
    delivery.writeHead(207, [
      ['X-A', '1'],
      ['x-a', '2'],
      ['Date', 'd'],
    ])
    for (const part of ['a', 'b', '', 'c']) assert.equal(delivery.write(Buffer.from(part)), undefined)
    await sleep(5)
    delivery.write(Buffer.from('d'))
    delivery.end()
    delivery.end()
  })
  const [head, body] = (await speak(port, GET)).split('\r\n\r\n', 2)
  assert.equal(
    head,
    'HTTP/1.1 207 Multi-Status\r\nX-A: 1\r\nx-a: 2\r\nDate: d\r\nConnection: close\r\nTransfer-Encoding: chunked',
  )
  assert.equal(body, '3\r\nabc\r\n1\r\nd\r\n0')
})

test('`gone` stays quiet after a proper end, and tells when the client leaves before', async (t) => {
  const ended: boolean[] = []
  const port = await serving(t, async (delivery) => {
    delivery.writeHead(200, [])
    delivery.write(Buffer.from('x'))
    setTimeout(() => delivery.end(), 10)
    await delivery.closed
    ended.push(delivery.gone.aborted)
  })
  await speak(port, GET)
  await until(() => ended.length === 1)
  const socket = connect(port, '127.0.0.1', () => socket.write(GET)).once('data', () => socket.destroy())
  await until(() => ended.length === 2)
  assert.deepEqual(ended, [false, true])
})

test('writing to a client that has gone: client.aborted', async (t) => {
  let outcome: Promise<unknown> | undefined
  const port = await serving(t, async (delivery) => {
    delivery.writeHead(200, [])
    delivery.write(Buffer.from('x'))
    await delivery.closed
    outcome = Promise.resolve(delivery.write(Buffer.from('y')))
    outcome.catch(() => undefined)
    delivery.end()
  })
  const socket = connect(port, '127.0.0.1', () => socket.write(GET)).once('data', () => socket.destroy())
  await until(() => outcome !== undefined)
  await assert.rejects(outcome as Promise<unknown>, fault('client.aborted'))
})

test('a slow reader: the writer waits, memory stays bounded, every byte arrives', async (t) => {
  const total = 20 * 1024 * 1024
  let [written, most, waits] = [0, 0, 0]
  const port = await serving(t, async (delivery, response) => {
    delivery.writeHead(200, [['content-length', String(total)]])
    for (; written < total; written += 16 * 1024) {
      const full = delivery.write(Buffer.alloc(16 * 1024, 'x'))
      most = Math.max(most, response.writableLength)
      if (full) waits++
      await full
    }
    delivery.end()
  })
  let got = 0
  const socket = connect(port, '127.0.0.1', () => socket.write(GET))
  socket.pause()
  await sleep(150)
  assert.ok(written < total / 2, `${written} bytes were taken`)
  socket.on('data', (part) => {
    got += part.length
  })
  socket.resume()
  await until(() => got > total, 5000)
  assert.ok(waits > 0)
  assert.ok(most <= 512 * 1024, `${most} bytes waited`)
})

test('a writer that waits for a slow reader is told when that one leaves', async (t) => {
  const outcome: Fault[] = []
  const port = await serving(t, async (delivery) => {
    delivery.writeHead(200, [])
    try {
      for (;;) await delivery.write(Buffer.alloc(64 * 1024))
    } catch (error) {
      outcome.push(error as Fault)
    }
  })
  const socket = connect(port, '127.0.0.1', () => socket.write(GET))
  socket.pause()
  await sleep(100)
  assert.equal(outcome.length, 0)
  socket.destroy()
  await until(() => outcome.length > 0)
  assert.deepEqual(
    outcome.map(({ code }) => code),
    ['client.aborted'],
  )
})
