/** Copilot CLI with a provider of its own, in each of its three wire forms. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asks, isDenied } from './agent.case.ts'
import { COPILOT, copilotWith } from './agents.case.ts'
import { absent } from './client.case.ts'

const skip = absent('copilot')

for (const [route, each] of Object.entries(COPILOT)) {
  test(`Copilot CLI, own provider, ${route}: every difference is accounted for`, { skip }, async (t) => {
    const { prompts } = await asks(t, each)
    assert.deepEqual(
      prompts.map(({ shown }) => shown.opening.route),
      [route, route],
    )
  })

  test(`Copilot CLI, own provider, ${route}: a denied prompt is told once`, { skip }, (t) =>
    isDenied(t, each, { posts: 1, code: 1, printed: 1 }),
  )
}

const SOCKETS = { COPILOT_PROVIDER_WIRE_API: 'responses', COPILOT_PROVIDER_TRANSPORT: 'websockets' }

test('Copilot CLI, own provider, where WebSockets are refused: it goes on over HTTP', { skip }, async (t) => {
  const { account } = await asks(t, copilotWith('openai', 'gpt-5.4', SOCKETS, 'posts'))
  assert.deepEqual(
    account.upgrades.map(({ path }) => path),
    ['/c/posts/v1/responses'],
  )
})

test('Copilot CLI, own provider, over a WebSocket: every difference is accounted for', { skip }, async (t) => {
  const { account, prompts } = await asks(t, copilotWith('openai', 'gpt-5.4', SOCKETS))
  assert.deepEqual(account.upgrades, [])
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.method),
    ['MESSAGE', 'MESSAGE'],
  )
})

test('Copilot CLI, own provider, over a WebSocket: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, copilotWith('openai', 'gpt-5.4', SOCKETS), { posts: 1, code: 1, printed: 1 }),
)
