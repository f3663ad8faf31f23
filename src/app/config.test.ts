import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { readConfig } from './config.ts'
import { configSchema } from './config-schema.ts'

const references = {
  env: (name: string) => (name === 'KEY' ? 'the-value-of-the-key' : undefined),
  file: (path: string): string => {
    if (path === '/run/secret') return 'from a file\n'
    throw new Error('absent')
  },
}
const read = (text: string) => readConfig(text, 'gatelog.yaml', references)
const fault = (text: string): Fault => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

test('an empty file gives the demo connection on loopback', () => {
  const config = read('')
  assert.equal(config.demo, true)
  assert.deepEqual(config.listen.gateway, { host: '127.0.0.1', port: 8484 })
  assert.deepEqual([...config.connections(new URL('http://127.0.0.1:1')).keys()], ['demo'])
  assert.equal(config.durable, 'before')
})

const WRONG: [string, string, string, string][] = [
  [
    'an unknown key',
    'lisen:\n  gateway: 127.0.0.1:1\n',
    'config.invalid',
    'gatelog.yaml:1:1 lisen: there is no such key; did you mean listen?',
  ],
  [
    'an unknown key inside',
    'connections:\n  a:\n    kind: openai\n    creds: x\n',
    'config.invalid',
    'gatelog.yaml:4:5 connections.a.creds: there is no such key',
  ],
  ['a bad value', 'connections:\n  a:\n    kind: opnai\n', 'config.invalid', 'gatelog.yaml:3:11 connections.a.kind: '],
  ['not YAML', 'a: [1', 'config.invalid', 'gatelog.yaml:1:6 '],
  ['a key twice', 'data: a\ndata: b\n', 'config.invalid', 'gatelog.yaml:2:1 '],
  ['an absent variable', 'data: ${env:NONE}\n', 'config.missing', 'gatelog.yaml:1:7 ${env:NONE}'],
  ['an absent file', 'data: ${file:/none}\n', 'config.missing', 'gatelog.yaml:1:7 ${file:/none}'],
  [
    'a plain listener beyond loopback',
    'listen: {gateway: "0.0.0.0:8484"}\nconnections: {a: {kind: openai}}',
    'config.listen',
    '0.0.0.0:8484',
  ],
  [
    'brokered without a key',
    'connections: {a: {kind: openai, credentials: brokered}}',
    'config.invalid',
    'gatelog.yaml:1:18 connections.a.key: a brokered connection needs one',
  ],
  ['compatible without url', 'connections: {a: {kind: openai-compatible}}', 'config.invalid', 'connections.a.url'],
  [
    'a bad rule',
    'rules: [{name: a, when: "1 +", then: deny}]',
    'config.invalid',
    'gatelog.yaml:1:25 rules.0.when: rule a: ',
  ],
]
for (const [name, text, code, told] of WRONG)
  test(`a clear fault: ${name}`, () => {
    const found = fault(text)
    assert.equal(found.code, code)
    assert.ok(found.message.includes(told), found.message)
  })

test('many faults are told at once', () => {
  assert.equal(fault('one: 1\ntwo: 2\ndurable: maybe\n').detail?.split('\n').length, 3)
})

test('references are filled in, and their values are in no message', () => {
  const config = read(
    'data: ${file:/run/secret}\nconnections: {a: {kind: openai, credentials: brokered, key: "${env:KEY}"}}',
  )
  assert.equal(config.data, 'from a file')
  const brokered = config.connections(undefined).get('a')?.brokered
  assert.deepEqual(brokered, { name: 'authorization', value: 'Bearer the-value-of-the-key' })
  assert.deepEqual(config.masking.known, [{ id: 'brokered-key', value: 'the-value-of-the-key' }])
  assert.ok(!fault('durable: ${env:KEY}').message.includes('the-value-of-the-key'))
})

test('copilot hosts follow the plan', () => {
  const hosts = read('connections: {c: {kind: copilot, plan: enterprise}}').connections(undefined).get('c')?.hosts
  assert.equal(hosts?.get('proxy')?.upstream.origin.host, 'proxy.enterprise.githubcopilot.com')
})

test('a base path goes before the client’s own', () => {
  const host = read('connections: {l: {kind: openai-compatible, url: "http://127.0.0.1:11434/v1/"}}')
    .connections(undefined)
    .get('l')
    ?.hosts.get('api')
  assert.deepEqual([host?.upstream.origin.href, host?.base], ['http://127.0.0.1:11434/', '/v1'])
})

test('the shipped JSON Schema is the one of the code', () => {
  const shipped = JSON.parse(readFileSync(new URL('../../schema/gatelog.schema.json', import.meta.url), 'utf8'))
  assert.deepEqual(shipped, JSON.parse(JSON.stringify(configSchema())))
})
