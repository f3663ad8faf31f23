/** Copilot's routes beside model traffic: what is read, kept, relayed unread, learnt and joined. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { CopilotSettings } from '../connection.ts'
import { SECRET } from '../house.case.ts'
import { anotherKey, endings, GHOST, ghost, openings, send, TELEMETRY, tokenOf, told, within2 } from './surface.case.ts'

test('what GitHub is asked beside Copilot is relayed unread, and only its host and method are recorded', () =>
  within2(async (house) => {
    const body = gzipSync(`{"query":"${SECRET}"}`)
    const headers = { 'content-encoding': 'x-unknown', 'accept-encoding': 'br', 'user-agent': 'gh/2.1' }
    const reply = await send(house, '/github/graphql?token=1', { method: 'POST', body: Uint8Array.from(body), headers })
    assert.deepEqual(await reply.json(), { path: '/graphql?token=1', secret: SECRET })
    const [opening] = openings(house)
    const { exchange: _e, at: _at, facts, actor, key: _k, policy: _p, ...rest } = opening!
    assert.deepEqual([actor?.id, Object.keys(facts)], ['ana', ['remote']])
    const expected = { kind: 'asked', door: 'reverse', method: 'POST', path: '', route: 'unread', findings: [] }
    assert.deepEqual(rest, { ...expected, connection: 'up', host: 'github', verdict: { kind: 'allow' } } as never)
    assert.deepEqual([endings(house)[0]?.status, endings(house)[0]?.findings], [200, []])
    assert.deepEqual(
      [house.seen[0]?.headers['accept-encoding'], house.seen[0]?.headers.authorization],
      ['br', 'Bearer gho_x'],
    )
    const told = JSON.stringify(house.watched.entries)
    for (const text of ['graphql', SECRET, 'token=1', 'gh/2.1', 'x-unknown']) assert.ok(!told.includes(text), text)
  }))

test('a stranger who asks there leaves no path either', () =>
  within2(async (house) => {
    await send(house, '/github/repos/acme/secret-plans', { key: house.stranger })
    const [refused] = openings(house)
    assert.deepEqual([refused?.kind, refused?.path, refused?.route], ['refused', '', 'unread'])
    assert.ok(!JSON.stringify(refused).includes('secret-plans'))
  }))

test('nor does a request there that could be read in two ways', () =>
  within2(async (house) => {
    const { port } = new URL(house.url)
    const socket = connect({ host: '127.0.0.1', port: Number(port) })
    socket.end('POST /c/up/github/repos/secret-plans HTTP/1.1\r\nhost: x\r\nhost: y\r\ncontent-length: 0\r\n\r\n')
    await once(socket.resume(), 'close')
    const [refused] = openings(house)
    assert.deepEqual([refused?.kind, refused?.fault, refused?.path], ['refused', 'request.headers', ''])
  }))

test('content routes are masked both ways, and kept only where that is configured', async () => {
  for (const content of ['metadata', 'full'] as const)
    await within2(
      async (house) => {
        const reply = await send(house, '/github/chunks', { method: 'POST', body: JSON.stringify({ code: SECRET }) })
        assert.ok(!(await reply.text()).includes(SECRET) && !house.seen[0]?.body.includes(SECRET))
        const [opening] = openings(house)
        assert.deepEqual([opening?.route, opening?.surface, opening?.findings.length], ['content', 'chunks', 1])
        const kept = [opening?.body, endings(house)[0]?.body].map((body) => body && Buffer.from(body.bytes).toString())
        assert.equal(kept.filter(Boolean).length, content === 'full' ? 2 : 0)
        assert.ok(!kept.join().includes(SECRET))
      },
      { content },
    )
})

test('an image goes on byte for byte', () =>
  within2(async (house) => {
    const body = Uint8Array.from([0x89, 0x50, 0xff, 0xfe, ...Buffer.from(SECRET), 0xff])
    await send(house, '/uploads/copilot/chat/attachments', {
      method: 'POST',
      body,
      headers: { 'content-type': 'image/png' },
    })
    assert.equal(house.seen[0]?.body, Buffer.from(body).toString())
    assert.equal(openings(house)[0]?.surface, 'attachment')
  }))

test('the account is learnt from the user reply, and shown on what its credential asks then', () =>
  within2(async (house) => {
    await (await send(house, '/github/copilot_internal/user')).text()
    await (await send(house, GHOST, { method: 'POST', body: ghost, headers: { authorization: 'token gho_x' } })).text()
    const { facts, credential } = openings(house)[1]!
    assert.deepEqual(facts.github, { value: 'mona', source: 'observed' })
    assert.deepEqual(
      [facts.github_organizations?.value, facts.github_plan?.value, facts.github_id?.value],
      ['acme', 'business', 't1'],
    )
    assert.equal(credential, openings(house)[0]?.credential)
    assert.ok(!JSON.stringify(await house.watched.trail.documents.list('credential')).includes('gho_x'))
  }))

test('a token belongs to the account that it was given out for, and its reply is kept nowhere', () =>
  within2(async (house) => {
    const { token } = (await (await send(house, '/github/copilot_internal/v2/token')).json()) as { token: string }
    await (await send(house, '/github/copilot_internal/user')).text()
    const asked = { method: 'POST', body: ghost, headers: { authorization: `Bearer ${token}` } }
    await (await send(house, GHOST, asked)).text()
    assert.deepEqual(openings(house)[2]?.facts.github, { value: 'mona', source: 'observed' })
    assert.equal(openings(house)[2]?.alerts, undefined)
    assert.ok(!JSON.stringify(house.watched.entries).includes(token))
  }))

test('an account that only a token tells of is the client’s word', () =>
  within2(async (house) => {
    await (await send(house, '/github/copilot_internal/user')).text()
    const headers = { authorization: `Bearer ${tokenOf('copilot_for_business_seat')}x` }
    await (await send(house, GHOST, { method: 'POST', body: ghost, headers })).text()
    const { facts } = openings(house)[1]!
    assert.deepEqual(facts.github, { value: 'mona', source: 'declared' })
    assert.equal(facts.github_plan?.source, 'declared')
  }))

test('a credential that another actor had first raises an alert each time', () =>
  within2(async (house) => {
    const bob = await anotherKey(house)
    const ask = async (key?: string) =>
      (await send(house, GHOST, { method: 'POST', body: ghost, ...(key && { key }) })).text()
    for (const key of [undefined, bob, undefined, bob]) await ask(key)
    assert.deepEqual(
      openings(house).map(({ alerts }) => alerts),
      [undefined, ['credential.shared'], undefined, ['credential.shared']],
    )
  }))

const ONLY_BUSINESS: CopilotSettings = { content: 'metadata', allowedPlans: ['business', 'enterprise'] }

test('a plan that is not allowed gets no token, in GitHub’s own form, and asks nothing', () =>
  within2(
    async (house) => {
      const reply = await send(house, '/github/copilot_internal/v2/token')
      const { error_details } = (await reply.json()) as { error_details: { message: string } }
      assert.equal(reply.status, 403)
      assert.match(
        error_details.message,
        /^Gatelog: This GitHub account’s Copilot plan may not be used here: individual/,
      )
      assert.equal(house.watched.entries.at(-1)?.kind, 'denied')
      const chat = await send(house, '/api/chat/completions', { method: 'POST', body: '{"messages":[]}' })
      assert.equal(chat.status, 400)
      assert.match(await chat.text(), /policy\.plan/)
      const ghosted = await send(house, GHOST, { method: 'POST', body: ghost })
      assert.deepEqual([ghosted.status, await ghosted.text()], [200, 'data: [DONE]\n\n'])
      const edit = await send(house, '/proxy/chat/completions', {
        method: 'POST',
        body: '{"messages":[],"stream":true}',
      })
      assert.deepEqual([edit.status, await edit.text()], [200, 'data: [DONE]\n\n'])
      const last = openings(house).at(-1)
      assert.deepEqual(
        [last?.kind, last?.fault, last?.facts.github_plan?.value],
        ['refused', 'policy.plan', 'individual'],
      )
      assert.equal(house.seen.length, 1)
    },
    ONLY_BUSINESS,
    'monthly_subscriber',
  ))

test('a plan that is allowed, or not known, passes', () =>
  within2(async (house) => {
    for (const path of ['/github/copilot_internal/v2/token', '/github/copilot_internal/user'])
      assert.equal((await send(house, path)).status, 200)
    assert.equal((await send(house, GHOST, { method: 'POST', body: ghost })).status, 200)
    const headers = { authorization: 'Bearer ghp_other' }
    assert.equal((await send(house, GHOST, { method: 'POST', body: ghost, headers })).status, 200)
  }, ONLY_BUSINESS))

test('endpoints lead to this gateway where that is configured', () =>
  within2(
    async (house) => {
      const { endpoints } = (await (await send(house, '/github/copilot_internal/user')).json()) as { endpoints: object }
      assert.deepEqual(endpoints, { api: `${house.url}/api`, proxy: `${house.url}/proxy` })
    },
    { content: 'metadata', rewrite: { scheme: 'http' } },
  ))

test('a telemetry that holds a secret is masked', () =>
  within2(async (house) => {
    const body = `${JSON.stringify(told('x', 'r1', { path: SECRET }))}\n{"n":1}\n`
    const headers = { 'content-type': 'application/x-json-stream' }
    await (await send(house, TELEMETRY, { method: 'POST', body, headers })).text()
    const lines = house.seen[0]!.body.split('\n')
    assert.ok(!house.seen[0]?.body.includes(SECRET) && lines[1] === '{"n":1}')
    assert.match(JSON.parse(lines[0]!).data.baseData.properties.path, /^\[masked:github-pat/)
  }))

test('inline completions are one session for each file; the panel tells itself', () =>
  within2(async (house) => {
    const ask = async (path: string, file: string, headers = {}) =>
      (
        await send(house, path, {
          method: 'POST',
          body: JSON.stringify({
            prompt: `# Path: ${file}\nx`,
            messages: [{ role: 'user', content: `current_file_path: ${file}\n` }],
          }),
          headers: { 'vscode-sessionid': 's1', ...headers },
        })
      ).text()
    await ask(GHOST, 'a.py')
    await ask(GHOST, 'a.py', { 'openai-intent': 'copilot-panel' })
    await ask(GHOST, 'b.py')
    await ask('/proxy/chat/completions', 'a.py')
    const all = openings(house)
    assert.deepEqual(
      all.map(({ surface }) => surface),
      ['ghost text', 'panel', 'ghost text', 'next edit'],
    )
    const [one, two, three, four] = all.map(({ session }) => session)
    assert.ok(one === two && one !== three && one === four)
    assert.deepEqual(
      all.map(({ facts }) => facts.files?.value),
      ['a.py', 'a.py', 'b.py', 'a.py'],
    )
  }))
