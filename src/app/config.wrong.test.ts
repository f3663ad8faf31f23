/** Every way in which a configuration is refused: what is told, and where it is said to be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { readConfig } from './config.ts'

const HERE = import.meta.filename
const env = (name: string) => (name === 'KEY' ? 'the-value-of-the-key' : undefined)
const file = (): string => {
  throw new Error('absent')
}

function fault(text: string): Fault {
  try {
    readConfig(text, 'gatelog.yaml', { env, file })
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error(`nothing is wrong with ${text.slice(0, 80)}`)
}

/** Each line ten times the one before: a thousand million strings. */
function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]`)
  return ['a0: &a0 [x,x]', ...lines].join('\n')
}

/** YAML, and what is told of it. */
const INVALID: readonly (readonly [string, string])[] = [
  ['lisen:\n  gateway: 127.0.0.1:1\n', ':1:1 lisen: there is no such key; did you mean listen?'],
  ['connections:\n  a:\n    kind: openai\n    creds: x\n', ':4:5 connections.a.creds: there is no such key'],
  ['connections:\n  a:\n    kind: opnai\n', ':3:11 connections.a.kind: '],
  ['a: [1', ':1:6 '],
  ['data: a\ndata: b\n', ':2:1 '],
  ['data: a\n---\ndata: b\n', ':2:1 '],
  ['- a\n', ':1:1 '],
  ['rules: [{name: a, when: "1 +", then: deny}]', ':1:25 rules.0.when: rule a: '],
  ['rules:\n- {name: a, when: "true", then: deny}\n- {name: a, when: "true", then: deny}', ':3:10 rules.1.name: '],
  ['listen: {gateway: "127.0.0.1:70000"}', ':1:19 listen.gateway: a port is at most 65535'],
  ['listen: {gateway: localhost}', ':1:19 listen.gateway: an address is host:port'],
  ['listen: {gateway: "127.0.0.1:9", health: "127.0.0.1:9"}', ':1:42 listen.health: '],
  ['listen: {tls: {cert: /none, key: /none}}', ':1:22 listen.tls.cert: the file cannot be read'],
  [`listen: {tls: {cert: ${HERE}, key: ${HERE}}}`, ':1:22 listen.tls.cert: no PEM certificate'],
  [`connections: {a: {kind: openai, upstream_ca: ${HERE}}}`, ':1:46 connections.a.upstream_ca: the file'],
  ['export: {sinks: {a: {kind: kafka}}}', ':1:28 export.sinks.a.kind: a sink is one of file, otlp'],
  [
    'export: {sinks: {a: {kind: file, path: x, pth: y}}}',
    ':1:43 export.sinks.a.pth: there is no such key; did you mean path?',
  ],
  ['export: {sinks: {a: {kind: otlp, url: "http://x.example"}}}', ':1:39 export.sinks.a.url: an https address'],
  [
    'export: {sinks: {a: {kind: webhook, url: "https://x", secret: "${env:KEY}"}}}',
    ':1:63 export.sinks.a.secret: whsec_',
  ],
  ['export: {sinks: {a: {kind: otlp, url: "https://x", ca: /none}}}', ':1:56 export.sinks.a.ca: the file cannot be'],
  [`export: {sinks: {a: {kind: otlp, url: "https://x", ca: ${HERE}}}}`, ':1:56 export.sinks.a.ca: no PEM file'],
  [
    `export: {sinks: {a: {kind: syslog, host: x, key: "-----BEGIN X"}}}`,
    ':1:50 export.sinks.a.key: cert and key belong',
  ],
  ['export: {anchors: {a: {kind: rekor}}}', ':1:30 export.anchors.a.kind: an anchor is one of witness, timestamp'],
  [
    'export: {anchors: {a: {kind: git, repository: "--upload-pack=x"}}}',
    ':1:47 export.anchors.a.repository: an address',
  ],
  ['export: {anchors: {a: {kind: git, repository: x, branch: -f}}}', ':1:58 export.anchors.a.branch: a branch'],
  ['export: {anchors: {a: {kind: witness, url: "https://w", vkey: x}}}', ':1:63 export.anchors.a.vkey: a verifier key'],
  [
    'export: {anchors: {a: {kind: timestamp, url: "https://t", tsa_ca: /none}}}',
    ':1:67 export.anchors.a.tsa_ca: the file',
  ],
  ['connections: {a: {kind: openai, proxy: "socks5://x"}}', ':1:40 connections.a.proxy: an http'],
  ['connections: {a: {kind: openai, url: "https://u:p@x"}}', ':1:38 connections.a.url: an address without user'],
  ['connections: {a: {kind: openai, url: "https://x?a=b"}}', ':1:38 connections.a.url: an address without user'],
  ['connections: {a: {kind: openai, url: "file:///etc"}}', ':1:38 connections.a.url: an http or https address'],
  ['connections: {a: {kind: openai, key_header: "a b"}}', ':1:45 connections.a.key_header: a header name'],
  ['connections: {a: {kind: openai, key: abcdefgh}}', ':1:18 connections.a.credentials: set to brokered'],
  [
    'connections: {a: {kind: openai, credentials: brokered}}',
    ':1:18 connections.a.key: a brokered connection needs one',
  ],
  ['connections: {a: {kind: openai-compatible}}', ':1:18 connections.a.url: an openai-compatible connection needs one'],
  ['connections: {a: {kind: openai, plan: business}}', ':1:39 connections.a.plan: only a copilot'],
  ['connections: {a: {kind: copilot, plan: business, ghe: acme}}', ':1:40 connections.a.plan: a GHE.com'],
  ['connections: {A: {kind: openai}}', ':1:18 connections.A: a name is lower-case'],
  ['masking: {actions: [{then: hide}]}', ':1:28 masking.actions.0.then: '],
  [
    'masking: {actions: [{rules: [github-pta], then: mask}]}',
    ':1:29 masking.actions.0.rules: no masking rule is called',
  ],
  ['masking: {actions: [{connections: [x], then: mask}]}', ':1:35 masking.actions.0.connections: no connection is'],
  ['masking: {actions: [{direction: reply, then: approve}]}', ':1:46 masking.actions.0.then: only a prompt can wait'],
  ['masking: {actions: [{then: approve}]}', ':1:28 masking.actions.0.then: only a prompt can wait'],
  ['masking: {known: [{id: a}]}', ':1:19 masking.known.0: a known value is one of value, file and env'],
  ['masking: {known: [{id: a, value: abcdefgh, file: b}]}', ':1:19 masking.known.0: a known value is one of'],
  ['masking: {known: [{id: a, file: /none}]}', ':1:33 masking.known.0.file: the file cannot be read'],
  ['masking: {known: [{id: a, env: [NONE]}]}', ':1:32 masking.known.0.env: the variable NONE is not set'],
  [
    'copilot: {rewrite_endpoints: true, address: "https://gw.example"}',
    ':1:45 copilot.address: clients come back by this proxy, which speaks plain text',
  ],
  [
    'copilot: {rewrite_endpoints: true, address: "http://corp.example/gatelog"}',
    ':1:45 copilot.address: clients come back by this proxy, which takes no path off',
  ],
  ['timeouts: {idle_ms: 0}', ':1:21 timeouts.idle_ms'],
  ['limits: {actor: {open_streams: -1}}', ':1:32 limits.actor.open_streams'],
  ['insecure_listen: true\nlisten: {gateway: "0.0.0.0:1"}\nconnections: {d: {kind: demo}}', ':3:14 connections: '],
  [bomb(), ': more aliases than a configuration needs'],
  ['['.repeat(100_000), ''],
  [`# ${'x'.repeat(1_100_000)}`, ': longer than 1048576 characters'],
]
for (const [text, told] of INVALID)
  test(`config.invalid: ${told || text.slice(0, 9)}`, () => {
    const found = fault(text)
    assert.equal(found.code, 'config.invalid')
    assert.ok(found.message.includes(`gatelog.yaml${told}`), found.message)
  })

