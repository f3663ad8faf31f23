/** Signals over a WebSocket, of which no client needs many. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Opening } from '#exchange'
import { create, events, say, speaking, speakTo, until } from './speaking.case.ts'

test('a flood of signals closes the socket; what is refused of it shares a line, and goes nowhere', () =>
  speaking(
    (message, heard) => message['type'] === 'response.create' && say(heard, events('r', 'x').slice(0, 2)),
    async (house, heard) => {
      const client = await speakTo(house)
      client.socket.send(create('x'))
      await until(() => client.messages.length > 0, 'the reply begins')
      const held = Promise.withResolvers<void>()
      house.watched.hold = held.promise
      for (let nth = 0; nth < 500; nth++) client.socket.send('{"type":"response.cancel"}')
      assert.equal((await client.closed).code, 1008)
      held.resolve()
      const signals = () => (house.watched.entries as Opening[]).filter(({ method }) => method === 'SIGNAL')
      await until(() => signals().some(({ fault }) => fault === 'limit.turns'), 'it is on the record')
      house.house.strangers.flush(Number.POSITIVE_INFINITY)
      const refused = () => signals().filter(({ fault }) => fault === 'limit.turns')
      await until(() => refused().length === 2, 'the rest are counted')
      const [first, rest] = refused()
      assert.deepEqual([first?.actor?.id, first?.count, rest?.actor?.id], ['ana', undefined, 'ana'])
      assert.ok((rest?.count ?? 0) > 0)
      assert.ok((heard[0]?.messages.length ?? 0) <= 17, 'a prompt, and the signals that were let through')
      assert.ok(signals().filter(({ kind }) => kind === 'asked').length <= 16)
    },
    { openStreams: 100 },
  ))
