/** How a WebSocket ends, and what it may not bear: each has its close code, and its line on the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Opening } from '#exchange'
import type { Open } from './asking.case.ts'
import { frame, rawSocket } from './frames.case.ts'
import { SECRET } from './house.case.ts'
import { answering, create, events, say, speaking, speakTo, turnsOf, until } from './speaking.case.ts'

/** For what a timeout is to end. */
const HASTY = { first_byte_ms: 500, idle_ms: 500 }

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const text = (bytes: Buffer | string, o = {}) => frame(TEXT, bytes, o)
const more = (bytes: Buffer | string, o = {}) => frame(0, bytes, o)

const FLAWS: readonly (readonly [name: string, bytes: Buffer, code: number, fault: string])[] = [
  ['a frame without a mask', text(create('x'), { masked: false }), 1002, 'request.websocket'],
  ['a compressed frame that nobody agreed to', text(create('x'), { rsv: 4 }), 1002, 'request.websocket'],
  ['a frame of no known kind', frame(3, 'x'), 1002, 'request.websocket'],
  ['a control frame in fragments', frame(PING, 'x', { fin: false }), 1002, 'request.websocket'],
  ['a control frame that is too long', frame(PING, 'x'.repeat(126)), 1002, 'request.websocket'],
  ['a fragment of nothing', more('x'), 1002, 'request.websocket'],
  ['a message within another', Buffer.concat([text('{', { fin: false }), text('}')]), 1002, 'request.websocket'],
  ['invalid UTF-8', text(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 1007, 'request.websocket'],
  ['a character that is cut off', text(Buffer.from([0x22, 0xe2, 0x82])), 1007, 'request.websocket'],
  ['a surrogate in UTF-8', text(Buffer.from([0xed, 0xa0, 0x80])), 1007, 'request.websocket'],
  ['a binary message', frame(BINARY, create('x')), 1003, 'request.websocket'],
  ['a close code that means nothing', frame(CLOSE, Buffer.from([0x03, 0xed])), 1002, 'request.websocket'],
  ['half a close code', frame(CLOSE, Buffer.from([0x03])), 1002, 'request.websocket'],
  ['a message that is too large', text('x'.repeat(20_000)), 1009, 'limit.body'],
  ['one that only says so', text('x', { length: 2 ** 40 }), 1009, 'limit.body'],
  [
    'one that is too large in all its fragments',
    Buffer.concat([text('x'.repeat(9000), { fin: false }), more('x'.repeat(9000), { fin: false })]),
    1009,
    'limit.body',
  ],
]

for (const [name, bytes, code, fault] of FLAWS)
  test(`${name} closes with ${code}, is on the record, and nothing goes up`, () =>
    speaking(
      answering,
      async (house, heard) => {
        const raw = await rawSocket(house)
        raw.write(bytes)
        assert.equal(await raw.code, code)
        const refusals = () => (house.watched.entries as Opening[]).filter(({ kind }) => kind === 'refused')
        await until(() => refusals().length === 1, 'the refusal is on the record')
        const [refused] = refusals()
        assert.deepEqual([refused?.fault, refused?.actor?.id, refused?.door], [fault, 'ana', 'websocket'])
        await until(() => heard[0]?.closed !== undefined, 'the provider’s side is closed')
        assert.deepEqual(heard[0]?.messages, [])
        raw.leave()
      },
      { bodyBytes: 16_000 },
    ))

test('a message in fragments, with control frames and a character cut between them, is one prompt', () =>
  speaking(answering, async (house, heard) => {
    const raw = await rawSocket(house)
    const prompt = Buffer.from(create('größer – 漢字'))
    const parts = [...prompt].map((byte) => Buffer.from([byte]))
    raw.write(text(parts[0] as Buffer, { fin: false }))
    for (const part of parts.slice(1, -1)) raw.write(Buffer.concat([more(part, { fin: false }), frame(PING)]))
    raw.write(more(parts.at(-1) as Buffer))
    await until(() => heard[0]?.messages.length === 1, 'it goes up')
    assert.equal(heard[0]?.messages[0], prompt.toString())
    raw.leave()
  }))

const endingsOf = ({ watched }: Open) => (watched.entries as Ending[]).filter(({ timings }) => timings !== undefined)
const endOf = (house: Open) => {
  const { kind, fault } = endingsOf(house).at(-1) ?? {}
  return [kind, fault]
}

test('a message that asks for nothing known is refused in its place, and the socket serves the next', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house)
    for (const message of ['{"type":"session.update","session":{"instructions":"x"}}', 'no JSON', '[]']) {
      client.socket.send(message)
      const [failed] = await client.reply()
      assert.equal(failed?.['type'], 'response.failed')
      assert.match(JSON.stringify(failed), /request\.route/)
    }
    client.socket.send(create('x'))
    assert.equal((await client.reply()).length, 6)
    assert.equal(heard[0]?.messages.length, 1)
    client.socket.terminate()
  }))

