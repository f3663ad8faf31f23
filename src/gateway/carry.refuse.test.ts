/** `carry()`: who and what goes no further. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { answer, ask, kinds, unmarked, within } from './asking.case.ts'
import { chat, SECRET } from './house.case.ts'

test('a deny goes nowhere: 400 in the provider’s shape, asked and denied on the record', () =>
  within(
    {
      script: answer,
      rules: [{ name: 'no-dumps', when: 'prompt.text.contains("pg_dump")', then: 'deny', reason: 'Ask the data team' }],
    },
    async (house) => {
      const reply = await ask(house, chat('pg_dump please'))
      const { error } = (await reply.json()) as { error: { message: string } }
      assert.equal(reply.status, 400)
      assert.match(error.message, /^Gatelog: .*no-dumps: Ask the data team/)
      assert.deepEqual([kinds(house), house.seen.length], [['asked', 'denied'], 0])
    },
  ))

const STRANGERS: [string, Record<string, string>, string][] = [
  ['no key', { 'x-gatelog-key': '' }, 'identity.unknown'],
  ['a broken key', { 'x-gatelog-key': 'gtl_user_nonsense' }, 'identity.unknown'],
]
for (const [name, headers, fault] of STRANGERS)
  test(`refused and recorded: ${name}`, () =>
    within({ script: answer }, async (house) => {
      const reply = await ask(house, chat('hi'), { headers })
      assert.equal(reply.headers.get('x-gatelog-error'), fault)
      assert.deepEqual([kinds(house), house.seen.length], [['refused'], 0])
      const [entry] = house.watched.entries
      assert.ok(entry?.kind === 'refused' && entry.fault === fault && entry.body === undefined)
    }))

/** Path, headers and kind of connection; then the status, the content type and what the body must hold. */
const FORMS: readonly [string, Record<string, string>, 'openai' | 'copilot', number, RegExp, RegExp][] = [
  ['/v1/messages', {}, 'openai', 403, /json/, /"type":"permission_error","message":"Gatelog: /],
  ['/v1/responses', { 'user-agent': 'codex_exec/0.169.0' }, 'openai', 400, /^text\/plain/, /^Gatelog: /],
  ['/v1/chat/completions', {}, 'openai', 400, /json/, /"error":\{"message":"Gatelog: /],
  ['/chat/completions', { 'editor-version': 'vscode/1.120' }, 'copilot', 424, /^text\/plain/, /^Gatelog: /],
  ['/v1/engines/gpt-41-copilot/completions', {}, 'copilot', 200, /event-stream/, /^data: \[DONE\]\n\n$/],
]
for (const [path, headers, kind, status, type, body] of FORMS)
  test(`a stranger at ${path} of ${kind} is told in the form that its client shows`, () =>
    within({ script: answer, kind }, async (house) => {
      const reply = await ask(house, chat('hi'), { path, headers: { ...headers, 'x-gatelog-key': house.stranger } })
      assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [status, 'identity.unknown'])
      assert.match(reply.headers.get('content-type') ?? '', type)
      assert.match(await reply.text(), body)
      assert.equal(house.seen.length, 0)
    }))

test('an address with a wrong connection is told as its route’s client shows it, to whoever has a key', () =>
  within({ script: answer }, async (house) => {
    const elsewhere = { ...house, url: house.url.replace('/c/up', '/c/down') }
    const path = '/v1/messages'
    const reply = await ask(elsewhere, chat('hi'), { path, headers: { 'user-agent': 'claude-cli/2.1.330 (cli)' } })
    assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error')], [424, 'request.connection'])
    assert.match(await reply.text(), /^\{"type":"error",.*"Gatelog: There is no such connection: down/)
    const stranger = await ask(elsewhere, chat('hi'), { path, headers: { 'x-gatelog-key': house.stranger } })
    assert.equal(stranger.headers.get('x-gatelog-error'), 'identity.unknown')
  }))

test('a well-formed key that is not known is refused', () =>
  within({ script: answer }, async (house) => {
    const reply = await ask(house, chat('hi'), { headers: { 'x-gatelog-key': house.stranger } })
    assert.equal(reply.headers.get('x-gatelog-error'), 'identity.unknown')
  }))

test('a flood of strangers makes one line, not a thousand', () =>
  within({ script: answer }, async (house) => {
    for (let at = 0; at < 20; at++) await (await ask(house, chat('hi'), { headers: { 'x-gatelog-key': 'no' } })).text()
    assert.equal(house.watched.entries.length, 1)
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await wait(10)
    const last = house.watched.entries.at(-1)
    assert.ok(last?.kind === 'refused' && last.count === 19)
  }))

test('an unknown route is refused and recorded, or passed and recorded where that is configured', async () => {
  await within({ script: answer }, async (house) => {
    const reply = await ask(house, '{}', { path: '/v1/files' })
    assert.deepEqual([reply.headers.get('x-gatelog-error'), kinds(house)], ['request.route', ['refused']])
  })
  await within({ script: answer, unknownRoutes: 'record-and-pass' }, async (house) => {
    await (await ask(house, `{"a":"${SECRET}"}`, { path: '/v1/files' })).text()
    assert.deepEqual(
      [kinds(house), unmarked(house.seen[0]?.body)],
      [['asked', 'replied'], '{"a":"[masked:github-pat]"}'],
    )
  })
})

test('a revoked key is refused, and the record says whose it was, in one line for many', () =>
  within({ script: answer }, async (house) => {
    await house.identity.revoke(house.record.id)
    for (const _ of [1, 2, 3]) assert.equal((await ask(house, chat('still here'))).status, 400)
    assert.deepEqual(kinds(house), ['refused'])
    const [opening] = house.watched.entries
    assert.ok(opening?.kind === 'refused')
    assert.deepEqual([opening.actor?.id, opening.key, opening.fault], ['ana', house.record.id, 'identity.revoked'])
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await new Promise(setImmediate)
    const line = house.watched.entries[1]
    assert.ok(line?.kind === 'refused' && line.count === 2 && line.actor?.id === 'ana')
    assert.equal(house.seen.length, 0)
  }))

test('a request that goes nowhere is refused, and on the record without what it bore', () =>
  within({ script: answer }, async (house) => {
    const reply = await fetch(`${house.url.replace('/c/up', '')}/mcp/readonly?a=${SECRET}`, {
      method: 'POST',
      body: 'x',
    })
    assert.deepEqual([reply.status, reply.headers.get('connection')], [404, 'close'])
    const [opening] = house.watched.entries
    assert.ok(opening?.kind === 'refused')
    assert.deepEqual([opening.fault, opening.path, opening.connection], ['request.path', '/mcp/readonly', undefined])
  }))
