/** The CA: what it vouches for, what nobody takes from whoever steals its key, and what it refuses to be made of. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { certificate, NO_OPENSSL } from '../certificate.case.ts'
import { type Authority, makeAuthority, makeLeaf, openAuthority, requestAuthority } from './authority.ts'
import { constraintsFor, covers, permittedBy } from './constraints.ts'
import { leafFor, openLeaves } from './leaves.ts'
import { javaSays, NO_JAVA, nodeSays, opensslSays, type Stolen, show, steal } from './thief.case.ts'

const PERMITTED = ['api.openai.com', 'githubcopilot.com']
const now = Date.now()
const DAY = 86_400_000

const made = async (days = 30): Promise<Authority> =>
  openAuthority(await makeAuthority({ permitted: PERMITTED, days, now }))

const code = (wanted: string) => (error: { code?: string }) => error.code === wanted

test('constraints say what was permitted, and every address is excluded', () => {
  const names = fc.array(fc.stringMatching(/^[a-z0-9.-]{1,120}$/), { minLength: 1, maxLength: 300 })
  fc.assert(fc.property(names, (each) => assert.deepEqual(permittedBy(constraintsFor(each)), each)))
  const hex = Buffer.from(constraintsFor(['a.b'])).toString('hex')
  const [four, six] = [`300a8708${'00'.repeat(8)}`, `30228720${'00'.repeat(32)}`]
  assert.equal(hex, `303ba00730058203612e62a130${four}${six}`)
})

test('bytes that are no constraints permit nothing, and never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => assert.ok(Array.isArray(permittedBy(bytes)))))
})

test('a name covers itself and what is below it, nothing beside it', () => {
  for (const host of ['api.openai.com', 'x.api.openai.com', 'api.business.githubcopilot.com'])
    assert.ok(covers(PERMITTED, host), host)
  for (const host of ['openai.com', 'xapi.openai.com', 'api.openai.com.evil.example', 'githubcopilot.com.evil', ''])
    assert.ok(!covers(PERMITTED, host), host)
})

test('a leaf is taken by OpenSSL and Node for its own host only', { skip: NO_OPENSSL }, async (t) => {
  const authority = await made()
  const leaf = await makeLeaf(authority, 'api.openai.com', now, 7)
  const { folder } = steal(t, authority, '/CN=x', 'DNS:api.openai.com')
  const shown: Stolen = { ...leaf, folder }
  assert.equal(opensslSays(shown, 'api.openai.com'), 'ok')
  assert.match(opensslSays(shown, 'api.githubcopilot.com'), /hostname mismatch/i)
  const port = await show(t, leaf)
  assert.equal(await nodeSays(port, 'api.openai.com', authority.top), 'ok')
  assert.match(await nodeSays(port, 'x.githubcopilot.com', authority.top), /^ERR_TLS_CERT_ALTNAME_INVALID /)
  const [first = ''] = leaf.cert.split(/(?<=END CERTIFICATE-----\n)/)
  const { validFrom, validTo, ca, publicKey } = new X509Certificate(first)
  assert.ok(!ca && Date.parse(validTo) - Date.parse(validFrom) <= 7.1 * DAY)
  assert.equal(publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
})

/** Subject and names of leaves outside of the list, and the host that a client asks for. */
const OUTSIDE: readonly (readonly [subject: string, names: string | undefined, host: string])[] = [
  ['/CN=evil.example', 'DNS:evil.example', 'evil.example'],
  ['/CN=bank', 'DNS:bank.example,DNS:api.openai.com', 'bank.example'],
  ['/CN=wild', 'DNS:*.evil.example', 'a.evil.example'],
  ['/CN=evil.example', undefined, 'evil.example'],
  ['/CN=four', 'IP:127.0.0.1', '127.0.0.1'],
  ['/CN=six', 'IP:2001:db8::1', '2001:db8::1'],
]

for (const [subject, names, host] of OUTSIDE)
  test(`a stolen key: a leaf for ${names ?? `${subject} alone`} is taken by neither OpenSSL nor Node`, {
    skip: NO_OPENSSL,
  }, async (t) => {
    const authority = await made()
    const stolen = steal(t, authority, subject, names)
    assert.match(opensslSays(stolen, host), /(permitted|excluded) subtree violation/)
    const told = await nodeSays(await show(t, stolen), host, authority.top)
    assert.match(told, /(permitted|excluded) subtree violation/)
  })

test('Java takes a leaf of the list, and none outside of it', { skip: NO_OPENSSL || NO_JAVA }, async (t) => {
  const authority = await made()
  const inside = steal(t, authority, '/CN=x', 'DNS:api.openai.com')
  const asked: [number, string][] = [[await show(t, inside), 'api.openai.com']]
  for (const [subject, names, host] of OUTSIDE.filter(([, each]) => each))
    asked.push([await show(t, steal(t, authority, subject, names)), host])
  const [first, ...others] = await javaSays(inside.folder, asked)
  assert.equal(first, 'ok')
  assert.equal(others.length, 5)
  for (const each of others) assert.match(each, /PKIX path validation failed.*name constraint|not permitted|excluded/i)
})