test('a signal goes on and is on the record; one that bears more does not', () =>
  speaking(
    (message, heard) => message['type'] === 'response.create' && say(heard, events('r', 'x').slice(0, 2)),
    async (house, heard) => {
      const client = await speakTo(house)
      client.socket.send(create('x'))
      await until(() => client.messages.length > 0, 'the reply begins')
      client.socket.send('{"type": "response.cancel", "response_id": "r"}')
      client.socket.send('{"type":"response.cancel","note":"a prompt in disguise"}')
      await until(() => heard[0]?.messages.length === 2, 'the signal goes up')
      assert.equal(heard[0]?.messages[1], '{"type":"response.cancel","response_id":"r"}')
      const signals = (house.watched.entries as Opening[]).filter(({ method }) => method === 'SIGNAL')
      assert.deepEqual([signals.length, signals[0]?.kind, signals[0]?.body], [1, 'asked', undefined])
      client.socket.terminate()
    },
  ))

test('a client that leaves in mid-reply: the record says aborted, and the provider’s side is cut', () =>
  speaking(
    (_message, heard) => say(heard, events('r', 'some').slice(0, 2)),
    async (house, heard) => {
      const client = await speakTo(house)
      client.socket.send(create('x'))
      await until(() => client.messages.length > 0, 'the reply begins')
      client.socket.terminate()
      await until(() => heard[0]?.closed !== undefined, 'the provider’s side is cut')
      await until(() => endOf(house)[0] === 'aborted', 'it is on the record')
      assert.deepEqual(endOf(house), ['aborted', 'client.aborted'])
      assert.match(Buffer.from(endingsOf(house).at(-1)?.body?.bytes ?? []).toString(), /"delta":"some"/)
    },
  ))

const LATE: readonly (readonly [name: string, speak: Parameters<typeof speaking>[0], fault: string, code: number])[] = [
  [
    'closes early',
    (_message, heard) => {
      say(heard, events('r', 'some').slice(0, 2))
      heard.socket.close(4002, `because ${SECRET}`)
    },
    'upstream.reset',
    4002,
  ],
  ['sends a binary message', (_message, { socket }) => socket.send(Buffer.from('{}')), 'upstream.malformed', 1011],
  ['sends too much', (_message, { socket }) => socket.send('x'.repeat(20_000)), 'limit.event', 1011],
  [
    'sends invalid UTF-8',
    (_message, { raw }) => void raw.write(Buffer.from([0x81, 1, 0xff])),
    'upstream.malformed',
    1011,
  ],
  ['says nothing', () => undefined, 'upstream.timeout', 1011],
  ['stops in mid-reply', (_message, heard) => say(heard, events('r', 'x').slice(0, 2)), 'upstream.timeout', 1011],
  ['breaks off', (_message, { raw }) => void raw.destroy(), 'upstream.reset', 1006],
]

for (const [name, speak, fault, code] of LATE)
  test(`a provider that ${name}: ${fault}, told in the stream, and how it ended goes on`, () =>
    speaking(
      speak,
      async (house) => {
        const client = await speakTo(house)
        client.socket.send(create('x'))
        const reply = await client.reply()
        assert.equal(reply.at(-1)?.['type'], 'response.failed')
        assert.ok(JSON.stringify(reply.at(-1)).includes(fault))
        const closed = await client.closed
        assert.equal(closed.code, code)
        assert.ok(!closed.reason.includes(SECRET))
        assert.deepEqual(endOf(house), ['failed', fault])
      },
      { eventBytes: 16_000, ...(fault === 'upstream.timeout' && { timeouts: HASTY }) },
    ))

