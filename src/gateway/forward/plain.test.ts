/** Plain HTTP through the forward door, as the far end hears it: every body framed as it came, nothing in clear that was to be TLS. */
import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Ending } from '#exchange'
import { until } from '../asking.case.ts'
import { openHouse, type Setup } from '../house.case.ts'
import type { ForwardSettings } from './settings.ts'

const never = () => Promise.reject(new Error('no leaf is wanted'))

const settings = (others: ForwardSettings['others']): ForwardSettings => ({
  ...{ leaves: { contextFor: never }, certificates: async () => '', others, privateAddresses: false },
  ...{ proxy: undefined, isProvider: () => false },
})

/** A far end that hears raw bytes and says what it is told to, and a house that lets through to it. */
async function stage(t: TestContext, says: (heard: string, socket: Socket) => void, more: Partial<Setup> = {}) {
  const heard: string[] = []
  const far = createServer((socket) => {
    let all = ''
    socket
      .on('error', () => socket.destroy())
      .on('data', (bytes) => {
        heard.push(bytes.toString('latin1'))
        all += bytes.toString('latin1')
        says(all, socket)
      })
  })
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(far.address() as AddressInfo).port}`
  const house = await openHouse({ script: () => undefined, forward: settings([host]), ...more })
  t.after(async () => {
    await house.close()
    far.close()
  })
  const login = `proxy-authorization: Basic ${btoa(`ana:${house.key}`)}\r\n`
  /** Says it raw; what is answered until the connection ends. */
  const say = (head: string, body = '') =>
    new Promise<string>((resolve, reject) => {
      let told = ''
      const socket = connect(
        house.port,
        '127.0.0.1',
        () => void socket.write(`${head}\r\nhost: ${host}\r\n${login}\r\n${body}`),
      )
      socket.on('data', (bytes) => {
        told += bytes.toString('latin1')
      })
      socket.on('error', reject).once('close', () => resolve(told))
    })
  return { host, house, heard, say }
}

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'
const CLOSE = 'connection: close'
const INNER = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n'

/** The far end's reading of what it heard: requests as RFC 9112 frames them. */
function requestsIn(text: string): { line: string; body: string }[] {
  const found: { line: string; body: string }[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n') + 4
    const head = rest.slice(0, end)
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
    const chunked = /^transfer-encoding: chunked/im.test(head)
    const size = chunked ? rest.indexOf('0\r\n\r\n', end) + 5 - end : length
    found.push({ line: head.split('\r\n', 1)[0] ?? '', body: rest.slice(end, end + size) })
    rest = rest.slice(end + size)
  }
  return found
}

test('a body is framed towards the far end as it came, whatever the method: one request stays one', async (t) => {
  const { host, house, heard, say } = await stage(t, (all, socket) => {
    if (requestsIn(all).length > 0 && (!all.includes('chunked') || all.endsWith('0\r\n\r\n'))) socket.end(ANSWER)
  })
  const chunked = `${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`
  for (const method of ['GET', 'DELETE', 'OPTIONS', 'HEAD', 'POST', 'PUT'])
    for (const [framing, body] of [
      [`content-length: ${INNER.length}`, INNER],
      ['transfer-encoding: chunked', chunked],
      ['content-length: 0', ''],
    ] as const) {
      heard.length = 0
      const told = await say(`${method} http://${host}/first HTTP/1.1\r\n${CLOSE}\r\n${framing}`, body)
      assert.match(told, /^HTTP\/1\.1 200/, `${method} ${framing}`)
      assert.deepEqual(
        requestsIn(heard.join('')),
        [{ line: `${method} /first HTTP/1.1`, body }],
        `${method} ${framing}`,
      )
      assert.match(heard.join(''), new RegExp(`^${framing}`, 'im'))
      assert.match(heard.join(''), /^connection: close\r$/im)
    }
  for (const [method, length] of [
    ['GET', undefined],
    ['POST', '0'],
  ] as const) {
    heard.length = 0
    await say(`${method} http://${host}/bare HTTP/1.1\r\n${CLOSE}`)
    assert.equal(/^content-length: (\d+)/im.exec(heard.join(''))?.[1], length)
    assert.doesNotMatch(heard.join(''), /transfer-encoding/i)
  }
  const endings = house.watched.entries.filter(({ kind }) => kind === 'replied')
  assert.equal(endings.length, 6 * 3 + 2)
})

test('an https address without a tunnel is refused, and nobody hears of it in clear', async (t) => {
  const { host, house, heard, say } = await stage(t, (_all, socket) => socket.end(ANSWER))
  const told = await say(`GET https://${host}/secret HTTP/1.1\r\nauthorization: Bearer inner\r\n${CLOSE}`)
  assert.match(told, /^HTTP\/1\.1 400/)
  assert.match(told, /x-gatelog-error: forward\.clear/)
  assert.match(told, /CONNECT/)
  assert.deepEqual(heard, [])
  assert.deepEqual(
    house.watched.entries.map(({ kind }) => kind),
    ['refused'],
  )
})

test('a far end that says nothing, or nothing more, does not hold a client for ever', async (t) => {
  const { host, house, say } = await stage(
    t,
    (all, socket) => void (all.includes('/begins') && socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')),
    { idle: 150 },
  )
  assert.match(await say(`GET http://${host}/silent HTTP/1.1\r\n${CLOSE}`), /^HTTP\/1\.1 504/)
  assert.match(await say(`GET http://${host}/begins HTTP/1.1\r\n${CLOSE}`), /half$/)
  const endings = () => house.watched.entries.filter(({ kind }) => kind === 'failed') as Ending[]
  await until(() => endings().length === 2)
  assert.deepEqual(
    endings().map(({ fault }) => fault),
    ['upstream.timeout', 'upstream.timeout'],
  )
})
