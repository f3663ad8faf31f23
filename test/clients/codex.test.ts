/** Codex with a provider of its own, and with the built-in one moved to the gateway, which tries a WebSocket first. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asks, isDenied } from './agent.case.ts'
import { codex, movedCodex } from './agents.case.ts'
import { absent } from './client.case.ts'

const skip = absent('codex')

test('Codex, own provider: every difference is accounted for', { skip }, async (t) => {
  const { account, prompts } = await asks(t, codex)
  assert.deepEqual([account.upgrades, account.strays], [[], []])
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.route),
    ['responses', 'responses'],
  )
})

/** It is told once; Codex itself prints every error of a turn a second time, as the turn's end. */
test('Codex, own provider: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, codex, { posts: 1, code: 1, printed: 2 }),
)

test('Codex, built-in provider, where WebSockets are refused: it goes on over HTTP', { skip }, async (t) => {
  const { account, prompts } = await asks(t, movedCodex('posts'))
  assert.deepEqual(
    account.upgrades.map(({ path }) => path),
    ['/c/posts/v1/responses'],
  )
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.method),
    ['POST', 'POST'],
  )
})

test('Codex over its WebSocket: a warm-up, then turns that add to it, and the record shows the whole', {
  skip,
}, async (t) => {
  const { account, prompts } = await asks(t, movedCodex('openai'))
  assert.deepEqual([account.upgrades, account.strays], [[], []])
  const openings = prompts.map(({ shown }) => shown.opening)
  assert.deepEqual(
    openings.map(({ method, route, door, warmUp }) => [method, route, door, warmUp]),
    [
      ['MESSAGE', 'responses', 'websocket', true],
      ['MESSAGE', 'responses', 'websocket', undefined],
      ['MESSAGE', 'responses', 'websocket', undefined],
    ],
  )
  assert.deepEqual(
    openings.map(({ follows }) => follows),
    [undefined, openings[0]?.exchange, openings[1]?.exchange],
  )
  const [warm, , last] = prompts.map(({ shown }) => shown)
  assert.deepEqual([last?.before, last?.partial], [openings.slice(0, 2).map(({ exchange }) => exchange), undefined])
  assert.deepEqual(last?.prompt?.messages[0], warm?.prompt?.messages[0], 'the whole prompt begins as the warm-up did')
  assert.equal(last?.opening.messages, last?.prompt?.messages.length)
})

test('Codex over its WebSocket: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, movedCodex('openai'), { posts: 1, code: 1, printed: 2 }),
)