test('close codes go on both ways; the client’s reason does not', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house)
    client.socket.close(4001, 'a prompt in disguise')
    await until(() => heard[0]?.closed !== undefined, 'the provider hears it')
    assert.deepEqual(heard[0]?.closed, { code: 4001, reason: '' })
    const other = await speakTo(house)
    heard[1]?.socket.close(1001, 'going away')
    assert.deepEqual(await other.closed, { code: 1001, reason: 'going away' })
  }))

test('pings are answered, and go on without what they bear', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house)
    client.socket.ping('a prompt in disguise')
    await until(() => client.pongs.length === 1 && heard[0]?.pings.length === 1, 'the ping goes on')
    assert.deepEqual([client.pongs, heard[0]?.pings], [['a prompt in disguise'], ['']])
    heard[0]?.socket.ping(SECRET)
    await until(() => client.pings.length === 1, 'the provider’s ping goes on')
    assert.deepEqual(client.pings, [''])
    client.socket.terminate()
  }))

test('a revoked key closes an idle socket at once, and cuts a reply', () =>
  speaking(
    (_message, heard) => say(heard, events('r', 'some').slice(0, 2)),
    async (house, heard) => {
      const idle = await speakTo(house)
      const busy = await speakTo(house)
      busy.socket.send(create('x'))
      await until(() => busy.messages.length > 0, 'the reply begins')
      await house.identity.revoke(house.record.id)
      assert.equal((await idle.closed).code, 1008)
      assert.equal((await busy.closed).code, 1008)
      assert.match(busy.messages.at(-1) ?? '', /response\.failed.*identity\.revoked/)
      assert.deepEqual(endOf(house), ['aborted', 'identity.revoked'])
      await until(() => heard.every(({ closed }) => closed !== undefined), 'both of the provider’s are closed')
    },
  ))

test('too many messages that wait close the socket, and each is on the record', () =>
  speaking(
    () => undefined,
    async (house) => {
      const client = await speakTo(house)
      for (let nth = 0; nth < 10; nth++) client.socket.send(create(`q${nth}`))
      assert.equal((await client.closed).code, 1008)
      const faults = () => turnsOf(house).map(({ kind, fault }) => `${kind} ${fault ?? ''}`.trim())
      await until(() => faults().length === 10, 'all are on the record')
      assert.deepEqual(faults().toSorted(), [
        'asked',
        ...Array<string>(8).fill('refused client.aborted'),
        'refused limit.turns',
      ])
    },
  ))

test('sockets and turns are limited for each actor, and places come back', () =>
  speaking(
    answering,
    async (house) => {
      const first = await speakTo(house)
      await assert.rejects(speakTo(house), /426/)
      assert.equal((house.watched.entries as Opening[]).at(-1)?.fault, 'limit.sockets')
      first.socket.close()
      await first.closed
      const second = await speakTo(house)
      const held = house.house.limits.admit('ana')
      second.socket.send(create('x'))
      assert.match(JSON.stringify(await second.reply()), /limit\.requests/)
      held()
      second.socket.send(create('x'))
      assert.equal((await second.reply()).length, 6)
      second.socket.terminate()
    },
    { openSockets: 1, openStreams: 1 },
  ))

test('what the provider says unasked waits for the next reply, and is masked with it', () =>
  speaking(
    (_message, heard, nth) => {
      say(heard, events(`r${nth}`, 'x'))
      if (nth === 0) say(heard, [{ type: 'codex.rate_limits', note: SECRET }])
    },
    async (house) => {
      const client = await speakTo(house)
      client.socket.send(create('x'))
      assert.equal((await client.reply()).length, 5)
      await new Promise((resolve) => setTimeout(resolve, 30))
      assert.equal(client.messages.length, 5)
      client.socket.send(create('y'))
      const [unasked, ...reply] = await client.reply()
      assert.deepEqual([unasked?.['type'], reply.length], ['codex.rate_limits', 5])
      assert.ok(!client.messages.join('').includes(SECRET))
      client.socket.terminate()
    },
  ))

