/** `masking.prompts: alert`: a secret in a prompt goes on as it came, is told, and is masked in the record all the same. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import OpenAI from 'openai'
import { ANSWER } from './agent.case.ts'
import { filesWith } from './client.case.ts'
import { masked, TOLD, TYPED, unmarked } from './secrets.case.ts'
import { openStage } from './stage.case.ts'

test('a typed secret reaches the model and nothing else, and the reply is masked as ever', async (t) => {
  const stage = await openStage(t, () => ({ said: { text: ANSWER } }), 'masking: { prompts: alert }\n')
  const client = new OpenAI({ apiKey: await stage.gateway.key(), baseURL: `${stage.at('openai')}/v1`, maxRetries: 0 })
  const content = `keep ${TYPED}`
  for (const streamed of [false, true]) {
    const asked = { model: 'gpt-5.4', messages: [{ role: 'user' as const, content }] }
    const { choices } = streamed
      ? await client.chat.completions.stream(asked).finalChatCompletion()
      : await client.chat.completions.create(asked)
    assert.equal(unmarked(choices[0]?.message.content), masked(ANSWER))
    assert.ok(stage.mock.turns.at(-1)?.request.body.includes(TYPED), 'it did not go on as it came')
    const [{ exchange } = { exchange: '' }] = await stage.find('has:finding')
    const shown = await stage.show(exchange)
    assert.equal(unmarked(shown.prompt?.messages.at(-1)?.text), masked(content))
    assert.deepEqual(
      shown.opening.findings.map(({ direction, masked: replaced }) => [direction, replaced]),
      [['prompt', false]],
    )
    assert.ok(shown.ending?.findings.every(({ direction, masked: replaced }) => direction === 'reply' && replaced))
  }
  const { stdout } = await stage.gateway.gatelog('show', 'last')
  assert.match(stdout, /passed on in the prompt/)
  for (const secret of [TYPED, TOLD])
    assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
})
