/** Addresses in every disguise, and names that lead to them. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import { fault, listening, NEVER, TIMEOUTS } from '../loopback.case.ts'
import { openRelay } from '../relay.ts'
import { networkOf } from './address.ts'
import { isOwnAddress } from './own.ts'
import { checkLiteral, lookupWithin, type Reach, type Resolver } from './reach.ts'

const PUBLIC = [
  '8.8.8.8',
  '140.82.112.5',
  '172.15.255.255',
  '172.32.0.1',
  '2606:50c0:8000::153',
  '64:ff9b::8.8.8.8',
  '::ffff:1.1.1.1',
  '2002:808:808::1',
]
const PRIVATE = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
  ],
  ...[
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '192.0.2.1',
    '::1',
    '::',
    'fd12::1',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
  ],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::c0a8:1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
  ],
  ...['::127.0.0.1', '0:0:0:0:0:ffff:192.168.0.1', '2001::1'],
]
const LINK = [
  ...['169.254.169.254', '169.254.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
  ...['2002:a9fe:a9fe::', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16'],
]

test('every address is of its network, however it is written', () => {
  for (const address of PUBLIC) assert.equal(networkOf(address), 'public', address)
  for (const address of PRIVATE) assert.equal(networkOf(address), 'private', address)
  for (const address of LINK) assert.equal(networkOf(address), 'link', address)
})

test('an IPv4 address is the same when IPv6 bears it', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
      const four = `${a}.${b}.${c}.${d}`
      const hex = [a, b, c, d].map((each) => each.toString(16).padStart(2, '0')).join('')
      const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`
      for (const six of [`::ffff:${four}`, `::ffff:${groups}`, `64:ff9b::${groups}`, `2002:${groups}::`]) {
        assert.equal(isIP(six), 6)
        assert.equal(networkOf(six), networkOf(four), six)
      }
    }),
  )
})

test('this machine is itself, in every spelling of its addresses', () => {
  const own = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? [])
  const fours = own.filter((address) => isIP(address) === 4)
  for (const address of ['127.0.0.1', '127.9.9.9', '0.0.0.0', '::', '::1', '::1%lo', ...own])
    assert.ok(isOwnAddress(address), address)
  for (const four of ['127.0.0.1', '0.0.0.0', ...fours]) {
    const hex = four.split('.').map((each) => Number(each).toString(16).padStart(2, '0'))
    const groups = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
    for (const six of [`::ffff:${four}`, `::ffff:${groups}`, `64:ff9b::${groups}`, `2002:${groups}::`])
      assert.ok(isOwnAddress(six), six)
  }
  for (const address of ['8.8.8.8', '::ffff:808:808', '2606:50c0:8000::153']) assert.ok(!isOwnAddress(address), address)
})

const UPSTREAM: Reach = { private: false, literal: true, fault: 'upstream.private' }
const TUNNEL: Reach = { private: false, literal: false, fault: 'forward.private' }

test('a written address may be private, never the link; with the setting it may be either', () => {
  for (const address of ['127.0.0.1', '10.0.0.1', '8.8.8.8', '::1']) checkLiteral(address, UPSTREAM)
  assert.throws(() => checkLiteral('169.254.169.254', UPSTREAM), fault('upstream.private'))
  checkLiteral('169.254.169.254', { ...UPSTREAM, private: true })
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::ffff:10.0.0.1'])
    assert.throws(() => checkLiteral(address, TUNNEL), fault('forward.private'), address)
  checkLiteral('10.0.0.1', { ...TUNNEL, private: true })
  assert.throws(() => checkLiteral('169.254.169.254', { ...TUNNEL, private: true }), fault('forward.private'))
  assert.throws(() => checkLiteral('8.8.8.8', { ...TUNNEL, own: () => true }), fault('forward.loop'))
})

const answers =
  (...addresses: string[]): Resolver =>
  (_host, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    )

const look = (host: string, reach: Reach, resolve: Resolver) =>
  new Promise<unknown>((given, reject) => {
    lookupWithin(reach, resolve)(host, { all: true }, (error, address) => (error ? reject(error) : given(address)))
  })

test('a name may lead to public addresses only; one private answer among them refuses it whole', async () => {
  assert.deepEqual(await look('a.example', UPSTREAM, answers('8.8.8.8')), [{ address: '8.8.8.8', family: 4 }])
  for (const given of [['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:192.168.0.1'], ['169.254.169.254']])
    await assert.rejects(look('a.example', UPSTREAM, answers(...given)), fault('upstream.private'))
  assert.ok(await look('a.example', { ...UPSTREAM, private: true }, answers('10.0.0.1')))
  await assert.rejects(
    look('a.example', { ...UPSTREAM, private: true }, answers('169.254.169.254')),
    fault('upstream.private'),
  )
  assert.ok(await look('localhost', UPSTREAM, answers('127.0.0.1')))
  await assert.rejects(look('localhost', UPSTREAM, answers('169.254.169.254')), fault('upstream.private'))
  await assert.rejects(look('localhost', TUNNEL, answers('127.0.0.1')), fault('forward.private'))
  await assert.rejects(look('localhost.evil.example', UPSTREAM, answers('127.0.0.1')), fault('upstream.private'))
})

test('what was judged is what is dialled: a name that answers otherwise the second time is asked once', async (t) => {
  const server = createServer((_, response) => response.end('first'))
  const port = await listening(server)
  t.after(() => server.close())
  let asked = 0
  const rebinding: Resolver = (_host, _options, done) => {
    asked += 1
    done(null, [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }])
  }
  const lookup = lookupWithin({ ...UPSTREAM, private: true }, rebinding)
  const socket = connect({ host: 'rebinding.example', port, lookup })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  assert.equal(socket.remoteAddress, '127.0.0.1')
  socket.destroy()
  assert.equal(asked, 1)
})

test('an upstream whose name leads to loopback is refused, unless its connection says so', async (t) => {
  const server = createServer((_, response) => response.end('inside'))
  const port = await listening(server)
  const relay = openRelay()
  t.after(() => {
    server.close()
    return relay.close()
  })
  const get = (host: string, privateAddresses = false) =>
    relay.forward(
      { origin: new URL(`http://${host}:${port}`), privateAddresses },
      { method: 'GET', path: '/', headers: [] },
      { timeouts: TIMEOUTS, signal: NEVER },
    )
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])
    assert.equal((await get(host)).status, 200, host)
  const { hostname } = await import('node:os')
  const own = hostname()
  const { lookup } = await import('node:dns/promises')
  const { address } = await lookup(own).catch(() => ({ address: '' }))
  if (!address.startsWith('127.')) return t.diagnostic(`${own} is not loopback here: the name was not tried`)
  await assert.rejects(get(own), fault('upstream.private'))
  assert.equal((await get(own, true)).status, 200)
})