test('while the gateway ends, idle sockets close at once and a reply comes to its end', () =>
  speaking(
    (_message, heard) => void setTimeout(() => say(heard, events('r', 'x')), 150),
    async (house, _heard, setup) => {
      const [idle, busy] = [await speakTo(house), await speakTo(house)]
      busy.socket.send(create('x'))
      busy.socket.send(create('too late'))
      await until(() => turnsOf(house).length === 1, 'the turn began')
      setup.draining = true
      const closing = house.close()
      assert.equal((await idle.closed).code, 1012)
      assert.equal((await busy.reply()).length, 5)
      assert.match(JSON.stringify(await busy.reply()), /gateway\.draining/)
      assert.equal((await busy.closed).code, 1012)
      await closing
    },
  ))

test('a handshake that the provider refuses is answered as it did, and its place comes back', () => {
  const upgrade = (_request: unknown, socket: { end(text: string): void }) =>
    socket.end('HTTP/1.1 401 Unauthorized\r\nx-request-id: r1\r\ncontent-length: 9\r\n\r\n{"no":"u"}'.slice(0, -1))
  return speaking(
    answering,
    async (house) => {
      await assert.rejects(speakTo(house), /401/)
      await assert.rejects(speakTo(house), /401/)
      const ending = endingsOf(house).at(-1)
      assert.deepEqual([ending?.kind, ending?.status, ending?.requestId], ['replied', 401, 'r1'])
    },
    { upgrade, openSockets: 1 },
  )
})

test('handshakes that cannot be answered, and keys that are not known, are refused before the provider is asked', () =>
  speaking(answering, async (house, heard) => {
    await assert.rejects(speakTo({ ...house, key: house.stranger }), /426/)
    await assert.rejects(rawSocket(house, 'Sec-WebSocket-Version: 12'), /^Error: HTTP\/1\.1 426 /)
    await assert.rejects(rawSocket(house, 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ='), /426/)
    await assert.rejects(speakTo(house, { path: '/v1/realtime' }), /426/)
    const faults = (house.watched.entries as Opening[]).map(({ fault }) => fault)
    assert.deepEqual(faults, ['identity.unknown', 'request.websocket', 'request.websocket', 'request.upgrade'])
    assert.equal(heard.length, 0)
  }))

test('a trail that fails: nothing goes up, and it is told', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house)
    const { Fault } = await import('#exchange')
    house.watched.fail = new Fault('trail.unavailable', 'disk full')
    client.socket.send(create('x'))
    assert.match(JSON.stringify(await client.reply()), /trail\.unavailable/)
    assert.equal(heard[0]?.messages.length, 0)
    house.watched.fail = undefined
    client.socket.send(create('y'))
    assert.equal((await client.reply()).length, 6)
    client.socket.terminate()
  }))

test('a reply that comes faster than it is read leaves the socket fit for the next', () =>
  speaking(
    (_message, heard, nth) => say(heard, events(`r${nth}`, ...Array.from({ length: 2000 }, (_, at) => `word ${at} `))),
    async (house) => {
      const client = await speakTo(house)
      for (const _ of [1, 2, 3]) {
        client.socket.send(create('tell me all'))
        assert.equal((await client.reply()).length, 2004)
      }
      client.socket.terminate()
    },
  ))

test('a client that reads nothing holds back the provider, and is let go', () =>
  speaking(
    (_message, heard) => {
      const [created] = events('r', 'x')
      say(heard, [created as never])
      const delta = JSON.stringify({ type: 'response.output_text.delta', output_index: 0, delta: 'word '.repeat(3000) })
      for (let nth = 0; nth < 4000; nth++) heard.socket.send(delta)
    },
    async (house, heard) => {
      const raw = await rawSocket(house)
      raw.pause()
      raw.write(text(create('x')))
      await until(() => heard[0]?.messages.length === 1, 'it goes up')
      await until(() => endingsOf(house).at(-1)?.kind === 'aborted', 'it is let go')
      assert.ok((heard[0]?.socket.bufferedAmount ?? 0) > 40_000_000, 'of 60 MB most waits there')
      raw.leave()
    },
    { eventBytes: 1_000_000, timeouts: { idle_ms: 3000 } },
  ))
