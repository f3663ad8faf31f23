/** What is kept of an exchange under each `keep`, and who decides it: nothing that is not to be kept reaches the trail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Entry, Opening } from '#exchange'
import { ask, type Open, stream, within } from './asking.case.ts'
import { chat, chunk, DONE, SECRET } from './house.case.ts'
import { reduced } from './recorded.ts'

/** All of an entry as text, its body included. */
const textOf = (entry: Entry): string =>
  JSON.stringify(entry) + ('body' in entry && entry.body ? Buffer.from(entry.body.bytes).toString() : '')
const entriesOf = ({ watched }: Open) => watched.entries as [Opening, Ending]

const WORDS = ['plantedprompt', 'plantedtool', 'plantedkey', 'plantedfile', 'plantedreply', 'plantedmodelnote']
const PROMPT = JSON.stringify({
  ...{ model: 'gpt-5.4', stream: true },
  messages: [{ role: 'user', content: `plantedprompt ${SECRET}` }],
  tools: [{ type: 'function', function: { name: 'plantedtool', description: 'plantedfile' } }],
  plantedkey: { deep: [SECRET] },
})
const script = stream(chunk('plantedreply '), chunk('plantedmodelnote'), DONE)

test('metadata: who, when, what model, sizes, findings and fingerprints, and no word of what was said', () =>
  within({ script, recording: { keep: 'metadata' } }, async (house) => {
    const reply = await ask(house, PROMPT)
    assert.match(await reply.text(), /plantedreply/)
    const [asked, replied] = entriesOf(house)
    for (const word of WORDS) for (const entry of [asked, replied]) assert.ok(!textOf(entry).includes(word), word)
    assert.deepEqual([asked.kind, asked.keep, asked.actor?.id, asked.model], ['asked', 'metadata', 'ana', 'gpt-5.4'])
    assert.deepEqual(
      [asked.body, asked.text, asked.tools, replied.body, replied.text, replied.pace],
      Array(6).fill(undefined),
    )
    assert.ok((asked.measure?.size ?? 0) > 100 && (replied.measure?.size ?? 0) > 100)
    assert.match(asked.measure?.received ?? '', /^[0-9a-f]{64}$/)
    assert.deepEqual(
      asked.findings.map(({ lane, rule }) => [rule, lane]),
      [
        ['github-pat', 'messages.0.content'],
        ['github-pat', '*.*.0'],
      ],
    )
    assert.ok(!house.watched.order.includes('journal'))
  }))

