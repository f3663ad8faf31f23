/** Claude Code with a base address and a Gatelog key in place of its token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asks, isDenied } from './agent.case.ts'
import { claude } from './agents.case.ts'
import { absent } from './client.case.ts'

const skip = absent('claude')

test('Claude Code: every difference is accounted for', { skip }, async (t) => {
  const { account, prompts } = await asks(t, claude)
  assert.deepEqual([account.upgrades, account.strays], [[], []])
  assert.ok(prompts.every(({ shown }) => shown.opening.route === 'messages'))
})

test('Claude Code: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, claude, { posts: 1, code: 1, printed: 1 }),
)
