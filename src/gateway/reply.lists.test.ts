/** A secret in pieces in the lists of one event is a secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROTOCOLS } from '#wire'
import { SECRET } from './house.case.ts'
import { Reply } from './reply.ts'
import { engine } from './streams.case.ts'

const parts = SECRET.match(/.{1,4}/gs) ?? []
const EVENTS: Readonly<Record<string, unknown>> = {
  'a list of tokens at the top': { choices: [], novel: { tokens: parts.map((token) => ({ token, logprob: 0 })) } },
  'a list in place of a text': { choices: [{ index: 0, delta: { content: ['a ', ...parts] } }] },
  'an unknown list': { choices: [{ index: 0, delta: { novel: [{ deep: parts }] } }] },
}

for (const [name, event] of Object.entries(EVENTS))
  test(`${name} is read in order`, () => {
    const protocol = PROTOCOLS.find((each) => each.name === 'chat')
    const reply = new Reply({ protocol, engine, eventBytes: 1_000_000 })
    const out = [...reply.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`)), ...reply.end()]
    const told = Buffer.concat(out.map((bytes) => Buffer.from(bytes))).toString()
    const spelled = [...told.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('')
    assert.ok(told.includes('[masked:github-pat'), told)
    for (const part of parts.slice(2)) assert.ok(!spelled.includes(part), told)
  })