test('redacted: masked text and structure, and none of the bytes around them', () =>
  within({ script, recording: { keep: 'redacted' } }, async (house) => {
    await (await ask(house, PROMPT)).text()
    const [asked, replied] = entriesOf(house)
    const prompt = JSON.parse(Buffer.from(asked.body?.bytes ?? '').toString())
    assert.equal(asked.keep, 'redacted')
    assert.match(prompt.messages[0].text, /^plantedprompt \[masked:github-pat/)
    assert.deepEqual([prompt.model, prompt.tools], ['gpt-5.4', ['plantedtool']])
    assert.ok(!textOf(asked).includes('plantedkey') || asked.findings.length === 2)
    assert.ok(
      !Buffer.from(asked.body?.bytes ?? '')
        .toString()
        .includes('plantedkey'),
    )
    const said = JSON.parse(Buffer.from(replied.body?.bytes ?? '').toString())
    assert.deepEqual([said.text, said.finish], ['plantedreply plantedmodelnote', 'stop'])
    assert.deepEqual([asked.body?.assembled, replied.body?.assembled, replied.pace], [true, true, undefined])
    assert.ok(!textOf(replied).includes('chat.completion.chunk') && !textOf(asked).includes(SECRET))
  }))

test('what broke off with its process is kept no better than the rest of it', () => {
  const bytes = Buffer.from(chunk('half a ') + chunk('reply'))
  const body = { bytes, type: '', received: '', sent: 'aa' }
  const ending: Ending = {
    kind: 'interrupted',
    exchange: 'x',
    at: 0,
    findings: [],
    timings: {},
    body,
    text: 'half a reply',
  }
  const redacted = reduced(ending, 'redacted', 'chat')
  assert.equal(JSON.parse(Buffer.from(redacted.body?.bytes ?? '').toString()).text, 'half a reply')
  const metadata = reduced(ending, 'metadata', 'chat')
  assert.deepEqual([metadata.body, metadata.text, metadata.measure?.size], [undefined, undefined, bytes.length])
  assert.equal(reduced(ending, 'redacted', 'unknown').body, undefined)
  assert.equal(reduced(ending, 'full', 'chat'), ending)
})

const rule = (when: string, more: object) => [{ name: 'r', when, then: 'record', ...more }]
const keepOf = async (house: Open, body = chat('hi')) => {
  await (await ask(house, body)).text()
  const opening = house.watched.entries.findLast(
    (entry) => entry.kind === 'asked' || entry.kind === 'refused',
  ) as Opening
  return [opening.keep ?? 'full', opening.retain ?? 'forever']
}

test('a rule decides before a group, a connection and all', async () => {
  const all = { keep: 'metadata', retain: '1y' } as const
  await within({ script, recording: all }, async (house) => assert.deepEqual(await keepOf(house), ['metadata', '1y']))
  const rules = rule('prompt.text.contains("hr")', { keep: 'redacted', retain: '30d' })
  await within({ script, recording: { retain: '1y' }, rules }, async (house) => {
    assert.deepEqual(await keepOf(house, chat('other')), ['full', '1y'])
    assert.deepEqual(await keepOf(house, chat('hr')), ['redacted', '30d'])
  })
  await within({ script, recording: { retain: 'sec-17a-4' }, rules }, async (house) =>
    assert.deepEqual(await keepOf(house, chat('hr')), ['redacted', 'sec-17a-4']),
  )
})

test('of several groups the least is kept, and it decides before the connection', async () => {
  const groups = { one: { keep: 'redacted', retain: '2y' }, two: { keep: 'metadata', retain: '1y' } } as const
  await within({ script, groups, recording: { retain: '7y' } }, async (house) => {
    assert.deepEqual(await keepOf(house), ['full', '7y'])
    const made = await house.identity.create({
      kind: 'user',
      actor: 'bo',
      connections: '*',
      groups: ['two', 'x', 'one'],
    })
    assert.deepEqual(await keepOf({ ...house, key: made.key }), ['metadata', '2y'])
  })
})

test('a rule that cannot be evaluated keeps what it would have kept', () =>
  within({ script, rules: rule('prompt.messages[7].role == "user"', { keep: 'metadata' }) }, async (house) =>
    assert.deepEqual(await keepOf(house), ['metadata', 'forever']),
  ))

test('a session of which less was kept resends it into nothing better', () =>
  within(
    { script, rules: rule('prompt.messages[prompt.messages.size() - 1].text.contains("hr")', { keep: 'metadata' }) },
    async (house) => {
      const said = (...texts: string[]) =>
        JSON.stringify({ model: 'm', stream: true, messages: texts.map((content) => ({ role: 'user', content })) })
      assert.deepEqual(await keepOf(house, said('first')), ['full', 'forever'])
      assert.deepEqual(await keepOf(house, said('first', 'hr')), ['metadata', 'forever'])
      assert.deepEqual(await keepOf(house, said('first', 'hr', 'and then')), ['metadata', 'forever'])
      assert.deepEqual(await keepOf(house, said('another')), ['full', 'forever'])
    },
  ))

test('a prompt that a masking rule stops is kept as its rule says, and one refused before that without a word', async () => {
  const rules = rule('true', { keep: 'metadata' })
  const actions = [{ rules: ['*'], then: 'block' }] as never
  await within({ script, rules, actions }, async (house) =>
    assert.deepEqual(await keepOf(house, chat(`hr ${SECRET}`)), ['metadata', 'forever']),
  )
  await within({ script, rules }, async (house) =>
    assert.deepEqual(await keepOf(house, '{"model":'), ['metadata', 'forever']),
  )
})
