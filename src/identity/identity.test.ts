import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Fault, type Keyring } from '#exchange'
import {
  type Channel,
  findCredential,
  Identity,
  type KeyRecord,
  looksLikeKey,
  makeKey,
  openLimits,
  sessionId,
} from './index.ts'

const keyring: Keyring = {
  key: () => Buffer.alloc(32),
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: (purpose) => createHmac('sha256', purpose),
}
const code = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return error.code
    throw error
  }
  return 'none'
}

/** Recognises a key and lets it in, as the gateway does. */
const identify = (identity: Identity, channel: Channel, secret: string, connection: string) =>
  identity.admit(identity.recognise(secret), channel, connection)

function open(pathKeys = false) {
  const stored = new Map<string, KeyRecord>()
  const clock = { now: 1_000_000 }
  const store = {
    list: async () => [...stored.values()],
    put: async (record: KeyRecord) => void stored.set(record.id, record),
  }
  const identity = new Identity({ store, keyring, now: () => clock.now, random: randomBytes, pathKeys }, [])
  return { identity, stored, clock }
}

test('a key is recognised by its form, and a copying error is not', () => {
  for (const kind of ['user', 'job', 'svc', 'path'] as const) {
    const key = makeKey(kind, randomBytes)
    assert.match(key, new RegExp(`^gtl_${kind}_[0-9A-Za-z]{36}$`))
    assert.ok(looksLikeKey(key))
    const wrong = key.slice(0, 12) + (key[12] === 'a' ? 'b' : 'a') + key.slice(13)
    assert.ok(!looksLikeKey(wrong))
  }
  assert.ok(!looksLikeKey(`Bearer sk-${'a'.repeat(40)}`))
})

test('a key was never used before it was made', async () => {
  const { identity, clock } = open()
  clock.now = Date.UTC(2026, 10, 24, 14, 21, 26)
  const { key, record } = await identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  identify(identity, 'header', key, 'openai')
  assert.deepEqual([record.created, identity.list()[0]?.used], [clock.now, clock.now])
})

test('a key identifies its actor, and is stored nowhere', async () => {
  const { identity, stored } = open()
  const { key } = await identity.create({ kind: 'user', actor: 'ana', groups: ['x'], connections: '*' })
  const caller = identify(identity, 'header', key, 'openai')
  assert.deepEqual(caller.actor, { id: 'ana', kind: 'person', name: 'ana', groups: ['x'] })
  assert.ok(!JSON.stringify([...stored.values()]).includes(key))
})

test('unknown, out of scope, expired, by the wrong channel', async () => {
  const { identity, clock } = open()
  const { key } = await identity.create({ kind: 'job', actor: 'ci', connections: ['a'], days: 1 })
  const path = await identity.create({ kind: 'path', actor: 'ana', connections: ['a'] })
  assert.equal(
    code(() => identify(identity, 'header', makeKey('user', randomBytes), 'a')),
    'identity.unknown',
  )
  assert.equal(
    code(() => identify(identity, 'header', key, 'b')),
    'identity.scope',
  )
  assert.equal(
    code(() => identify(identity, 'path', key, 'a')),
    'identity.channel',
  )
  assert.equal(
    code(() => identify(identity, 'path', path.key, 'a')),
    'identity.channel',
  )
  assert.equal(
    code(() => identify(identity, 'header', path.key, 'a')),
    'identity.channel',
  )
  clock.now += 86_400_001
  assert.equal(
    code(() => identify(identity, 'header', key, 'a')),
    'identity.expired',
  )
})

test('a path key works in a path where that is allowed, and dies when it stands in a prompt', async () => {
  const { identity } = open(true)
  const { key, record } = await identity.create({ kind: 'path', actor: 'ana', connections: ['a'] })
  const { revoked } = identify(identity, 'path', key, 'a')
  assert.deepEqual(
    (await identity.revokeSecretsIn(`curl /k/${key}/c/a`)).map(({ id }) => id),
    [record.id],
  )
  assert.equal(revoked.aborted, true)
  assert.equal(
    code(() => identify(identity, 'path', key, 'a')),
    'identity.revoked',
  )
})

test('revoking is durable first, then cuts', async () => {
  const { identity, stored } = open()
  const { key, record } = await identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  const { revoked } = identify(identity, 'header', key, 'a')
  let revokedAtAbort: number | undefined
  revoked.addEventListener('abort', () => {
    revokedAtAbort = stored.get(record.id)?.revoked
  })
  await identity.revoke(record.id, 'left')
  assert.notEqual(revokedAtAbort, undefined)
})

test('a revocation that the trail does not take still refuses and cuts, and is made durable by the next try', async () => {
  const { identity, stored } = open()
  const { key, record } = await identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  const { revoked } = identify(identity, 'header', key, 'a')
  const set = stored.set.bind(stored)
  stored.set = () => {
    throw new Fault('trail.unavailable')
  }
  await assert.rejects(identity.revoke(record.id), { code: 'trail.unavailable' })
  assert.equal(revoked.aborted, true)
  assert.equal(
    code(() => identify(identity, 'header', key, 'a')),
    'identity.revoked',
  )
  assert.equal(stored.get(record.id)?.revoked, undefined)
  stored.set = set
  await identity.revoke(record.id)
  assert.notEqual(stored.get(record.id)?.revoked, undefined)
})

