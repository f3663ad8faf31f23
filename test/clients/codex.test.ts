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

test('Codex, built-in provider: its WebSocket is refused and it goes on over HTTP', { skip }, async (t) => {
  const { account, prompts } = await asks(t, movedCodex)
  assert.deepEqual(
    account.upgrades.map(({ path }) => path),
    ['/c/openai/v1/responses'],
  )
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.route),
    ['responses', 'responses'],
  )
})
