import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { decide, type PolicyFacts, readRules } from './index.ts'

const facts = (over: Partial<PolicyFacts> = {}, text = 'please run pg_dump'): PolicyFacts => ({
  actor: { id: 'ci', kind: 'job', name: 'ci', groups: ['build'] },
  connection: { name: 'openai', kind: 'openai' },
  client: { name: 'codex', version: '0.169.0' },
  prompt: { model: 'gpt-5.4', stream: true, messages: [{ role: 'user', text }], tools: ['bash'], files: ['a.py'] },
  said: () => text,
  findings: [{ rule: 'github-pat', direction: 'prompt' }],
  ...over,
})
const rule = (when: string, action = 'deny', more = {}) => ({ name: 'r', when, then: action, reason: 'why', ...more })

const CASES: [string, string, 'allow' | 'deny'][] = [
  ['text', 'prompt.text.contains("pg_dump") && actor.kind == "job"', 'deny'],
  ['groups', '"build" in actor.groups', 'deny'],
  ['other group', '"admins" in actor.groups', 'allow'],
  ['model', 'model.startsWith("gpt-")', 'deny'],
  ['findings', 'findings.exists(f, f.rule == "github-pat")', 'deny'],
  ['tools', '"bash" in prompt.tools', 'deny'],
  ['size', 'prompt.size > 10000', 'allow'],
  ['messages', 'prompt.messages.exists(m, m.role == "user")', 'deny'],
  ['regex', 'prompt.text.matches("(?i)PG_DUMP")', 'deny'],
]
for (const [name, when, kind] of CASES)
  test(`a condition over ${name}`, () => assert.equal(decide(readRules([rule(when)]), facts()).kind, kind))

test('the first allow or deny that holds decides, an alert only tells', () => {
  const rules = readRules([
    rule('true', 'alert', { name: 'tell' }),
    rule('actor.kind == "person"', 'allow', { name: 'people' }),
    rule('true', 'deny', { name: 'all' }),
  ])
  assert.deepEqual(decide(rules, facts()), { kind: 'deny', rule: 'all', reason: 'why' })
  const person = facts({ actor: { id: 'a', kind: 'person', name: 'a', groups: [] } })
  assert.deepEqual(decide(rules, person), { kind: 'alert', rule: 'tell', reason: 'why' })
})

test('a condition that fails denies, unless told otherwise', () => {
  const when = 'actor.groups[9] == "a"'
  const verdict = decide(readRules([rule(when)]), facts())
  assert.ok(verdict.kind === 'deny' && verdict.failed)
  assert.equal(decide(readRules([rule(when, 'deny', { on_error: 'allow' })]), facts()).kind, 'allow')
  assert.equal(decide(readRules([rule('prompt.text', 'alert')]), facts()).kind, 'deny')
})

test('a prompt is not read where what costs less decides', () => {
  let read = 0
  const said = () => `pg_dump ${read++}`
  const asked = (when: string) => decide(readRules([rule(when)]), facts({ said })).kind
  assert.equal(asked('prompt.text.contains("pg_dump") && actor.kind == "person"'), 'allow')
  assert.equal(asked('(prompt.size > 3 || actor.kind == "job") && model == "gpt-5.4"'), 'deny')
  assert.equal(read, 0)
  assert.equal(asked('prompt.text.contains("pg_dump") && actor.kind == "job"'), 'deny')
  assert.equal(read, 1)
})

test('sides that change places decide the same, also where one fails', () => {
  const sides = ['prompt.size > 3', 'prompt.size < 3', 'prompt.text', 'actor.id == "ci"', 'actor.id == "x"', 'actor.id']
  for (const operator of ['&&', '||'])
    for (const [one, other] of sides.flatMap((left) => sides.map((right) => [left, right] as const)))
      assert.equal(
        decide(readRules([rule(`${one} ${operator} ${other}`)]), facts()).kind,
        decide(readRules([rule(`${other} ${operator} ${one}`)]), facts()).kind,
        `${one} ${operator} ${other}`,
      )
})

const WRONG: [string, unknown, RegExp][] = [
  ['syntax', [rule('actor.kind ==')], /rules\.0\.when: rule r: <input>:1:12/],
  ['a taken name', [rule('true'), rule('false')], /rules\.1\.name: the name r is taken/],
  ['an allow on a declared fact', [rule('prompt.repository == "a/b"', 'allow')], /only declares/],
  ['an allow on the client', [rule('client.name == "codex"', 'allow')], /only declares/],
  ['a field that is not there', [rule('actor.nothing == 1')], /actor has no field nothing; it has id, kind/],
  ['a variable that is not there', [rule('actr.id == "a"')], /there is no variable actr/],
  ['an unknown key', [{ ...rule('true'), also: 1 }], /rules\.0/],
  ['a long reason', [rule('true', 'deny', { reason: 'x'.repeat(201) })], /rules\.0\.reason/],
]
for (const [name, raw, message] of WRONG)
  test(`refused at load: ${name}`, () =>
    assert.throws(
      () => readRules(raw),
      (error: unknown) => error instanceof Fault && message.test(error.message),
    ))

test('a hostile pattern on hostile text takes linear time', () => {
  const rules = readRules([rule('prompt.text.matches("(a+)+$")')])
  const began = performance.now()
  decide(rules, facts({}, `${'a'.repeat(5000)}!`))
  assert.ok(performance.now() - began < 5000)
})

test('without a prompt only rules that read none are asked', () => {
  const rules = readRules([
    rule('model != "gpt-5.4"', 'deny', { name: 'models' }),
    rule('prompt.text == ""', 'deny', { name: 'empty' }),
    rule('actor.kind == "job"', 'deny', { name: 'jobs' }),
  ])
  assert.deepEqual(decide(rules, facts({ prompt: undefined })), { kind: 'deny', rule: 'jobs', reason: 'why' })
})

test('what a tool was called with is part of its message', () => {
  const toolCalls = [{ name: 'bash', arguments: { command: 'pg_dump' } }]
  const prompt = {
    model: '',
    stream: false,
    messages: [{ role: 'assistant' as const, text: '', toolCalls }],
    tools: [],
  }
  const rules = readRules([rule('prompt.messages.exists(m, m.text.contains("pg_dump"))')])
  assert.equal(decide(rules, facts({ prompt }, '')).kind, 'deny')
})