const OTHER: readonly (readonly [Fault['code'], string, string])[] = [
  ['config.missing', 'data: ${env:NONE}\n', 'gatelog.yaml:1:7 ${env:NONE}'],
  ['config.missing', 'data: ${file:/none}\n', 'gatelog.yaml:1:7 ${file:/none}'],
  ['config.listen', 'listen: {gateway: "0.0.0.0:1"}\nconnections: {a: {kind: openai}}', ':1:19 listen.gateway'],
  ['config.listen', 'listen: {health: "0.0.0.0:8481"}', ':1:18 listen.health'],
]
for (const [code, text, told] of OTHER)
  test(`${code}: ${told}`, () => {
    const found = fault(text)
    assert.equal(found.code, code)
    assert.ok(found.message.includes(told), found.message)
  })

test('an address behind another’s TLS, or below a path, is taken where clients come by no proxy', () => {
  for (const address of ['https://gw.example', 'http://corp.example/gatelog'])
    readConfig(`forward: {enabled: false}\ncopilot: {rewrite_endpoints: true, address: "${address}"}`)
})

test('many faults are told at once', () => {
  assert.equal(fault('one: 1\ntwo: 2\ndurable: maybe\n').detail?.split('\n').length, 3)
})

test('what a reference held is in no message, wherever it stood', () => {
  for (const text of [
    'data: ["${env:KEY}"]',
    '"${env:KEY}": 1',
    'durable: ${env:KEY}',
    'listen: {gateway: "${env:KEY}"}',
    'listen: {gateway: "${env:KEY}:1"}',
    'listen: {tls: {cert: "${env:KEY}", key: "${env:KEY}"}}',
    'connections: {a: {kind: "${env:KEY}"}}',
    'connections: {a: {kind: openai, url: "${env:KEY}"}}',
    'connections: {a: {kind: openai, upstream_ca: "${env:KEY}"}}',
    'connections: {"${env:KEY}": {kind: openai}}',
    'rules: [{name: a, when: "${env:KEY}", then: deny}]',
    'rules: [{name: "${env:KEY} ", when: "true", then: deny}]',
  ])
    assert.ok(!fault(text).message.includes('the-value'), fault(text).message)
})
