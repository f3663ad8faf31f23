/** A notice of the gateway's that a client resends is not the user's words, where it is byte for byte one of ours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type Open, within } from './asking.case.ts'
import { chunk, DONE, type Setup } from './house.case.ts'

/** Every first prompt is cut short; a word of the notice is forbidden, so that a rule sees it where it is left in. */
const SETUP: Setup = {
  script: (_request, body, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(chunk('so far') + chunk(' so good') + (body.includes('go on') ? DONE : ''))
  },
  rules: [
    { name: 'text', when: 'prompt.text.contains("Gatelog")', then: 'deny', reason: 'seen' },
    { name: 'said', when: 'prompt.messages.exists(m, m.text.contains("Gatelog"))', then: 'deny', reason: 'seen' },
  ],
}

interface Event {
  readonly choices: readonly { readonly delta?: { readonly content?: string } }[]
}

/** What a client has of a cut reply: the text of its deltas. */
async function cutReply(house: Open): Promise<string> {
  const reply = await ask(house, JSON.stringify({ model: 'm', stream: true, messages: [user('hi')] }))
  const data = [...(await reply.text()).matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as Event)
  return data.map(({ choices: [choice] }) => choice?.delta?.content ?? '').join('')
}

const user = (content: string) => ({ role: 'user', content })
const next = (said: string) =>
  JSON.stringify({
    model: 'm',
    stream: true,
    messages: [user('hi'), { role: 'assistant', content: said }, user('go on')],
  })

test('it is neither in what rules read nor in the index, and upstream gets the bytes as they came', () =>
  within(SETUP, async (house) => {
    const said = await cutReply(house)
    assert.match(said, /^so far so good\s+Gatelog: .*\[upstream\.truncated 0199f2c4-0000\]\s*$/s)
    const body = next(said)
    const reply = await ask(house, body)
    assert.equal(reply.status, 200, await reply.text())
    assert.equal(house.seen.at(-1)?.body, body)
    const asked = house.watched.entries.filter(({ kind }) => kind === 'asked').at(-1)
    assert.ok(asked?.kind === 'asked' && asked.text?.includes('so far so good') && !asked.text.includes('Gatelog'))
    assert.ok(
      Buffer.from(asked.body?.bytes ?? [])
        .toString()
        .includes('Gatelog'),
      'the record holds the body as it is',
    )
  }))

for (const [name, change] of [
  ['one byte of it differs', (said: string) => said.replace('truncated', 'truncatet')],
  ['it is of another exchange', (said: string) => said.replace('0199f2c4-0000', '0199f2c4-0001')],
] as const)
  test(`it stays where ${name}`, () =>
    within(SETUP, async (house) => {
      const reply = await ask(house, next(change(await cutReply(house))))
      assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [400, 'policy.deny'])
    }))

test('it stays where it was delivered to somebody else', () =>
  within(SETUP, async (house) => {
    const said = await cutReply(house)
    const { key } = await house.identity.create({ kind: 'user', actor: 'bob', connections: '*' })
    const reply = await ask({ ...house, key }, next(said))
    assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [400, 'policy.deny'])
  }))
