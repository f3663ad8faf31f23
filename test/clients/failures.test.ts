/** What a provider refuses, as coding agents get it through the gateway: byte for byte, as often as the client asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { account } from './account.case.ts'
import type { Agent } from './agent.case.ts'
import { COPILOT, claude, codex } from './agents.case.ts'
import { absent, run } from './client.case.ts'
import type { Asked, Failure } from './mock.case.ts'
import { openStage } from './stage.case.ts'

const error = (status: number, headers: Record<string, string> = {}): Failure => {
  const message = `flunk-${status}: the provider says no – twice  spaced`
  const body = `${JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } })}\n`
  return { status, headers: { 'x-request-id': `req_${status}`, ...headers }, body }
}
/** By a word of the prompt. Clients that are told not to try again do not; Codex does not listen. */
const FAILURES: Readonly<Record<string, Failure>> = {
  'flunk-400': error(400),
  'flunk-429': error(429, { 'retry-after': '1', 'x-should-retry': 'false', 'x-ratelimit-remaining-requests': '0' }),
  'flunk-500': error(500, { 'x-should-retry': 'false' }),
}

const script = ({ text }: Asked) =>
  Object.entries(FAILURES).find(([word]) => text.includes(word))?.[1] ?? { said: { text: 'fine' } }

/** Whether the client shows the provider's text is its own affair: Codex drops those of a 429 and a 500. */
const AGENTS: readonly (readonly [name: string, agent: Agent, silent: readonly string[]])[] = [
  ['Claude Code', claude, []],
  ['Codex', codex, ['flunk-429', 'flunk-500']],
  ['Copilot CLI, chat', COPILOT.chat, []],
  ['Copilot CLI, messages', COPILOT.messages, []],
]

for (const [name, agent, silent] of AGENTS)
  for (const [word, { status, body, headers }] of Object.entries(FAILURES))
    test(`${name}: a ${status} of the provider arrives as it was sent`, { skip: absent(agent.command) }, async (t) => {
      const stage = await openStage(t, script)
      const key = await stage.gateway.key(...agent.flags)
      const ran = await run(t, agent.command, agent.args(`say ${word}`, stage), agent.env(stage, key))
      const { exchanges } = await account(stage, key)
      const prompts = exchanges.filter(({ shown }) => shown.prompt)
      t.diagnostic(`${prompts.length} POSTs, exit code ${ran.code}`)
      assert.notEqual(ran.code, 0)
      assert.equal(`${ran.stdout}${ran.stderr}`.includes(`${word}: the provider says no`), !silent.includes(word))
      assert.ok(prompts.length >= 1)
      for (const { shown, tapped, turn } of prompts) {
        assert.deepEqual([shown.ending?.status, shown.ending?.requestId], [status, `req_${status}`])
        assert.equal(tapped.answer?.body.toString(), body)
        const got = Object.fromEntries(pairs(tapped.answer?.headers ?? []))
        for (const [field, value] of Object.entries(headers)) assert.equal(got[field], value)
        assert.ok(turn, 'it did not come from the provider')
      }
      assert.equal(stage.mock.turns.filter(({ request }) => request.body.includes(word)).length, prompts.length)
    })

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at) => (at % 2 ? [] : [[name.toLowerCase(), raw[at + 1] ?? ''] as [string, string]]))
