/** Copilot CLI with a provider of its own, in each of its three wire forms. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Agent, asks, isDenied } from './agent.case.ts'
import { absent } from './client.case.ts'

const skip = absent('copilot')

const agent = (type: 'openai' | 'anthropic', model: string, more: Record<string, string> = {}): Agent => ({
  command: 'copilot',
  client: 'copilot-cli',
  prints: (first, last) => `${first}\n\n${last}`,
  flags: ['--user', 'ana'],
  args: (prompt) => ['-p', prompt, '-s', '--no-auto-update', '--allow-all-tools'],
  env: (stage, key) => ({
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_TYPE: type,
    COPILOT_PROVIDER_BASE_URL: stage.at(type) + (type === 'openai' ? '/v1' : ''),
    COPILOT_PROVIDER_API_KEY: key,
    COPILOT_MODEL: model,
    ...more,
  }),
})

const AGENTS = {
  chat: agent('openai', 'gpt-4.1'),
  responses: agent('openai', 'gpt-5.4', { COPILOT_PROVIDER_WIRE_API: 'responses' }),
  messages: agent('anthropic', 'claude-sonnet-4.6'),
}

for (const [route, each] of Object.entries(AGENTS)) {
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

test('Copilot CLI, own provider, over a WebSocket: it is refused and the client goes on over HTTP', {
  skip,
}, async (t) => {
  const websocket = { COPILOT_PROVIDER_WIRE_API: 'responses', COPILOT_PROVIDER_TRANSPORT: 'websockets' }
  const { account } = await asks(t, agent('openai', 'gpt-5.4', websocket))
  assert.deepEqual(
    account.upgrades.map(({ path }) => path),
    ['/c/openai/v1/responses'],
  )
})
