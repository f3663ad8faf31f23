/** The demo upstream with the providers' own clients. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { startDemo } from './index.ts'

const GITHUB = /gh[p]_[A-Za-z0-9]{36}/
const AWS = /AK[I]A[A-Z2-7]{16}/

/** A small generator (mulberry32), so that every run says the same. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    const spread = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((spread ^ (spread >>> 14)) >>> 0) / 2 ** 32
  }
}

async function clients(t: TestContext) {
  const demo = await startDemo({ delay_ms: 0, random: seeded(1), now: () => 0 })
  t.after(() => demo.close())
  const openai = new OpenAI({ baseURL: `${demo.url.origin}/v1`, apiKey: 'x', maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: demo.url.origin, apiKey: 'x', maxRetries: 0 })
  return { demo, openai, anthropic }
}

const LOADER = [{ role: 'user' as const, content: 'Write a config loader' }]
const PLAIN = [{ role: 'user' as const, content: 'Write a debounce' }]
const CALL = [{ role: 'user' as const, content: 'Use a tool' }]

test('chat: streamed, with a secret cut across deltas, usage and a finish', async (t) => {
  const { openai } = await clients(t)
  const stream = await openai.chat.completions.create({ model: 'demo', messages: LOADER, stream: true })
  const deltas: string[] = []
  const finishes: unknown[] = []
  let usage = 0
  for await (const chunk of stream) {
    deltas.push(chunk.choices[0]?.delta.content ?? '')
    if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason)
    usage += chunk.usage?.total_tokens ?? 0
  }
  const text = deltas.join('')
  assert.match(text, GITHUB)
  assert.match(text, AWS)
  assert.ok(deltas.every((delta) => delta.length <= 6 && !GITHUB.test(delta)))
  assert.deepEqual(finishes, ['stop'])
  assert.ok(usage > 50)
})

test('chat: whole; other prompts get a clean answer; a tool result ends in text', async (t) => {
  const { openai } = await clients(t)
  const { choices } = await openai.chat.completions.create({ model: 'demo', messages: PLAIN })
  assert.match(choices[0]?.message.content ?? '', /```/)
  assert.doesNotMatch(choices[0]?.message.content ?? '', GITHUB)
  const result = { role: 'tool' as const, tool_call_id: 'call_1', content: 'done' }
  const after = await openai.chat.completions.create({ model: 'demo', messages: [...CALL, result] })
  assert.equal(after.choices[0]?.finish_reason, 'stop')
})

test('chat: a tool call in fragments', async (t) => {
  const { openai } = await clients(t)
  const tools = [{ type: 'function' as const, function: { name: 'look', parameters: {} } }]
  const runner = openai.chat.completions.stream({ model: 'demo', messages: CALL, tools })
  const [choice] = (await runner.finalChatCompletion()).choices
  assert.equal(choice?.finish_reason, 'tool_calls')
  const [call] = choice?.message.tool_calls ?? []
  assert.ok(call?.type === 'function')
  assert.equal(call.function.name, 'look')
  assert.equal(JSON.parse(call.function.arguments).path, 'src/config.ts')
})

test('completions: streamed and whole, by engine too', async (t) => {
  const { openai, demo } = await clients(t)
  let text = ''
  for await (const chunk of await openai.completions.create({ model: 'demo', prompt: 'const token =', stream: true })) {
    text += chunk.choices[0]?.text ?? ''
  }
  assert.match(text, GITHUB)
  const whole = await openai.completions.create({ model: 'demo', prompt: 'function total(items) {' })
  assert.match(whole.choices[0]?.text ?? '', /return/)
  const engine = await fetch(new URL('/v1/engines/copilot/completions', demo.url), {
    method: 'POST',
    body: '{"prompt":"a"}',
  })
  assert.equal(engine.status, 200)
})

test('responses: the sequence of events, and the text that the last one repeats', async (t) => {
  const { openai } = await clients(t)
  const types: string[] = []
  let [text, last, sequence] = ['', '', 0]
  for await (const event of await openai.responses.create({
    model: 'demo',
    input: 'Write a config loader',
    stream: true,
  })) {
    assert.equal(event.sequence_number, sequence++)
    if (types.at(-1) !== event.type) types.push(event.type)
    if (event.type === 'response.output_text.delta') text += event.delta
    if (event.type === 'response.completed') last = JSON.stringify(event.response.output)
  }
  assert.deepEqual(
    types.map((type) => type.replace('response.', '')),
    [
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  )
  const secret = GITHUB.exec(text)?.[0] ?? 'none'
  assert.ok(last.includes(secret))
  assert.match((await openai.responses.create({ model: 'demo', input: 'Write a debounce' })).output_text, /```/)
})

test('responses: a function call in fragments', async (t) => {
  const { openai } = await clients(t)
  const reply = await openai.responses.stream({ model: 'demo', input: 'Use a tool with a token' }).finalResponse()
  const [item] = reply.output
  assert.ok(item?.type === 'function_call')
  assert.match(JSON.parse(item.arguments).header, GITHUB)
})

test('messages: streamed, whole and as a tool call', async (t) => {
  const { anthropic } = await clients(t)
  const ask = { model: 'demo', max_tokens: 100 }
  const events: string[] = []
  const streamed = anthropic.messages.stream({ ...ask, messages: LOADER })
  streamed.on('streamEvent', (event) => events.at(-1) !== event.type && events.push(event.type))
  assert.match(await streamed.finalText(), GITHUB)
  assert.deepEqual(events, [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  const whole = await anthropic.messages.create({ ...ask, messages: PLAIN })
  assert.equal(whole.stop_reason, 'end_turn')
  const called = await anthropic.messages.stream({ ...ask, messages: CALL }).finalMessage()
  assert.equal(called.stop_reason, 'tool_use')
  assert.ok(called.content[0]?.type === 'tool_use')
  assert.deepEqual(Object.keys(called.content[0].input as object), ['path', 'query', 'limit'])
})

test('models, embeddings, token counts, pings', async (t) => {
  const { openai, anthropic, demo } = await clients(t)
  assert.ok((await openai.models.list()).data.some(({ id }) => id === 'demo'))
  assert.ok((await anthropic.models.list()).data.some(({ id }) => id === 'demo'))
  assert.equal((await openai.models.retrieve('demo')).id, 'demo')
  assert.equal((await openai.embeddings.create({ model: 'demo', input: ['a', 'b'] })).data[1]?.embedding.length, 8)
  assert.ok((await anthropic.messages.countTokens({ model: 'demo', messages: PLAIN })).input_tokens > 1)
  assert.equal((await fetch(demo.url, { method: 'HEAD' })).status, 200)
  assert.equal((await fetch(new URL('/models', demo.url))).status, 200)
})

test('what it cannot read or does not know', async (t) => {
  const { demo } = await clients(t)
  const post = (path: string, body: string) => fetch(new URL(path, demo.url), { method: 'POST', body })
  assert.equal((await post('/v1/chat/completions', '{')).status, 400)
  assert.equal((await post('/v1/chat/completions', '[]')).status, 400)
  assert.equal((await post('/v1/nothing', '{}')).status, 404)
  assert.equal((await post('/v1/chat/completions', '{}')).status, 200)
})

test('the same numbers give the same answers', async () => {
  const texts: string[] = []
  for (let i = 0; i < 2; i++) {
    const demo = await startDemo({ delay_ms: 0, random: seeded(7), now: () => 0 })
    const body = JSON.stringify({ model: 'demo', messages: LOADER, stream: true })
    texts.push(await (await fetch(new URL('/chat/completions', demo.url), { method: 'POST', body })).text())
    await demo.close()
  }
  assert.equal(texts[0], texts[1])
})

test('closing cuts an open stream', async () => {
  const demo = await startDemo({ delay_ms: 50 })
  const body = JSON.stringify({ messages: LOADER, stream: true })
  const reply = await fetch(new URL('/chat/completions', demo.url), { method: 'POST', body })
  await demo.close()
  await assert.rejects(reply.text())
})
