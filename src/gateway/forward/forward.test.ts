/** The pure parts of the forward door: targets, lists, places, and who is told that a client does not trust us. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Connection, Host } from '../connection.ts'
import { isHost, placeFor, placesAt } from './places.ts'
import { isAbsolute, listed, readAbsolute, readTarget } from './target.ts'
import { Trust } from './trust.ts'

const fault = (code: string) => (error: { code?: string }) => error.code === code

test('a target is read one way, whatever it is written like', () => {
  const same: [string, string][] = [
    ['API.OpenAI.com:443', 'api.openai.com'],
    ['api.openai.com.:443', 'api.openai.com'],
    ['2130706433:443', '127.0.0.1'],
    ['0x7f.1:443', '127.0.0.1'],
    ['[0:0:0:0:0:0:0:1]:443', '::1'],
    ['[::FFFF:127.0.0.1]:443', '::ffff:7f00:1'],
    ['under_score.example:443', 'under_score.example'],
  ]
  for (const [text, host] of same) assert.deepEqual(readTarget(text), { host, port: 443 }, text)
  for (const text of [
    '',
    'x',
    'x:',
    ':1',
    'x:0',
    'x:65536',
    'x:1x',
    'a b:1',
    'a@b:1',
    'a/b:1',
    '[::1',
    '[::g]:1',
    '256.1.1.1.1:1',
    '%31:1',
  ])
    assert.throws(() => readTarget(text), fault('forward.target'), text)
})

test('whatever bytes a target has, it is read or refused, and a host has no sign that divides addresses', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      try {
        assert.match(readTarget(text, 80).host, /^[a-z0-9._:-]+$/)
      } catch (error) {
        assert.ok(fault('forward.target')(error as { code?: string }))
      }
    }),
  )
})

test('an absolute target bears host, port, path and query', () => {
  assert.deepEqual(readAbsolute('http://A.example/x?y=1'), {
    target: { host: 'a.example', port: 80 },
    secure: false,
    path: '/x',
    query: '?y=1',
  })
  assert.deepEqual(readAbsolute('HTTPS://a.example:8443'), {
    target: { host: 'a.example', port: 8443 },
    secure: true,
    path: '/',
    query: '',
  })
  assert.throws(() => readAbsolute('http://user@a.example/'), fault('forward.target'))
  assert.ok(!isAbsolute('/c/demo') && !isAbsolute('ftp://x'))
})

test('a list names hosts, all below a name, and ports', () => {
  const list = ['github.com', '*.npmjs.org', 'a.example:8443', '[fd00::1]:22']
  const at = (host: string, port = 443) => listed(list, { host, port })
  assert.deepEqual(
    [at('github.com'), at('github.com', 22), at('x.github.com'), at('evilgithub.com')],
    [true, true, false, false],
  )
  assert.deepEqual([at('registry.npmjs.org'), at('npmjs.org'), at('evilnpmjs.org')], [true, false, false])
  assert.deepEqual(
    [at('a.example'), at('a.example', 8443), at('fd00::1', 22), at('fd00::1')],
    [false, true, true, false],
  )
})

const connection = (name: string, ...urls: string[]): [string, Connection] => {
  const hosts = urls.map((each, at): [string, Host] => {
    const { origin, pathname } = new URL(each)
    const host = { name: `h${at}`, base: pathname.replace(/\/$/, ''), upstream: { origin: new URL(origin) } }
    return [host.name, host]
  })
  const timeouts = { connect_ms: 1, first_byte_ms: 1, idle_ms: 1, total_ms: 1 }
  const rest = {
    kind: 'openai',
    credentials: 'passthrough',
    unknownRoutes: 'refuse',
    websocket: 'refuse',
    durable: 'before',
  } as const
  return [name, { name, hosts: new Map(hosts), ...rest, timeouts }]
}

test('a host belongs to the place whose base is the longest, and then to a connection that the key covers', () => {
  const connections = new Map([
    connection('one', 'https://a.example', 'https://a.example/team'),
    connection('two', 'https://a.example/team', 'http://b.example'),
  ])
  const places = placesAt(connections, { host: 'a.example', port: 443 })
  const chosen = (path: string, ...covered: string[]) => {
    const place = placeFor(places, path, (name) => covered.includes(name))
    return place && `${place.connection} ${place.host}`
  }
  assert.equal(chosen('/v1', 'one'), 'one h0')
  assert.equal(chosen('/team/v1', 'one', 'two'), 'one h1')
  assert.equal(chosen('/team/v1', 'two'), 'two h0')
  assert.equal(chosen('/team', 'nobody'), 'one h1')
  assert.equal(chosen('/teamwork', 'one'), 'one h0')
  assert.equal(placesAt(connections, { host: 'b.example', port: 80 }).length, 1)
  assert.deepEqual(placesAt(connections, { host: 'b.example', port: 443 }), [])
  assert.ok(isHost(connections, 'b.example.') && !isHost(connections, 'c.example'))
})

test('a client that does not trust us is told of once an hour, and forgotten once it does', () => {
  const told: string[] = []
  let now = 0
  const trust = new Trust(
    (line) => void told.push(line),
    () => now,
  )
  for (let nth = 0; nth < 5; nth++) trust.doubts('ana', 'curl/8', true)
  assert.deepEqual(told, ['ana (curl/8) does not trust Gatelog’s CA: gatelog ca install-help'])
  assert.deepEqual(
    trust.list().map(({ who, count, certain }) => [who, count, certain]),
    [['ana', 5, true]],
  )
  now += 3_600_001
  trust.doubts('ana', 'curl/8', true)
  assert.equal(told.length, 2)
  for (let nth = 0; nth < 2; nth++) trust.doubts('bob', '', false)
  assert.deepEqual([told.length, trust.list().length], [2, 1])
  trust.doubts('bob', '', false)
  assert.equal(told.at(-1), 'bob (no user agent) seems not to trust Gatelog’s CA: gatelog ca install-help')
  trust.trusts('ana', 'curl/8')
  assert.deepEqual(
    trust.list().map(({ who }) => who),
    ['bob'],
  )
  for (let nth = 0; nth < 1000; nth++) trust.doubts(`x${nth}`, '', true)
  assert.equal(trust.list().length, 200)
})
