/** An upstream WebSocket that answers one message at a time, whoever reads it, and however slowly. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, fault, NEVER } from '../loopback.case.ts'
import { type AskOptions, Line } from './line.ts'
import type { Listener, Peer } from './peer.ts'

/** A peer that a test speaks for. */
function fake() {
  const told = { sent: [] as string[], paused: false, terminated: false, closed: 0, over: 0 }
  let listener: Listener | undefined
  const peer = {
    open: true,
    listen: (given: Listener) => {
      listener = given
    },
    send: (messages: Uint8Array[]) => void told.sent.push(...messages.map(String)),
    pause: () => {
      told.paused = true
    },
    resume: () => {
      told.paused = false
    },
    close: (code: number) => {
      told.closed = code
    },
    terminate: () => {
      told.terminated = true
      peer.open = false
      listener?.closed({ code: 1006, reason: '' })
    },
    ping: () => undefined,
  }
  const options = { peer: peer as unknown as Peer, host: 'up', message_bytes: 10, pinged: () => undefined }
  const line = new Line({ ...options, over: () => void told.over++ })
  return { line, told, say: (text: string) => listener?.message(Buffer.from(text)), heard: () => listener as Listener }
}

const options: AskOptions = {
  ...{ first_byte_ms: 1000, idle_ms: 1000, signal: NEVER },
  ends: (message) => message.includes('end'),
  coded: (message) => message,
}
const ask = (line: Line, more: Partial<AskOptions> = {}) => line.ask(Buffer.from('asked'), { ...options, ...more })

test('a reply is read to its end, and the line is fit for the next', async () => {
  const { line, told, say } = fake()
  for (const nth of [1, 2]) {
    const asked = ask(line)
    assert.equal(line.fit, false)
    say(`a${nth}`)
    say('end')
    assert.equal(String(await bytesOf(await asked)), `a${nth}end`)
    assert.equal(line.fit, true)
  }
  assert.deepEqual([told.sent, told.over], [['asked', 'asked'], 0])
})

test('a reply whose end comes while its reader is behind does not leave the line held back', async () => {
  const { line, told, say } = fake()
  const asked = ask(line)
  for (let nth = 0; nth < 100; nth++) say('x'.repeat(1024))
  assert.equal(told.paused, true)
  say('end')
  assert.equal(told.paused, false)
  assert.equal((await bytesOf(await asked)).length, 102_403)
  assert.equal(line.fit, true)
})

test('what comes unasked waits, begins the next reply, and has an end', async () => {
  const { line, told, say } = fake()
  say('early')
  const asked = ask(line)
  say('end')
  assert.equal(String(await bytesOf(await asked)), 'earlyend')
  for (let nth = 0; nth < 65; nth++) say('unasked')
  assert.equal(told.closed, 1008)
})

test('a reply that is left, or cut, ends the line', async () => {
  for (const how of ['left', 'cut'] as const) {
    const { line, told, say } = fake()
    const cut = new AbortController()
    const asked = ask(line, { signal: cut.signal })
    say('some')
    const body = await asked
    if (how === 'cut') cut.abort()
    else for await (const _ of body) break
    assert.deepEqual([told.terminated, line.fit, told.over], [true, false, 1])
    if (how === 'cut') await assert.rejects(bytesOf(body), fault('client.aborted'))
    await assert.rejects(ask(line), fault('upstream.reset'))
  }
})

test('flaws and ends are faults; what came before them is still read', async () => {
  for (const [flaw, code] of [
    [{ kind: 'size', what: 'x' }, 'limit.event'],
    [{ kind: 'form', what: 'x' }, 'upstream.malformed'],
  ] as const) {
    const { line, say, heard } = fake()
    const asked = ask(line)
    say('some')
    heard().flawed(flaw)
    const body = (await asked)[Symbol.asyncIterator]()
    assert.equal(String((await body.next()).value), 'some')
    await assert.rejects(body.next(), fault(code))
  }
  const { line, heard } = fake()
  const asked = ask(line)
  heard().closed({ code: 1011, reason: '' })
  await assert.rejects(asked, /up: closed it with 1011/)
  const silent = fake()
  await assert.rejects(ask(silent.line, { first_byte_ms: 5 }), fault('upstream.timeout'))
  assert.equal(silent.told.terminated, true)
})
