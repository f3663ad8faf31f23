/** Codex with a provider of its own, and with the built-in one moved to the gateway, which tries a WebSocket first. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Agent, asks, isDenied } from './agent.case.ts'
import { absent } from './client.case.ts'
import type { Stage } from './stage.case.ts'

const skip = absent('codex')

const provider = (stage: Stage) =>
  `model_providers.gw={name="gw",base_url="${stage.at('openai')}/v1",env_key="K",wire_api="responses"}`

const START = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', 'gpt-5.4']

const own: Agent = {
  command: 'codex',
  client: 'codex',
  flags: ['--user', 'ana'],
  args: (prompt, stage) => [...START, '-c', 'model_provider=gw', '-c', provider(stage), prompt],
  prints: (_first, last) => last,
  env: (_stage, key) => ({ K: key }),
}

/** The built-in provider, at another address. */
const moved: Agent = {
  ...own,
  args: (prompt, stage) => [...START, '-c', `openai_base_url="${stage.at('openai')}/v1"`, prompt],
  env: (_stage, key) => ({ CODEX_API_KEY: key }),
}

test('Codex, own provider: every difference is accounted for', { skip }, async (t) => {
  const { account, prompts } = await asks(t, own)
  assert.deepEqual([account.upgrades, account.strays], [[], []])
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.route),
    ['responses', 'responses'],
  )
})

/** It is told once; Codex itself prints every error of a turn a second time, as the turn's end. */
test('Codex, own provider: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, own, { posts: 1, code: 1, printed: 2 }),
)

test('Codex, built-in provider: its WebSocket is refused and it goes on over HTTP', { skip }, async (t) => {
  const { account, prompts } = await asks(t, moved)
  assert.deepEqual(
    account.upgrades.map(({ path }) => path),
    ['/c/openai/v1/responses'],
  )
  assert.deepEqual(
    prompts.map(({ shown }) => shown.opening.route),
    ['responses', 'responses'],
  )
})
