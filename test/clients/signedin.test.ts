/** Copilot CLI as it speaks when signed in to GitHub, by addresses that bear a path key. The token is a made-up one. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Agent, asks, isDenied, type Journey } from './agent.case.ts'
import { absent, filesWith } from './client.case.ts'
import type { Stage } from './stage.case.ts'

const skip = absent('copilot')
const TOKEN = ['gho', 'made', 'up'].join('_')

const agent = (model: string, connection = 'copilot'): Agent => ({
  command: 'copilot',
  client: 'copilot-cli',
  flags: ['--path', 'ana', '--connection', connection],
  args: (prompt) => ['-p', prompt, '-s', '--no-auto-update', '--allow-all-tools', '--model', model],
  prints: (first, last) => `${first}\n\n${last}`,
  env: (stage, key) => ({
    GH_TOKEN: TOKEN,
    COPILOT_API_URL: `${stage.tap.url}/k/${key}/c/${connection}/api`,
  }),
  ...(connection === 'copilot' && { before: asksAccount }),
})

/** The developer's editor, which asks GitHub itself with the same credential: the CLI asks it at an address of its own. */
async function asksAccount(stage: Stage, key: string): Promise<void> {
  const headers = { authorization: `token ${TOKEN}` }
  const reply = await fetch(`${stage.tap.url}/k/${key}/c/copilot/github/copilot_internal/user`, { headers })
  assert.equal(((await reply.json()) as { login: string }).login, 'mona')
}

/** Whose account it is, learnt from GitHub's own reply, and one session: on every prompt. */
function accountWhose({ prompts }: Journey): void {
  for (const { shown } of prompts) {
    const { facts, session, actor } = shown.opening
    assert.deepEqual([actor?.id, facts.github?.value, facts.github?.source], ['ana', 'mona', 'observed'])
    assert.deepEqual([facts.github_plan?.value, facts.github_organizations?.value], ['business', 'acme'])
    assert.equal(session, prompts[0]?.shown.opening.session)
  }
  assert.match(prompts[0]?.shown.opening.session ?? '', /^[\w-]{8,}$/)
}

/** The developer's own credential goes on to GitHub; the record keeps a fingerprint of it. */
function accountCredential({ prompts, stage }: Journey): void {
  for (const { turn, shown } of prompts) {
    assert.equal(turn?.request.headers.authorization, `Bearer ${TOKEN}`)
    assert.match(shown.opening.credential ?? '', /^[0-9a-f]{32}$/)
  }
  assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), TOKEN), [])
}

const routesOf = ({ account }: Journey) => account.exchanges.map(({ shown }) => shown.opening.route)

/** It asks GitHub's MCP server at the root of the address that it was given: no path there, so that nothing passes. */
const STRAYS = ['POST /mcp/readonly']

test('Copilot CLI, signed in, messages: every difference is accounted for', { skip }, async (t) => {
  const journey = await asks(t, agent('claude-sonnet-4.6'))
  accountCredential(journey)
  accountWhose(journey)
  assert.deepEqual(routesOf(journey), ['metadata', 'metadata', 'messages', 'messages'])
  assert.deepEqual([...new Set(journey.account.strays)], STRAYS)
  assert.deepEqual(journey.account.upgrades, [])
})

test('Copilot CLI, signed in, over its WebSocket: every difference is accounted for', { skip }, async (t) => {
  const journey = await asks(t, agent('gpt-5.4'))
  accountCredential(journey)
  accountWhose(journey)
  assert.deepEqual([...new Set(journey.account.strays)], STRAYS)
  assert.deepEqual(journey.account.upgrades, [])
  const carried = journey.account.exchanges.map(({ shown: { opening } }) => `${opening.method} ${opening.route}`)
  assert.deepEqual(carried.slice(0, 3), ['GET metadata', 'GET metadata', 'UPGRADE metadata'])
  assert.equal(carried.filter((each) => each === 'MESSAGE responses').length, 2)
  const [first, second] = journey.prompts.map(({ shown }) => shown.opening.facts)
  assert.deepEqual([first?.initiator?.value, second?.initiator?.value], ['user', 'agent'])
  assert.equal(first?.interaction?.value, second?.interaction?.value)
})

test('Copilot CLI, signed in, where WebSockets are refused: none is offered, so it tries none', { skip }, async (t) => {
  const journey = await asks(t, agent('gpt-5.4', 'copilot-posts'))
  assert.deepEqual(routesOf(journey), ['metadata', 'responses', 'responses'])
  assert.deepEqual(journey.account.upgrades, [])
  const models = journey.account.exchanges[0]?.tapped.answer?.body.toString() ?? ''
  assert.ok(models.includes('"/responses"') && !models.includes('ws:/responses'))
})

test('Copilot CLI, signed in, over its WebSocket: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, agent('gpt-5.4'), { posts: 1, code: 1, printed: 1 }),
)

test('Copilot CLI, signed in: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, agent('claude-sonnet-4.6'), { posts: 1, code: 1, printed: 1 }),
)
