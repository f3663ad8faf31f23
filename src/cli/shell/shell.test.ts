/** What is wrong with a shell is told, nothing is where there is none, and no key is ever shown. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Fault } from '#exchange'
import { makeKey } from '#identity'
import { makeAuthority } from '#relay'
import type { Standing } from '../connect/changes.ts'
import { shellRows } from './checks.ts'
import type { Env, Facts } from './facts.ts'
import { gather } from './gather.ts'

const PEM = '-----BEGIN CERTIFICATE-----\n'
const KEY = makeKey('user', (bytes) => new Uint8Array(bytes).fill(9))
const GOOD = { HTTPS_PROXY: `http://ana:${KEY}@gateway:8484`, NODE_EXTRA_CA_CERTS: '/ca.pem' }

const factsOf = (env: Env, more: Partial<Facts> = {}): Facts => ({
  ...{ env, hosts: ['githubcopilot.com', 'ghe.com', 'generativelanguage.googleapis.com', 'api.github.com'] },
  ...{
    pem: undefined,
    own: undefined,
    answer: undefined,
    agent: undefined,
    here: true,
    read: () => PEM,
    system: () => [],
  },
  ...more,
})
const rows = (env: Env, more: Partial<Facts> = {}, written: readonly Standing[] = []) =>
  shellRows(factsOf(env, more), written)
const states = (...args: Parameters<typeof rows>) => rows(...args).map(({ check, state }) => `${check} ${state}`)

test('a shell that leads nowhere is told of: as it should be beside a gateway, and as a hole elsewhere', () => {
  assert.deepEqual(states({ NO_PROXY: '*' }), ['shell ok'])
  assert.deepEqual(states({}, { here: false }), ['shell warn'])
})

test('an agent that runs is told of, also one whose gateway is not reached', () => {
  assert.deepEqual(states({}, { here: false, agent: { pem: own, credential: true } }), ['agent ok', 'shell warn'])
  assert.deepEqual(states({}, { agent: elsewhere('x answers 502: the gateway') }), ['agent fail', 'shell ok'])
  assert.deepEqual(states({}, { agent: elsewhere('x does not answer (ECONNREFUSED)') }), ['shell ok'])
})

test('a good proxy is told without its key', () => {
  assert.deepEqual(states(GOOD), ['proxy ok', 'ca file ok'])
  assert.ok(!JSON.stringify(rows(GOOD)).includes(KEY))
})

test('what is wrong is told', () => {
  assert.deepEqual(states({ ...GOOD, https_proxy: 'http://other:1' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ ...GOOD, HTTPS_PROXY: 'https://gateway:8484' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ ...GOOD, HTTPS_PROXY: 'http://a b' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ HTTPS_PROXY: GOOD.HTTPS_PROXY }), ['proxy ok', 'ca file warn'])
  assert.deepEqual(states(GOOD, { read: () => 'nothing' }), ['proxy ok', 'ca file warn'])
  const missing = () => {
    throw new Error('ENOENT')
  }
  assert.deepEqual(states(GOOD, { read: missing }), ['proxy ok', 'ca file warn'])
  assert.deepEqual(states({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }), ['tls fail', 'shell ok'])
  assert.deepEqual(states({ ...GOOD, NODE_TLS_REJECT_UNAUTHORIZED: '1' }), ['proxy ok', 'ca file ok'])
})

test('a variable that clients do not take for https is no proxy', () => {
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) {
    const [only] = rows({ [name]: GOOD.HTTPS_PROXY }, { here: false })
    assert.deepEqual([only?.check, only?.state], ['proxy', 'warn'], name)
    assert.match(only?.told ?? '', new RegExp(`^only ${name} is set`))
  }
})

const elsewhere = (detail: string) => new Fault('client.ca', detail)
const ANSWERS: readonly (readonly [address: string, answer: Facts['answer'], state: string, told: RegExp])[] = [
  [`http://ana:${KEY}@127.0.0.1:1`, { pem: '', credential: false }, 'ok', /where a gateway answers$/],
  [`http://${KEY}@127.0.0.1:1`, { pem: '', credential: false }, 'ok', /where a gateway answers$/],
  ['http://127.0.0.1:1', { pem: '', credential: true }, 'ok', /where an agent answers$/],
  ['127.0.0.1:1', { pem: '', credential: true }, 'ok', /where an agent answers$/],
  ['http://127.0.0.1:1', { pem: '', credential: false }, 'warn', /without a key, and no agent adds one$/],
  ['http://ana:bad@127.0.0.1:1', { pem: '', credential: false }, 'warn', /with what is no Gatelog key$/],
  ['http://ana:%E0%A4%A@127.0.0.1:1', { pem: '', credential: false }, 'warn', /with what is no Gatelog key$/],
  [
    'http://corp.example:3128',
    elsewhere('x answers, but is no Gatelog'),
    'warn',
    /3128, which is no Gatelog: .*past it$/,
  ],
  [
    'http://127.0.0.1:1',
    elsewhere('x does not answer (ECONNREFUSED)'),
    'fail',
    /where nobody answers \(ECONNREFUSED\)$/,
  ],
  ['http://127.0.0.1:1', elsewhere('x answers 502: the gateway'), 'fail', /its gateway is not reached$/],
]
for (const [address, answer, state, told] of ANSWERS)
  test(`a proxy is what answers there: ${address.replace(KEY, 'KEY')} ${state}`, () => {
    const [first] = rows({ HTTPS_PROXY: address, NODE_EXTRA_CA_CERTS: '/ca' }, { answer })
    assert.deepEqual([first?.check, first?.state], ['proxy', state])
    assert.match(first?.told ?? '', told)
    assert.ok(!first?.told.includes(KEY))
  })

test('holes in NO_PROXY are found by suffix, with and without a dot, a star or a port, between commas or blanks', () => {
  const holes = [
    ...['*', 'githubcopilot.com', '.github.com', '*.openai.com', 'localhost, api.anthropic.com:443', '.com'],
    ...['*githubcopilot.com', 'localhost api.openai.com', 'api.individual.githubcopilot.com', 'API.OpenAI.com'],
    ...['api.enterprise.githubcopilot.com', 'telemetry.business.githubcopilot.com', 'api.acme.ghe.com'],
    ...['generativelanguage.googleapis.com', 'googleapis.com', 'api.business.*', 'x.y.ghe.com'],
  ]
  for (const hole of holes)
    assert.deepEqual(states({ ...GOOD, no_proxy: hole }), ['proxy ok', 'no_proxy warn', 'ca file ok'], hole)
  for (const none of [
    'localhost,127.0.0.1',
    'hub.com',
    'example.com',
    '',
    '10.0.0.0/8',
    '*.corp.example',
    '.',
    '(',
    'a.*.b',
  ])
    assert.deepEqual(states({ ...GOOD, NO_PROXY: none }), ['proxy ok', 'ca file ok'], none)
  const toldOf = (entry: string) => rows({ ...GOOD, NO_PROXY: entry }).find(({ check }) => check === 'no_proxy')?.told
  assert.equal(toldOf('x.y.ghe.com'), 'goes past the gateway: x.y.ghe.com')
  assert.match(toldOf('*') ?? '', /: api\.github\.com, [^,]+, [^,]+, [^,]+ and \d+ more$/)
})

test('an address of a client that leads past the gateway is told of, unless its proxy leads there', () => {
  const past = { OPENAI_BASE_URL: 'https://api.openai.com/v1' }
  assert.deepEqual(states({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:8490/c/claude' }), ['address ok'])
  assert.deepEqual(states({ COPILOT_API_URL: `https://g:8484/k/${KEY}/c/copilot/api` }), ['address ok'])
  assert.deepEqual(states(past), ['address warn'])
  assert.deepEqual(states({ ...past, ...GOOD }), ['proxy ok', 'ca file ok'])
  assert.ok(!JSON.stringify(rows({ COPILOT_API_URL: `https://g:8484/k/${KEY}/c/x` })).includes(KEY))
})

let [own, next, other] = ['', '', '']
before(async () => {
  const made = () => makeAuthority({ permitted: ['a.example'], days: 9, now: Date.now() })
  ;[own = '', next = '', other = ''] = (await Promise.all([made(), made(), made()])).map(({ chain }) => chain)
})

test('a proxy that leads to another Gatelog than this one is told of', () => {
  const first = (pem: string) => rows(GOOD, { own, pem, answer: { pem, credential: false } })[0]
  assert.deepEqual([first(other)?.state, first(own)?.state, first(next + own)?.state], ['warn', 'ok', 'ok'])
  assert.match(first(other)?.told ?? '', /another Gatelog than the one whose record is here$/)
})

test('the file that a variable names is held against the CA of this gateway', () => {
  const told = (text: string, pem = own) =>
    rows(GOOD, { pem, read: () => text }).find(({ check }) => check === 'ca file')
  assert.deepEqual(
    [told(other + own)?.state, told(other + own)?.told],
    ['ok', 'NODE_EXTRA_CA_CERTS names the CA of this gateway'],
  )
  assert.match(told(other)?.told ?? '', /other certificates: the CA of this gateway is not among them/)
  assert.match(told(own, own + next)?.told ?? '', /not up to date/)
  const both = states(
    { ...GOOD, SSL_CERT_FILE: '/other' },
    { pem: own, read: (path) => (path === '/other' ? other : own) },
  )
  assert.deepEqual(both, ['proxy ok', 'ca file ok', 'ca file warn'])
  const whole = rows({ ...GOOD, SSL_CERT_FILE: '/x', CURL_CA_BUNDLE: '/y' }, { pem: own, read: () => other })
  const [node, others] = whole.filter(({ check }) => check === 'ca file')
  assert.match(node?.told ?? '', /^NODE_EXTRA_CA_CERTS names other/)
  assert.match(others?.told ?? '', /^SSL_CERT_FILE, CURL_CA_BUNDLE name other certificates/)
  assert.match(others?.remedy ?? '', /nothing else: add the CA to it/)
  const { NODE_EXTRA_CA_CERTS: _none, ...bare } = GOOD
  assert.deepEqual(states(bare, { pem: own, system: () => [other, own] }), ['proxy ok', 'ca file ok'])
  assert.deepEqual(states(bare, { pem: own, system: () => [other] }), ['proxy ok', 'ca file warn'])
})

test('what connect wrote is looked at, the CA by what it holds', () => {
  const ca: Standing = { path: '/h/ca.pem', state: 'as written', for: ['/h/x.env'] }
  const written = (state: Standing['state']): Standing[] => [{ path: '/h/x.env', state }, ca]
  assert.deepEqual(states({}, { pem: own, read: () => own, here: false }, written('as written')), [
    'settings ok',
    'ca file ok',
  ])
  assert.deepEqual(states({}, { pem: own, read: () => other }, written('changed')), ['settings warn', 'ca file warn'])
  assert.deepEqual(states({}, {}, [{ path: '/h/x.env', state: 'gone' }]), ['settings warn'])
  const code: Standing = { path: '/h/.config/Code/User/settings.json', state: 'as written' }
  assert.deepEqual(states({}, { pem: own, system: () => [own] }, [code]), ['settings ok', 'ca file ok'])
  assert.deepEqual(states({}, { pem: own }, [code]), ['settings ok', 'ca file warn'])
})

test('where nobody answers it is told why, and beside a gateway no agent is asked', async () => {
  const house = { here: false, pem: own, hosts: ['mine.example'] }
  const facts = await gather({ HTTPS_PROXY: 'http://127.0.0.1:1' }, house)
  assert.match(String(facts.answer), /does not answer \(ECONNREFUSED\)/)
  assert.ok(facts.hosts.includes('mine.example') && facts.hosts.includes('api.openai.com'))
  assert.equal(facts.pem, own)
  assert.equal((await gather({}, { ...house, here: true })).answer, undefined)
})
