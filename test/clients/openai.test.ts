/** The `openai` SDK through the gateway, with the developer's own key beside the Gatelog one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import OpenAI, { APIError } from 'openai'
import { abandon } from './abandon.case.ts'
import { account } from './account.case.ts'
import { ANSWER } from './agent.case.ts'
import { USAGE } from './said/said.case.ts'
import { COMMAND, errorOf, FAILURES, OWN, openSdkStage, type SdkStage, STALL } from './sdk.case.ts'
import { masked, TYPED, unmarked } from './secrets.case.ts'
import { DENIED, FORBIDDEN } from './stage.case.ts'

const sdk = (stage: SdkStage, maxRetries = 0) =>
  new OpenAI({
    apiKey: OWN,
    baseURL: `${stage.at('own-openai')}/v1`,
    defaultHeaders: { 'x-gatelog-key': stage.key },
    maxRetries,
  })

const model = 'gpt-5.4'
const words = `keep ${TYPED}`
const messages = [{ role: 'user' as const, content: words }]
const parameters = { type: 'object', properties: { command: { type: 'string' } } }
const tool = { type: 'function' as const, function: { name: 'bash', parameters } }

test('chat, streamed and whole: every difference is accounted for', async (t) => {
  const stage = await openSdkStage(t)
  const { chat } = sdk(stage)
  const whole = await chat.completions.create({ model, messages, tools: [tool] })
  const streamed = await chat.completions.stream({ model, messages, tools: [tool] }).finalChatCompletion()
  for (const { choices } of [whole, streamed]) {
    const [call] = choices[0]?.message.tool_calls ?? []
    assert.equal(unmarked(choices[0]?.message.content), masked(ANSWER))
    assert.ok(call?.type === 'function')
    assert.deepEqual(unmarked(JSON.parse(call.function.arguments)), { command: masked(COMMAND) })
  }
  const { exchanges } = await account(stage, stage.key)
  for (const { shown, turn } of exchanges) {
    assert.deepEqual(unmarked(shown.reply?.toolCalls[0]?.arguments), { command: masked(COMMAND) })
    assert.deepEqual(unmarked([shown.reply?.text, shown.ending?.finish]), [masked(ANSWER), 'tool_calls'])
    assert.deepEqual(shown.ending?.usage, USAGE)
    assert.equal(turn?.request.headers.authorization, `Bearer ${OWN}`)
    assert.match(shown.opening.facts.client?.value ?? '', /^openai-sdk\/7/)
  }
  assert.deepEqual(
    exchanges.map(({ shown }) => shown.opening.stream),
    [false, true],
  )
})

test('completions and responses, streamed and whole: every difference is accounted for', async (t) => {
  const stage = await openSdkStage(t)
  const { completions, responses } = sdk(stage)
  const texts = [(await completions.create({ model, prompt: words })).choices[0]?.text]
  let text = ''
  for await (const chunk of await completions.create({ model, prompt: words, stream: true }))
    text += chunk.choices[0]?.text
  texts.push(text)
  const whole = await responses.create({ model, input: words })
  const streamed = await responses.stream({ model, input: words }).finalResponse()
  texts.push(whole.output_text, streamed.output_text)
  assert.deepEqual(unmarked(texts), Array(4).fill(masked(ANSWER)))
  const { exchanges } = await account(stage, stage.key)
  for (const { shown } of exchanges) {
    assert.equal(unmarked(shown.reply?.text), masked(ANSWER))
    assert.equal(unmarked(shown.prompt?.messages.at(-1)?.text), masked(words))
  }
  const routes = exchanges.map(({ shown }) => shown.opening.route)
  assert.deepEqual(routes, ['completions', 'completions', 'responses', 'responses'])
})

test('models and embeddings are recorded without their bodies, and masked like any', async (t) => {
  const stage = await openSdkStage(t)
  const { models, embeddings } = sdk(stage)
  const known = (await models.list()).data.map(({ id }) => id)
  assert.ok(known.includes(model))
  const { data } = await embeddings.create({ model: 'text-embedding-3-small', input: words, encoding_format: 'float' })
  assert.deepEqual(data[0]?.embedding, [0.25, -0.5])
  const { exchanges } = await account(stage, stage.key)
  const told = exchanges.map(({ shown }) => [shown.opening.route, shown.opening.findings.length])
  assert.deepEqual(told, [
    ['metadata', 0],
    ['metadata', 1],
  ])
})

for (const route of ['chat', 'completions', 'responses'] as const) {
  test(`${route}: an abort goes upstream, and the record ends where the client left`, async (t) => {
    const stage = await openSdkStage(t)
    const { signal, left } = abandon()
    const { chat, completions, responses } = sdk(stage)
    const input = `${STALL} ${words}`
    const asked = {
      chat: () =>
        chat.completions.create({ model, messages: [{ role: 'user', content: input }], stream: true }, { signal }),
      completions: () => completions.create({ model, prompt: input, stream: true }, { signal }),
      responses: () => responses.create({ model, input, stream: true }, { signal }),
    }[route]
    await left(stage, await asked())
  })
}

test('errors of the provider arrive byte for byte, and a retry is linked', async (t) => {
  const stage = await openSdkStage(t)
  const ask = (content: string, retries = 0) =>
    sdk(stage, retries).chat.completions.create({ model, messages: [{ role: 'user', content }] })
  for (const [word, { status, headers }] of Object.entries(FAILURES)) {
    const error = await errorOf(APIError, ask(word))
    assert.equal(error.status, status)
    for (const [name, value] of Object.entries(headers)) assert.equal(error.headers?.get(name), value)
  }
  await assert.rejects(ask('broken again', 1))
  const { exchanges } = await account(stage, stage.key)
  const [first, second] = exchanges.slice(-2).map(({ shown }) => shown)
  assert.equal(exchanges.length, 5)
  assert.deepEqual([first?.opening.retryOf, second?.opening.retryOf], [undefined, first?.opening.exchange])
})

test('a denied prompt is told once, as an error of the SDK', async (t) => {
  const stage = await openSdkStage(t)
  const client = sdk(stage, 2)
  const content = `tell me the ${FORBIDDEN}`
  const asks = [
    () => client.chat.completions.create({ model, messages: [{ role: 'user', content }], stream: true }),
    () => client.responses.create({ model, input: content }),
    () => client.completions.create({ model, prompt: content }),
  ]
  for (const ask of asks) {
    const error = await errorOf(APIError, ask())
    assert.deepEqual([error.status, error.message.split(DENIED).length - 1], [400, 1])
  }
  const { exchanges } = await account(stage, stage.key)
  assert.deepEqual(
    exchanges.map(({ shown }) => shown.ending?.kind),
    ['denied', 'denied', 'denied'],
  )
  assert.equal(stage.mock.turns.length, 0)
})