const WRONG = [
  { kind: 'user', actor: '', connections: '*' },
  { kind: 'root', actor: 'a', connections: '*' },
  { kind: 'path', actor: 'a', connections: '*' },
  { kind: 'path', actor: 'a', connections: ['x'], days: 31 },
  { kind: 'user', actor: 'a', connections: [] },
  { kind: 'user', actor: 'a\u001b[2J', connections: '*' },
]
for (const wanted of WRONG)
  test(`no key for ${JSON.stringify(wanted)}`, async () => {
    await assert.rejects(
      open().identity.create(wanted as never),
      (error: unknown) => error instanceof Fault && error.code === 'usage.option',
    )
  })

test('credentials are looked for in order, and a foreign one is never taken', () => {
  const key = makeKey('user', randomBytes)
  const basic = `Basic ${Buffer.from(`ana:${key}`).toString('base64')}`
  assert.deepEqual(findCredential({ 'x-gatelog-key': 'k', 'proxy-authorization': basic }), {
    channel: 'header',
    secret: 'k',
  })
  assert.deepEqual(findCredential({ 'proxy-authorization': basic }, 'p'), { channel: 'proxy', secret: key })
  assert.deepEqual(findCredential({ authorization: 'Bearer foreign' }, 'p'), { channel: 'path', secret: 'p' })
  assert.deepEqual(findCredential({ authorization: `Bearer ${key}` }), { channel: 'credential', secret: key })
  assert.equal(findCredential({ authorization: 'Bearer sk-ant-foreign', 'x-api-key': 'other' }), undefined)
})

test('limits: places come back, one actor never stops another, an hour passes', () => {
  const clock = { now: 0 }
  const limits = openLimits({
    openStreams: 1,
    openSockets: 1,
    bytesPerHour: 100,
    openBytes: 10,
    openBytesInAll: 15,
    now: () => clock.now,
  })
  const release = limits.admit('a')
  assert.equal(
    code(() => limits.admit('a')),
    'limit.requests',
  )
  limits.admit('b')()
  release()
  release()
  limits.admit('a')()
  limits.bytes('a', 100)
  assert.equal(
    code(() => limits.admit('a')),
    'limit.bytes',
  )
  const [held, other] = [limits.hold('a'), limits.hold('b')]
  held.take(10)
  const taken = [() => held.take(1), () => limits.hold('a').take(1), () => other.take(6)].map((take) => code(take))
  assert.deepEqual(
    taken,
    Array.from({ length: 3 }, () => 'limit.open_bytes'),
  )
  other.take(5)
  held[Symbol.dispose]()
  held[Symbol.dispose]()
  limits.hold('a').take(10)
  clock.now += 3_600_000 + 300_000
  limits.admit('a')()
})

test('a session id is never the client’s own alone', () => {
  const of = (over: object) => sessionId(keyring, { actor: 'ana', client: 'codex', own: 's1', first: 'hi', ...over })
  const all = [
    of({}),
    of({ actor: 'bob' }),
    of({ client: 'x' }),
    of({ own: 's2' }),
    of({ own: undefined }),
    of({ own: undefined, first: 'ho' }),
    of({ day: '2026-11-24' }),
  ]
  assert.equal(new Set(all).size, all.length)
  assert.equal(of({}), of({ first: 'other' }))
  assert.match(of({}), /^[\w-]{22}$/)
})

test('a key that is bound to networks works from there; over a plain listener beyond loopback no other does', async () => {
  const { identity } = open()
  const bound = await identity.create({
    kind: 'user',
    actor: 'ana',
    connections: '*',
    networks: ['10.1.0.0/16', '2001:db8::/32'],
  })
  const free = await identity.create({ kind: 'user', actor: 'bob', connections: '*' })
  const from = (key: string, remote: string, insecure = false) => {
    identity.admit(identity.recognise(key), 'proxy', undefined, { remote, insecure })
    return 'in'
  }
  for (const remote of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7'])
    assert.equal(from(bound.key, remote, true), 'in', remote)
  for (const remote of ['10.2.0.1', '127.0.0.1', '::1', '', '2001:db9::1', 'nonsense'])
    assert.equal(
      code(() => from(bound.key, remote)),
      'identity.network',
      remote,
    )
  assert.equal(from(free.key, '10.9.9.9'), 'in')
  assert.equal(
    code(() => from(free.key, '10.9.9.9', true)),
    'identity.network',
  )
  assert.equal(from(free.key, '127.0.0.1', true), 'in')
  for (const networks of [[], ['10.0.0.0/33'], ['x'], ['10.0.0.0/8/8'], ['10.0.0.0/-1'], 'x' as unknown as string[]])
    await assert.rejects(identity.create({ kind: 'user', actor: 'ana', connections: '*', networks }), {
      code: 'usage.option',
    })
})

test('a proxy’s credentials bear the key as password, as user, or as a token', () => {
  const key = makeKey('user', randomBytes)
  const secret = (value: string) => findCredential({ 'proxy-authorization': value })?.secret
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  for (const text of [`ana:${key}`, `:${key}`, `${key}:`, key, `${key}:x`]) assert.equal(secret(basic(text)), key, text)
  assert.equal(secret(`Bearer ${key}`), key)
  assert.equal(secret(basic('ana:pass:word')), 'pass:word')
  for (const value of ['Negotiate YII=', 'NTLM x', 'Digest a=b', 'Basic', ''])
    assert.equal(secret(value), undefined, value)
})
