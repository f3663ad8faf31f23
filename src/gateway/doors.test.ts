/** What comes to the door and is never carried: on the record all the same, metadata only, one line for many. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Opening } from '#exchange'
import { makeKey } from '#identity'
import { answer, ask, type Open, within } from './asking.case.ts'
import { chat, SECRET, type Setup } from './house.case.ts'

/** Sends bytes; all that comes back until the door closes. */
function speak({ url }: Open, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) }, () => socket.write(bytes))
    socket.on('data', (part) => {
      got += part.toString()
    })
    socket.once('error', () => socket.destroy()).once('close', () => resolve(got))
  })
}

const handshake = (path: string, key: string) =>
  `GET ${path} HTTP/1.1\r\nHost: g\r\nx-gatelog-key: ${key}\r\nUser-Agent: codex_exec/0.169.0\r\n` +
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n'

const openings = ({ watched }: Open) => watched.entries as Opening[]

test('a refused WebSocket is on the record, with whose it was, and one line for many', () =>
  within({ script: answer }, async (house) => {
    const path = `/c/up/v1/responses?token=${SECRET}`
    const told = await speak(house, handshake(path, house.key))
    assert.match(told, /^HTTP\/1\.1 426 Upgrade Required\r\n.*x-gatelog-exchange: /s)
    for (const _ of [1, 2, 3]) await speak(house, handshake(path, house.key))
    const [first, ...more] = openings(house)
    assert.ok(first && more.length === 0 && told.includes(first.exchange))
    const { kind, door, fault, actor, key, connection, host, method, facts } = first
    assert.deepEqual([kind, door, fault, first.reason], ['refused', 'websocket', 'request.upgrade', undefined])
    assert.deepEqual([actor?.id, key, connection, host], ['ana', house.record.id, 'up', 'api'])
    assert.deepEqual([method, first.path], ['GET', '/v1/responses?token=…'])
    assert.deepEqual([facts.client?.value, facts.remote?.value], ['codex/0.169.0', '127.0.0.1'])
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await new Promise(setImmediate)
    assert.equal(openings(house).at(-1)?.count, 3)
    assert.ok(!JSON.stringify(house.watched.entries).includes(SECRET))
  }))

test('a WebSocket of a stranger, and one with a revoked key, say so', () =>
  within({ script: answer }, async (house) => {
    await speak(house, handshake('/c/up/v1/responses', house.stranger))
    await house.identity.revoke(house.record.id)
    await speak(house, handshake('/c/up/v1/responses', house.key))
    assert.deepEqual(
      openings(house).map(({ actor, fault, reason }) => [actor?.id, fault, reason]),
      [
        [undefined, 'request.upgrade', 'identity.unknown'],
        ['ana', 'request.upgrade', 'identity.revoked'],
      ],
    )
  }))

test('CONNECT, and bytes that are no request, are on the record without what they bore', () =>
  within({ script: answer }, async (house) => {
    const connecting = await speak(house, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')
    assert.match(connecting, /^HTTP\/1\.1 400 Bad Request\r\n/)
    for (const _ of [1, 2, 3]) await speak(house, `GET / HTTP/1.1\r\nHost: g\r\nbroken ${SECRET}\r\n\r\n`)
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await new Promise(setImmediate)
    assert.deepEqual(
      openings(house).map(({ kind, fault, reason, method, path, count }) => [kind, fault, reason, method, path, count]),
      [
        ['refused', 'ca.off', undefined, 'CONNECT', 'evil.example:443', undefined],
        ['refused', 'request.http', 'HPE_INVALID_HEADER_TOKEN', '', '', undefined],
        ['refused', 'request.http', 'HPE_INVALID_HEADER_TOKEN', '', '', 2],
      ],
    )
    assert.ok(!JSON.stringify(house.watched.entries).includes(SECRET))
    assert.equal(house.seen.length, 0)
  }))

test('a key in the path of a request that goes nowhere is not on the record', () =>
  within({ script: answer }, async (house) => {
    const key = makeKey('path', randomBytes)
    await speak(house, `GET /k/${key}/c/up//v1 HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n`)
    await speak(house, `GET /k/${key} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n`)
    assert.equal(openings(house).length, 2)
    assert.ok(!JSON.stringify(house.watched.entries).includes(key))
  }))

test('what comes while the gateway ends goes nowhere, and the record says whose it was', () => {
  const setup: Setup = { script: answer }
  return within(setup, async (house) => {
    assert.equal((await ask(house, chat('hi'))).status, 200)
    setup.draining = true
    const reply = await ask(house, chat('hi'), { path: '/v1/messages' })
    assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [503, 'gateway.draining'])
    assert.match(await reply.text(), /^\{"type":"error".*Gatelog is shutting down/)
    const last = openings(house).at(-1)
    assert.deepEqual([last?.kind, last?.fault, last?.actor?.id], ['refused', 'gateway.draining', 'ana'])
    assert.equal(house.seen.length, 1)
  })
})
