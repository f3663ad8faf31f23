/** The version of the rules: it changes with whatever decides and with nothing else, and tells no secret of the configuration. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readConfig } from './config.ts'
import { brokeredKnown, engineOf } from './engine.ts'
import { keyringOf } from './keyring.ts'
import { policyOf } from './policy.ts'

const keyring = keyringOf(Buffer.alloc(32, 7))
const KNOWN = ['hunter', 'two', 'and', 'more'].join('-')
const TOKEN = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`

function policy(text: string, env: Record<string, string> = {}, name = 'gatelog.yaml') {
  const references = { env: (variable: string) => env[variable], file: () => assert.fail() }
  const config = readConfig(text, name, references)
  const sent = Object.values(config.credentials).flatMap((source) =>
    'parts' in source ? source.parts.map((part) => ('env' in part ? (env[part.env] ?? '') : '')).join('') : [],
  )
  const brokered = brokeredKnown(sent)
  return policyOf(config, engineOf(config, brokered), keyring, brokered)
}

const RULES =
  'rules: [{ name: no-drops, when: \'prompt.text.contains("DROP TABLE")\', then: deny, reason: ask the DBA }]'

test('the text is canonical JSON, the id its digest, and both are the same for the same rules', () => {
  const { id, text } = policy(RULES)
  assert.equal(id, createHash('sha256').update(text).digest('hex'))
  const told = JSON.parse(text)
  assert.deepEqual([told.format, told.rules[0].when], ['gatelog-policy/1', 'prompt.text.contains("DROP TABLE")'])
  assert.deepEqual([told.masking.profile, told.keep, told.retain], ['fast', 'full', 'forever'])
  assert.ok(told.builtin.count > 700)
  const again = policy(`# a word\nkeep: full\n${RULES}\nlisten: { gateway: '127.0.0.1:9000' }\ndata: elsewhere\n`)
  assert.equal(again.id, id)
})

const CHANGES: readonly (readonly [string, string])[] = [
  ['a rule’s condition', RULES.replace('TABLE', 'INDEX')],
  ['its action', RULES.replace('deny', 'alert')],
  ['no rule', ''],
  ['what is kept', `${RULES}\nkeep: metadata`],
  ['for how long', `${RULES}\nretain: 1y`],
  ['of a group', `${RULES}\ngroups: { a: { keep: redacted } }`],
  ['the profile', `${RULES}\nmasking: { profile: thorough }`],
  ['a rule switched off', `${RULES}\nmasking: { disable: [github-pat] }`],
  ['personal data', `${RULES}\nmasking: { personal: [email] }`],
  ['an action', `${RULES}\nmasking: { actions: [{ then: block }] }`],
  ['a rule of one’s own', `${RULES}\nmasking: { rules: [{ id: acme-id, regex: 'acme-[0-9]{8}' }] }`],
  ['a known value', `${RULES}\nmasking: { known: [{ id: k, value: ${KNOWN} }] }`],
  ['what comes back', `${RULES}\nconnections: { demo: { kind: demo, mask: restore } }`],
]
test('whatever decides changes the version', () => {
  const ids = [policy(RULES), ...CHANGES.map(([, text]) => policy(text))].map(({ id }) => id)
  assert.equal(new Set(ids).size, CHANGES.length + 1)
})

test('known values, what references held, brokered keys and secrets in rules are not in it, and their change is seen', () => {
  const config = (value: string) => `
masking: { known: [{ id: k, value: ${value} }, { id: v, env: [VALUE] }] }
connections: { a: { kind: openai, credentials: brokered, key: '\${env:KEY}' } }
rules:
  - { name: one, when: 'prompt.text.contains("\${env:WORD}")', then: deny }
  - { name: two, when: 'prompt.text.contains("${TOKEN}")', then: deny, reason: 'it holds ${KNOWN}' }
`
  const env = { KEY: 'the-brokered-key', VALUE: 'value-of-a-variable', WORD: 'codename-lynx' }
  const first = policy(config(KNOWN), env)
  for (const secret of [KNOWN, TOKEN, ...Object.values(env)]) assert.ok(!first.text.includes(secret), secret)
  const { rules, hidden, known } = JSON.parse(first.text)
  assert.equal(rules[0].when, 'prompt.text.contains("${env:WORD}")')
  assert.deepEqual(
    hidden.map(({ at }: { at: string }) => at),
    ['/rules/0/when', '/rules/1/when', '/rules/1/reason'],
  )
  assert.deepEqual(
    known.map(({ id, count }: { id: string; count: number }) => [id, count]),
    [
      ['brokered-key', 1],
      ['k', 1],
      ['v', 1],
    ],
  )
  const others = [
    policy(config(`${KNOWN}-still`), env),
    ...Object.keys(env).map((name) => policy(config(KNOWN), { ...env, [name]: 'something-else' })),
  ]
  assert.equal(new Set([first, ...others].map(({ id }) => id)).size, 5)
})

test('a file of rules that is imported is in it', (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-policy-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rules.toml')
  const of = (regex: string) => {
    writeFileSync(file, `[[rules]]\nid = "acme"\nregex = '''${regex}'''\nkeywords = ["acme"]\n`)
    return policy(`masking: { import: ['${file}'] }`)
  }
  const [one, other] = [of('acme-[0-9]{8}'), of('acme-[0-9]{9}')]
  const [told] = JSON.parse(one.text).imported
  assert.deepEqual([told.name, told.text.includes('acme-[0-9]{8}')], ['rules.toml', true])
  assert.notEqual(one.id, other.id)
})
