/** `@anthropic-ai/sdk` through the gateway, with the developer's own key beside the Gatelog one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { abandon } from './abandon.case.ts'
import { account } from './account.case.ts'
import { ANSWER } from './agent.case.ts'
import { USAGE } from './said/said.case.ts'
import { COMMAND, errorOf, FAILURES, OWN, openSdkStage, type SdkStage, STALL } from './sdk.case.ts'
import { masked, TYPED, unmarked } from './secrets.case.ts'
import { DENIED, FORBIDDEN } from './stage.case.ts'

const sdk = (stage: SdkStage, maxRetries = 0) =>
  new Anthropic({
    apiKey: OWN,
    baseURL: stage.at('own-anthropic'),
    defaultHeaders: { 'x-gatelog-key': stage.key },
    maxRetries,
  })

const asking = (content: string) => ({
  model: 'claude-sonnet-4.6',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content }],
})
const words = `keep ${TYPED}`
const input_schema = { type: 'object' as const, properties: { command: { type: 'string' } } }
const tools = [{ name: 'bash', input_schema }]

test('messages, streamed and whole: every difference is accounted for', async (t) => {
  const stage = await openSdkStage(t)
  const { messages } = sdk(stage)
  const whole = await messages.create({ ...asking(words), tools })
  const streamed = await messages.stream({ ...asking(words), tools }).finalMessage()
  for (const { content } of [whole, streamed]) {
    const [text, call] = content
    assert.ok(text?.type === 'text' && call?.type === 'tool_use')
    assert.deepEqual(unmarked([text.text, call.input]), [masked(ANSWER), { command: masked(COMMAND) }])
  }
  const { exchanges } = await account(stage, stage.key)
  for (const { shown, turn } of exchanges) {
    assert.deepEqual(unmarked(shown.reply?.toolCalls[0]?.arguments), { command: masked(COMMAND) })
    assert.deepEqual(unmarked([shown.reply?.text, shown.ending?.finish]), [masked(ANSWER), 'tool_use'])
    assert.deepEqual(shown.ending?.usage, USAGE)
    assert.equal(unmarked(shown.prompt?.messages.at(-1)?.text), masked(words))
    assert.equal(turn?.request.headers.authorization, `Bearer ${OWN}`)
    assert.match(shown.opening.facts.client?.value ?? '', /^anthropic-sdk\/1/)
  }
})

test('a count of tokens is recorded without its body, and masked like any', async (t) => {
  const stage = await openSdkStage(t)
  const { max_tokens: _most, ...counted } = asking(words)
  assert.equal((await sdk(stage).messages.countTokens(counted)).input_tokens, 23)
  const { exchanges } = await account(stage, stage.key)
  const told = exchanges.map(({ shown }) => [shown.opening.route, shown.opening.findings.length])
  assert.deepEqual(told, [['metadata', 1]])
})

test('an abort goes upstream, and the record ends where the client left', async (t) => {
  const stage = await openSdkStage(t)
  const { signal, left } = abandon()
  await left(stage, await sdk(stage).messages.create({ ...asking(`${STALL} ${words}`), stream: true }, { signal }))
})

test('errors of the provider arrive byte for byte, and a retry is linked', async (t) => {
  const stage = await openSdkStage(t)
  for (const [word, { status, headers }] of Object.entries(FAILURES)) {
    const error = await errorOf(APIError, sdk(stage).messages.create(asking(word)))
    assert.equal(error.status, status)
    for (const [name, value] of Object.entries(headers)) assert.equal(error.headers?.get(name), value)
  }
  await errorOf(APIError, sdk(stage, 1).messages.create(asking('broken again')))
  const { exchanges } = await account(stage, stage.key)
  const [first, second] = exchanges.slice(-2).map(({ shown }) => shown)
  assert.equal(exchanges.length, 5)
  assert.deepEqual([first?.opening.retryOf, second?.opening.retryOf], [undefined, first?.opening.exchange])
})

test('a denied prompt is told once, as an error of the SDK', async (t) => {
  const stage = await openSdkStage(t)
  const prompt = asking(`tell me the ${FORBIDDEN}`)
  for (const stream of [false, true]) {
    const error = await errorOf(APIError, sdk(stage, 2).messages.create({ ...prompt, stream }))
    assert.deepEqual([error.status, error.message.split(DENIED).length - 1], [400, 1])
  }
  const { exchanges } = await account(stage, stage.key)
  assert.deepEqual(
    exchanges.map(({ shown }) => shown.ending?.kind),
    ['denied', 'denied'],
  )
  assert.equal(stage.mock.turns.length, 0)
})
