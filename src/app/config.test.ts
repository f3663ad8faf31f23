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

test('references are filled in, and their values are in no message', () => {
  const config = read(
    'data: ${file:/run/secret}\nconnections: {a: {kind: openai, credentials: brokered, key: "${env:KEY}"}}',
  )
  assert.equal(config.data, 'from a file')
  const brokered = config.connections(undefined).get('a')?.brokered
  assert.deepEqual(brokered, { name: 'authorization', scheme: 'Bearer ' })
  assert.deepEqual(config.credentials, { a: { parts: [{ env: 'KEY' }] } })
  assert.ok(!JSON.stringify(config).includes('the-value-of-the-key'))
  assert.ok(!fault('durable: ${env:KEY}').message.includes('the-value-of-the-key'))
})

test('a credential stays a reference: in pieces, with files beside the configuration, or as a command', () => {
  const of = (key: string) =>
    readConfig(`connections: {a: {kind: openai, credentials: brokered, key: ${key}}}`, '/etc/gatelog/gatelog.yaml', {
      env: (name) => (name === 'KEY' ? 'x' : undefined),
      file: () => assert.fail('nobody needs what it holds'),
      readable: (path) => path === 'a.key',
    }).credentials['a']
  const parts = [{ text: 'Token ' }, { file: '/etc/gatelog/a.key' }, { text: ':' }, { env: 'KEY' }]
  assert.deepEqual(of('"Token ${file:a.key}:${env:KEY}"'), { parts })
  assert.deepEqual(of('{command: [vault, read]}'), { command: ['vault', 'read'] })
  for (const gone of ['"${env:GONE}"', '"${file:gone.key}"'])
    assert.throws(() => of(gone), { code: 'config.missing', message: /gatelog\.yaml:1:\d+ \$\{(env|file):/ })
  assert.throws(() => of('{command: []}'), { code: 'config.invalid' })
  assert.throws(() => of('{run: [a]}'), { code: 'config.invalid' })
})

test('the key of a CA stays a reference, or a file; what a reference holds is nobody’s here', () => {
  const of = (key: string) => {
    const { forward } = readConfig(`forward: {ca: {cert: "-----BEGIN X", key: ${key}}}`, '/etc/gatelog/gatelog.yaml', {
      env: (name) => (name === 'CA_KEY' ? 'x' : undefined),
      file: () => assert.fail('nobody needs what it holds'),
      readable: () => true,
    })
    return forward.ca.configured?.key
  }
  assert.deepEqual(of('"${env:CA_KEY}"'), { parts: [{ env: 'CA_KEY' }] })
  assert.deepEqual(of('"${file:ca.key}"'), { parts: [{ file: '/etc/gatelog/ca.key' }] })
  assert.throws(() => of('"${env:GONE}"'), { code: 'config.missing' })
})

test('copilot hosts follow the plan', () => {
  const hosts = read('connections: {c: {kind: copilot, plan: enterprise}}').connections(undefined).get('c')?.hosts
  assert.equal(hosts?.get('proxy')?.upstream.origin.host, 'proxy.enterprise.githubcopilot.com')
})

test('a connection’s own timeout leaves the others as they are for all', () => {
  const config = read(
    'timeouts: {total_ms: 1234, connect_ms: 77}\nconnections: {a: {kind: openai, timeouts: {idle_ms: 5}}}',
  )
  assert.deepEqual(config.connections(undefined).get('a')?.timeouts, {
    connect_ms: 77,
    first_byte_ms: 600_000,
    idle_ms: 5,
    total_ms: 1234,
  })
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

test('known values come from lines of a file and from variables, by name or pattern', () => {
  const given: Readonly<Record<string, string>> = { A_TOKEN: 'token-of-a', B_TOKEN: 'short', DB: 'database-word' }
  const from = (text: string, file = 'first value\r\n\nsecond value\n') =>
    readConfig(`masking: {known: [${text}]}`, 'gatelog.yaml', {
      env: (name) => given[name],
      file: () => file,
      names: () => Object.keys(given),
    })
  const values = (text: string) => from(text).masking.known.map(({ id, value }) => `${id} ${value}`)
  assert.deepEqual(values('{id: f, file: /k}'), ['f first value', 'f second value'])
  assert.deepEqual(from('{id: f, file: /k}').files, ['/k'])
  assert.deepEqual(values('{id: e, env: ["*_TOKEN", DB]}'), ['e token-of-a', 'e database-word'])
  const wrong = (text: string, file?: string) => assert.throws(() => from(text, file), /known value has at least 8/)
  wrong('{id: e, env: [B_TOKEN]}')
  wrong('{id: f, file: /k}', 'long enough\nshort\n')
})

test('what is kept is read of all, groups, connections and rules, and what means nothing is told', () => {
  const { recording, rules, connections } = read(`
keep: redacted
retain: 1y
groups: {contractors: {keep: metadata}, "acme/legal": {retain: sec-17a-4}}
connections: {o: {kind: openai, keep: full, retain: 30d}}
rules: [{name: hr, when: 'prompt.text.contains("salary")', then: record, keep: metadata}]`)
  assert.deepEqual(recording.all, { keep: 'redacted', retain: '1y' })
  assert.deepEqual(
    [...recording.groups],
    [
      ['contractors', { keep: 'metadata' }],
      ['acme/legal', { retain: 'sec-17a-4' }],
    ],
  )
  assert.deepEqual(connections(undefined).get('o')?.recording, { keep: 'full', retain: '30d' })
  assert.deepEqual([rules[0]?.action, rules[0]?.keep], ['record', 'metadata'])
  const wrong = (text: string, told: RegExp) => assert.throws(() => read(text), told)
  wrong('retain: 7 years', /retain.*forever, a period \(400d/s)
  wrong('retain: pci', /pci-dss/)
  wrong('retain: 5', /retain.*forever, a period \(400d/s)
  wrong('retention: {reads: 90}', /reads.*forever, a period \(400d/s)
  wrong('keep: nothing', /keep/)
  wrong('rules: [{name: a, when: "true", then: record}]', /says keep or retain/)
  wrong('rules: [{name: a, when: \'client.name == "x"\', then: alert, retain: 1d}]', /what is kept may not rest on/)
})
