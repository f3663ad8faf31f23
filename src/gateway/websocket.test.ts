/** Turns over a WebSocket: each is an exchange, and nothing of the frames changes but what a rule touches. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Opening } from '#exchange'
import { kinds, type Open, unmarked } from './asking.case.ts'
import { SECRET } from './house.case.ts'
import { answering, create, events, say, speaking, speakTo, turnsOf, until } from './speaking.case.ts'

const endings = ({ watched }: Open) =>
  watched.entries.filter((entry): entry is Ending => 'timings' in entry && 'delivered' in entry)
const bodyOf = (entry: Opening | Ending | undefined): string => Buffer.from(entry?.body?.bytes ?? []).toString()

test('each message is an exchange of its own, asked before it goes up, ended before its last event comes down', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house, { headers: { 'user-agent': 'codex_exec/0.169.0', 'session-id': 's1' } })
    assert.deepEqual([client.headers['x-request-id'], client.headers['set-cookie']], ['up-1', undefined])
    for (const nth of [0, 1, 2]) {
      const sent = create(`question ${nth}`)
      client.socket.send(sent)
      assert.deepEqual(await client.reply(), events(`r${nth}`, 'reply', ` ${nth}`))
      assert.equal(heard[0]?.messages[nth], sent)
      assert.equal(bodyOf(turnsOf(house)[nth]), sent)
      assert.equal(endings(house).at(-1)?.kind, 'replied')
    }
    assert.deepEqual(kinds(house), ['asked', 'replied', 'asked', 'replied', 'asked', 'replied', 'asked', 'replied'])
    const [shake] = house.watched.entries as Opening[]
    assert.deepEqual([shake?.method, shake?.route, shake?.door], ['UPGRADE', 'metadata', 'websocket'])
    const [first] = turnsOf(house)
    assert.deepEqual(
      [first?.route, first?.door, first?.actor?.id, first?.model],
      ['responses', 'websocket', 'ana', 'gpt-5.4'],
    )
    assert.equal(first?.facts.client?.value, 'codex/0.169.0')
    assert.equal(new Set(turnsOf(house).map(({ session }) => session)).size, 1)
    const [, reply] = endings(house)
    assert.equal(reply?.text, 'reply 0')
    assert.deepEqual([reply?.status, reply?.requestId, reply?.events], [101, 'up-1', 6])
    client.socket.close(1000)
    await until(() => heard[0]?.closed !== undefined, 'the provider is told')
    assert.equal(heard[0]?.closed?.code, 1000)
  }))

test('what crosses to the provider: the developer’s credential, no key of ours, no extension', () =>
  speaking(answering, async (house, heard) => {
    const client = await speakTo(house, { headers: { 'openai-beta': 'responses_websockets=2026-02-06' } })
    const headers = heard[0]?.request.headers
    assert.equal(headers?.authorization, 'Bearer upstream-token')
    assert.equal(headers?.['openai-beta'], 'responses_websockets=2026-02-06')
    assert.equal(headers?.['x-gatelog-key'], undefined)
    assert.equal(headers?.['sec-websocket-extensions'], undefined)
    assert.equal(client.headers['sec-websocket-extensions'], undefined)
    assert.equal(client.socket.extensions, '')
    assert.equal(heard[0]?.request.url, '/v1/responses')
    client.socket.terminate()
  }))

test('a secret is masked in frames of both directions, however it is cut', () =>
  speaking(
    (_message, heard) =>
      say(heard, events('r', 'here: ', SECRET.slice(0, 9), SECRET.slice(9, 20), SECRET.slice(20), ' so')),
    async (house, heard) => {
      const client = await speakTo(house)
      client.socket.send(create(`use ${SECRET} now`))
      const reply = await client.reply()
      assert.equal(reply.length, 9)
      const deltas = reply.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta)
      assert.match(unmarked(deltas.join('')), /^here: \[masked:github-[a-z-]+\] so$/)
      assert.ok(!client.messages.join('').includes(SECRET.slice(4, 30)))
      assert.ok(!heard[0]?.messages.join('').includes(SECRET))
      const kept = house.watched.entries.map((entry) => bodyOf(entry as Opening)).join('')
      assert.ok(kept.includes('[masked:') && !kept.includes(SECRET))
      assert.ok(turnsOf(house)[0]?.findings.length === 1 && (endings(house).at(-1)?.findings.length ?? 0) >= 1)
      client.socket.terminate()
    },
  ))

test('a denied prompt is told in one event, nothing goes up, and the socket serves the next one', () =>
  speaking(
    answering,
    async (house, heard) => {
      const client = await speakTo(house)
      client.socket.send(create('plutonium'))
      const [failed, ...more] = await client.reply()
      assert.deepEqual([failed?.['type'], more.length], ['response.failed', 0])
      const { error } = (failed as { response: { error: { code: string; message: string } } }).response
      assert.equal(error.code, 'invalid_prompt')
      assert.match(error.message, /^Gatelog: .*no-plutonium: Ask \[policy\.deny /)
      assert.equal(heard[0]?.messages.length, 0)
      client.socket.send(create('water'))
      assert.equal((await client.reply()).length, 6)
      assert.deepEqual(kinds(house).slice(2), ['asked', 'denied', 'asked', 'replied'])
      client.socket.terminate()
    },
    {
      rules: [{ name: 'no-plutonium', when: 'prompt.text.contains("plutonium")', then: 'deny', reason: 'Ask' }],
    },
  ))

test('prompts that come before a reply has ended wait for it, in order', () =>
  speaking(
    (_message, heard, nth) => void setTimeout(() => say(heard, events(`r${nth}`, `${nth}`)), 20),
    async (house, heard) => {
      const client = await speakTo(house)
      for (const nth of [0, 1, 2]) client.socket.send(create(`q${nth}`))
      await until(() => heard[0]?.messages.length === 1, 'the first goes up')
      for (const nth of [0, 1, 2]) assert.deepEqual(await client.reply(), events(`r${nth}`, `${nth}`))
      assert.deepEqual(
        turnsOf(house).map((entry) => JSON.parse(bodyOf(entry)).input[0].content[0].text),
        ['q0', 'q1', 'q2'],
      )
      client.socket.terminate()
    },
  ))

test('a prompt that names the reply before it is recorded as it came, and read as the whole', () =>
  speaking(answering, async (house) => {
    const client = await speakTo(house)
    client.socket.send(create('the beginning', { generate: false }))
    await client.reply()
    client.socket.send(create('and more', { previous_response_id: 'r0' }))
    await client.reply()
    client.socket.send(create('nobody knows', { previous_response_id: 'r7' }))
    await client.reply()
    const [warm, next, stray] = turnsOf(house)
    assert.deepEqual([warm?.warmUp, warm?.follows, warm?.messages], [true, undefined, 1])
    assert.deepEqual([next?.warmUp, next?.follows, next?.messages], [undefined, warm?.exchange, 3])
    assert.deepEqual([stray?.follows, stray?.messages], [undefined, 1])
    assert.equal(next?.session, warm?.session)
    client.socket.terminate()
  }))
