/** Claude Code with a base address and a Gatelog key in place of its token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Agent, asks, isDenied } from './agent.case.ts'
import { absent } from './client.case.ts'

const skip = absent('claude')

const claude: Agent = {
  command: 'claude',
  client: 'claude-code',
  flags: ['--user', 'ana'],
  args: (prompt) => ['-p', prompt, '--allowedTools', 'Bash'],
  prints: (_first, last) => last,
  env: (stage, key) => ({
    ANTHROPIC_BASE_URL: stage.at('anthropic'),
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
}

test('Claude Code: every difference is accounted for', { skip }, async (t) => {
  const { account, prompts } = await asks(t, claude)
  assert.deepEqual([account.upgrades, account.strays], [[], []])
  assert.ok(prompts.every(({ shown }) => shown.opening.route === 'messages'))
})

test('Claude Code: a denied prompt is told once', { skip }, (t) =>
  isDenied(t, claude, { posts: 1, code: 1, printed: 1 }),
)
