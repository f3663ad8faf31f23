/** Masking rules in gatelog.yaml: own ones, imported files, rules that are switched off; what is wrong and where. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '#exchange'
import { maskText, RULES, tryExamples } from '#masking'
import { readConfig } from './config.ts'
import { engineOf } from './engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatelog-rules-'))
after(() => rmSync(folder, { recursive: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const masked = (yaml: string, text: string): string => maskText(engineOf(readConfig(yaml)), text, 'text').text
const fault = (yaml: string): string => {
  try {
    readConfig(yaml)
  } catch (error) {
    if (error instanceof Fault && error.code === 'config.invalid') return error.detail ?? ''
    throw error
  }
  throw new Error('nothing is wrong')
}
const own = (...lines: string[]): string =>
  `masking:\n  rules:\n  - id: acme\n${lines.map((line) => `    ${line}\n`).join('')}`

test('a rule of your own masks beside the built-in ones', () => {
  const yaml = own("regex: '\\bacme_([a-z]{6})\\b'", 'entropy: 1', 'stopwords: [dummy]')
  assert.equal(masked(yaml, 'acme_abcdef acme_aaaaaa acme_xdummy'), 'acme_[masked:acme] acme_aaaaaa acme_xdummy')
})

test('personal data is masked only where it is asked for', () => {
  const text = 'write to ana.vogt@hafenwerk.de or call +49 30 901820'
  assert.equal(masked('masking: {}', text), text)
  const both = masked('masking: {personal: [email, phone, email]}', text)
  assert.match(both, /^write to \[masked:email\S*\] or call \[masked:phone\S*\]$/)
  assert.equal(masked('masking: {personal: [email], disable: [email]}', text), text)
  assert.match(fault('masking: {personal: [name]}'), /personal/)
})

test('the profile says which rules are in force, and what may wait', () => {
  const whole = RULES.find(({ only }) => only === 'thorough') ?? assert.fail('there is none')
  const found = (yaml: string) => tryExamples(engineOf(readConfig(yaml)), [whole])
  assert.deepEqual(found('masking: {profile: thorough}'), [])
  assert.notDeepEqual(found('masking: {}'), [])
  assert.equal(readConfig('masking: {}').masking.profile, 'fast')
  assert.match(fault('masking: {profile: slow}'), /:1:20 masking\.profile: /)
  const named = `masking: {actions: [{ rules: [${whole.id}], then: alert }]}`
  assert.equal(readConfig(named).masking.actions.length, 1)
})

test('a file of gitleaks is imported, its notes have line numbers, and its change is a change of the configuration', () => {
  const path = file('rules.toml', '[[rules]]\nid = "team-token"\nregex = "team-([0-9]{6})"\npath = "x"\n')
  const config = readConfig(`masking: {import: ["${path}"]}`)
  assert.equal(maskText(engineOf(config), 'team-123456', 'text').text, 'team-[masked:team-token]')
  assert.deepEqual(config.masking.notes, [
    `${path}:4 rule team-token: its path is not known here, so it holds everywhere`,
  ])
  assert.deepEqual(config.files, [path])
})

test('extend.path is read beside the file, and disabledRules of the defaults are those of ours', () => {
  file('base.toml', '[[rules]]\nid = "base-token"\nregex = "base-([0-9]{6})"\n')
  const path = file('over.toml', '[extend]\npath = "base.toml"\n')
  assert.equal(masked(`masking: {import: ["${path}"]}`, 'base-123456'), 'base-[masked:base-token]')
  const defaults = file('defaults.toml', `[extend]\nuseDefault = true\ndisabledRules = ["${RULES[0]!.id}"]\n`)
  const { rules } = readConfig(`masking: {import: ["${defaults}"]}`).masking
  assert.deepEqual(rules, RULES.slice(1))
})

test('rules are switched off by id, also imported ones', () => {
  const path = file('off.toml', '[[rules]]\nid = "off-token"\nregex = "off-([0-9]{6})"\n')
  const yaml = `masking:\n  import: ["${path}"]\n  disable: [off-token, ${RULES[1]!.id}]\n`
  assert.equal(masked(yaml, 'off-123456'), 'off-123456')
  assert.ok(!readConfig(yaml).masking.rules.some(({ id }) => id === RULES[1]!.id))
})

test('a rule of your own says what becomes of its findings, after the lines of masking.actions', () => {
  const yaml = `${own("regex: 'abc'", 'action: approve')}  actions: [{ rules: [acme], direction: reply, then: alert }]\n`
  assert.deepEqual(readConfig(yaml).masking.actions, [
    { rules: ['acme'], direction: 'reply', then: 'alert' },
    { rules: ['acme'], direction: 'prompt', then: 'approve' },
  ])
})

/** What is written, and what is told. */
const WRONG: readonly (readonly [string, string | RegExp])[] = [
  [own("regex: '(a'"), 'gatelog.yaml:4:12 masking.rules.0.regex: pattern, offset 2: missing )'],
  [own("regex: 'x(a)'", 'secretGroup: 2'), /:4:12 masking\.rules\.0\.regex: there is no group 2: the pattern has 1$/],
  [own("regex: 'abc'", 'colour: red'), /:5:5 masking\.rules\.0\.colour: there is no such key$/],
  [
    own("regex: 'abc'", 'entropie: 3'),
    /:5:5 masking\.rules\.0\.entropie: there is no such key; did you mean entropy\?$/,
  ],
  [
    own("regex: 'abc'", '- id: acme', '  regex: abd').replace('    - id', '  - id').replace('      regex', '    regex'),
    /:5:9 masking\.rules\.1\.id: there is a rule acme already$/,
  ],
  [
    own("regex: 'abc'").replace('acme', RULES[0]!.id),
    /:3:9 masking\.rules\.0\.id: a rule of Gatelog's own is called .*: take another id, or disable that one$/,
  ],
  [own("regex: 'abc'").replace('acme', 'Acme'), /:3:9 masking\.rules\.0\.id: an id is lower-case/],
  [
    own("regex: 'abc'", "allowlist: {regexes: ['(']}"),
    /:5:16 masking\.rules\.0\.allowlist: pattern, offset 1: missing \)$/,
  ],
  ['masking: {disable: [githb-pat]}', /:1:21 masking\.disable\.0: there is no rule githb-pat$/],
  ['masking: {import: [/none.toml]}', /:1:20 masking\.import\.0: \/none\.toml: the file cannot be read$/],
]

for (const [yaml, message] of WRONG) {
  test(`refused: ${message}`, () => {
    if (typeof message === 'string') assert.equal(fault(yaml), message)
    else assert.match(fault(yaml), message)
  })
}

test('what is wrong in an imported file is told with its own line', () => {
  const path = file('wrong.toml', '# rules\n[[rules]]\nid = "a"\nregex = "(a"\n\n[[rules]]\nid = "b"\nregexp = "b"\n')
  assert.equal(fault(`masking: {import: ["${path}"]}`), `${path}:8 there is no key regexp`)
  const pattern = file('pattern.toml', '[[rules]]\nid = "a"\nregex = "(a"\n')
  assert.equal(fault(`masking: {import: ["${pattern}"]}`), `${pattern}:3 rule a: pattern, offset 2: missing )`)
})
