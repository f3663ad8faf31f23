/** What is wrong with a shell's proxy variables is told, and nothing is where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyChecks } from './proxy-checks.ts'

const PEM = '-----BEGIN CERTIFICATE-----\n'
const GOOD = { HTTPS_PROXY: 'http://ana:key@gateway:8484', NODE_EXTRA_CA_CERTS: '/ca.pem' }
const states = (env: Record<string, string>, read: (path: string) => string = () => PEM) =>
  proxyChecks(env, read).map(({ check, state }) => `${check} ${state}`)

test('no proxy, no rows; a good one is told without its key', () => {
  assert.deepEqual(proxyChecks({ NO_PROXY: '*' }), [])
  assert.deepEqual(states(GOOD), ['proxy ok', 'ca file ok'])
  assert.ok(!JSON.stringify(proxyChecks(GOOD, () => PEM)).includes('key@'))
})

test('what is wrong is told', () => {
  assert.deepEqual(states({ ...GOOD, https_proxy: 'http://other:1' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ ...GOOD, HTTPS_PROXY: 'https://gateway:8484' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ ...GOOD, HTTPS_PROXY: 'http://a b' }), ['proxy warn', 'ca file ok'])
  assert.deepEqual(states({ HTTPS_PROXY: GOOD.HTTPS_PROXY }), ['proxy ok', 'ca file warn'])
  assert.deepEqual(
    states(GOOD, () => 'nothing'),
    ['proxy ok', 'ca file warn'],
  )
  const missing = () => {
    throw new Error('ENOENT')
  }
  assert.deepEqual(states(GOOD, missing), ['proxy ok', 'ca file warn'])
})

test('holes in NO_PROXY are found by suffix, with and without a dot or a port', () => {
  for (const hole of ['*', 'githubcopilot.com', '.github.com', '*.openai.com', 'localhost, api.anthropic.com:443'])
    assert.deepEqual(states({ ...GOOD, no_proxy: hole }), ['proxy ok', 'no_proxy warn', 'ca file ok'], hole)
  for (const none of ['localhost,127.0.0.1', 'hub.com', 'example.com', ''])
    assert.deepEqual(states({ ...GOOD, NO_PROXY: none }), ['proxy ok', 'ca file ok'], none)
})
