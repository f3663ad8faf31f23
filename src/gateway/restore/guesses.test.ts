/** What a placeholder tells of a value that can be guessed: not that it equals another one in the same prompt. */
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { within } from '../asking.case.ts'
import { SECRET } from '../house.case.ts'

const script = (_request: unknown, _body: string, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'fine' } }] }))
}

type Asking = Parameters<Parameters<typeof within>[1]>[0]

/** Put together here, so that no scanner takes it for somebody's. */
const PASSWORD = ['k9', '!vR2', '#pQ'].join('')
const line = (value: string): string => `the configuration of the machine says password="${value}"\n`

const ask = async (house: Asking, ...parts: string[]) => {
  const content = parts.map((text) => ({ type: 'text', text }))
  await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key, 'x-session-id': 's' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  }).then((answer) => answer.text())
  const body = house.seen.at(-1)?.body ?? ''
  assert.ok(!body.includes(PASSWORD) && !body.includes(SECRET))
  return body.match(/\[masked:[^\]]+\]/g) ?? []
}

test('with mask: restore equal guesses have other numbers, in one string, in others and in later prompts', () =>
  within({ restore: true, script }, async (house) => {
    const first = await ask(house, line(PASSWORD).repeat(2), line(PASSWORD), line(PASSWORD))
    assert.equal(first.length, 4)
    const again = await ask(house, line(PASSWORD).repeat(2), line(PASSWORD), line(PASSWORD), line(PASSWORD))
    assert.deepEqual(again.slice(0, 4), first)
    assert.equal(new Set(again).size, 5)
    for (const placeholder of again) assert.match(placeholder, /#[0-9a-f]{16}\]$/)
  }))

test('what cannot be guessed reads alike everywhere', () =>
  within({ restore: true, script }, async (house) => {
    const found = await ask(house, `${SECRET} and ${SECRET}`, `x ${SECRET}`)
    assert.deepEqual([found.length, new Set(found).size], [3, 1])
  }))

test('where nothing comes back, what can be guessed bears no mark', () =>
  within({ script }, async (house) => {
    const found = await ask(house, line(PASSWORD), line(PASSWORD), line(`${PASSWORD}xyz`))
    assert.deepEqual(new Set(found.slice(0, 2)), new Set(['[masked:password]']))
  }))