test('the root’s key is not among what is kept: it could vouch for another CA', { skip: NO_OPENSSL }, async (t) => {
  const authority = await made()
  const [below, root] = authority.chain.split(/(?<=END CERTIFICATE-----\n)/).map((each) => new X509Certificate(each))
  assert.ok(below && root)
  assert.ok(root.verify(root.publicKey) && below.verify(root.publicKey))
  assert.ok(!authority.key.includes('BEGIN CERTIFICATE') && authority.key.match(/BEGIN PRIVATE KEY/g)?.length === 1)
  assert.notEqual(
    below.publicKey.export({ type: 'spki', format: 'pem' }),
    root.publicKey.export({ type: 'spki', format: 'pem' }),
  )
  const stolen = steal(t, authority, '/CN=sub', 'DNS:api.openai.com')
  assert.equal(opensslSays(stolen, 'api.openai.com'), 'ok')
})

test('leaves are kept while they are good, made anew before they end, and never outlive the CA', async () => {
  const authority = await made(10)
  let at = now
  const leaves = openLeaves(
    (host) => leafFor(authority, host, at),
    () => at,
  )
  const first = await leaves.contextFor('api.openai.com')
  assert.equal(await leaves.contextFor('api.openai.com'), first)
  assert.notEqual(await leaves.contextFor('x.githubcopilot.com'), first)
  at = now + 5.9 * DAY
  assert.equal(await leaves.contextFor('api.openai.com'), first)
  at = now + 6.1 * DAY
  const second = await leaves.contextFor('api.openai.com')
  assert.notEqual(second, first)
  at = now + 10.1 * DAY
  await assert.rejects(leaves.contextFor('api.openai.com'), code('ca.expired'))
  const last = await makeLeaf(authority, 'api.openai.com', now + 9 * DAY, 7)
  assert.equal(last.until, authority.until)
})

test('a flood of names drives out the leaf that was asked for longest ago, and no other', async () => {
  const authority = await made()
  const leaf = await leafFor(authority, 'api.openai.com', now)
  const signed: string[] = []
  const leaves = openLeaves(
    async (host) => {
      signed.push(host)
      return leaf
    },
    () => now,
  )
  const first = await leaves.contextFor('api.openai.com')
  await leaves.contextFor('api.anthropic.com')
  for (let name = 0; name < 998; name++) await leaves.contextFor(`r${name}.githubcopilot.com`)
  assert.equal(await leaves.contextFor('api.openai.com'), first)
  for (let name = 998; name < 1900; name++) await leaves.contextFor(`r${name}.githubcopilot.com`)
  assert.equal(await leaves.contextFor('api.openai.com'), first)
  const before = signed.length
  await leaves.contextFor('r1899.githubcopilot.com')
  assert.equal(signed.length, before)
  await leaves.contextFor('api.anthropic.com')
  assert.equal(signed.length, before + 1)
})

test('no leaf for an address or a host that the CA may not vouch for', async () => {
  const authority = await made()
  const leaves = openLeaves(
    (host) => leafFor(authority, host, now),
    () => now,
  )
  for (const host of ['127.0.0.1', '::1', 'evil.example', 'openai.com'])
    await assert.rejects(leaves.contextFor(host), code('forward.constraint'))
})

test('an authority that does not hold together is refused, with what is wrong', async (t) => {
  const [one, other] = [await made(), await made()]
  const leaf = await makeLeaf(one, 'api.openai.com', now, 7)
  const wrong: [string, string, RegExp][] = [
    ['', one.key, /no certificate/],
    [one.chain, other.key, /does not belong/],
    [one.chain, 'nonsense', /key cannot be read/],
    [leaf.cert, leaf.key, /not one of a CA/],
    [String(one.signing) + other.top, one.key, /not signed by the next/],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', one.key, /cannot be read/],
  ]
  for (const [chain, key, told] of wrong) assert.throws(() => openAuthority({ chain, key }), told)
  if (NO_OPENSSL) return
  const foreign = certificate(t, 'ca.example')
  const free = openAuthority({ chain: foreign.cert, key: foreign.key })
  assert.equal(free.permitted, undefined)
})

test('a request bears the constraints, and its key stays with whoever made it', { skip: NO_OPENSSL }, async () => {
  const { key, request } = await requestAuthority(PERMITTED)
  const { execFileSync } = await import('node:child_process')
  const text = execFileSync('openssl', ['req', '-noout', '-verify', '-text'], { input: request, encoding: 'utf8' })
  for (const each of ['CA:TRUE, pathlen:0', 'DNS:githubcopilot.com', 'IP:0.0.0.0/0.0.0.0', 'Certificate Sign'])
    assert.ok(text.includes(each), each)
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/)
  assert.ok(!request.includes('PRIVATE'))
})
