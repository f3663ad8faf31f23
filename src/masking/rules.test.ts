/** Every rule against its own examples, in the places where secrets stand; and against text that holds none. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { missOf, spread } from './examples.ts'
import { compile, FAMILIES, type MaskingRule, maskText, PERSONAL, RULES } from './index.ts'

const engine = compile(RULES)
/** Lets no beginning go. */
const thorough = compile(RULES, { profile: 'thorough' })

type Example = MaskingRule['examples']['match'][number]

/** Where a token may stand. */
const PLACES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Use ', '.'],
  ['Is it ', ', or not?'],
  ['x = "', '"'],
  ["f('", "')"],
  ['`', '`'],
  ['<key>', '</key>'],
  ['| name | ', ' |'],
  ['https://a.example/?key=', '&b=1'],
  ['token%3D', ''],
  ['{\\"a\\": \\"', '\\"}'],
  ['line\\n', '\\n'],
  ['- ', '\n- next'],
]

function placesOf(before: string, after: string) {
  return before + after === '' ? PLACES : PLACES.slice(0, 1)
}

function assertMasked(rule: MaskingRule, example: Example): void {
  const [before, secret, after] = spread(example)
  const whole = rule.run ? thorough : engine
  for (const [left, right] of placesOf(before, after)) {
    const text = left + before + secret + after + right
    const masked = `${left}${before}[masked:${rule.id}]${after}${right}`
    assert.equal(maskText(whole, text, 'text').text, masked)
    assert.deepEqual(JSON.parse(maskText(whole, JSON.stringify({ a: text }), 'json').text), { a: masked })
  }
}

test('a rule belongs to one family', () => {
  assert.equal(Object.values(FAMILIES).flat().length, RULES.length)
  for (const family of Object.keys(FAMILIES)) assert.match(family, /^[a-z]+$/)
})

test('there are at least three hundred rules, each with its own id and examples', () => {
  assert.ok(RULES.length >= 300)
  assert.equal(new Set(RULES.map((rule) => rule.id)).size, RULES.length)
  for (const { id, description, examples } of RULES) {
    assert.match(id, /^[a-z][a-z0-9-]+$/)
    assert.ok(description.length > 5 && examples.match.length > 0 && examples.miss.length > 0, id)
  }
})

test('no placeholder shows eight characters of what it stands for', () => {
  const shared = (id: string, secret: string): string[] => {
    const shown = `[masked:${id}#`.toLowerCase()
    const parts = Array.from({ length: Math.max(0, secret.length - 7) }, (_, at) => secret.slice(at, at + 8))
    return parts.filter((part) => shown.includes(part.toLowerCase()))
  }
  for (const { id, before, literals, examples } of [...RULES, ...Object.values(PERSONAL)]) {
    const secrets = examples.match.map((example) => spread(example)[1])
    for (const text of before === undefined ? [...literals, ...secrets] : secrets)
      assert.deepEqual(shared(id, text), [], id)
  }
  assert.deepEqual(shared('ruby', 'xx[MASKED:RUBYxx'), ['[MASKED:', 'MASKED:R', 'ASKED:RU', 'SKED:RUB', 'KED:RUBY'])
})

for (const rule of RULES) {
  test(`rule ${rule.id}`, () => {
    for (const example of rule.examples.match) assertMasked(rule, example)
    for (const example of rule.examples.miss) {
      const { findings } = maskText(rule.run ? thorough : engine, missOf(example), 'text')
      assert.deepEqual(
        findings.filter((finding) => finding.rule === rule.id),
        [],
        missOf(example),
      )
    }
  })
}

test('ordinary text holds no secret', () => {
  const clean = [
    'a task-list, a risk-free desk-lamp, sk-learn, npm_config_registry, hf_hub_download, re_compile_all',
    'const token = await getToken({ password: form.password, secret: process.env.SECRET_1 })',
    'if (password === "incorrect") throw new Error("bad password: try again in 5 minutes")',
    'git checkout 3f786850e387550fdab836ed7e6dc881de23001b && git log --format="%H %s"',
    `id: ${randomUUID()}, "user_id": "${randomUUID()}", call_abcdefghijklmnopqrstuvwx, chatcmpl-9x8y7z6w5v4u3t2s1r0q`,
    `data:image/png;base64,${Buffer.from(Array.from({ length: 900 }, (_, i) => (i * i * 31 + 7) % 256)).toString('base64')}`,
    'sha512-z7BLQAcCOyQmGrTcXW9p0aYsMlWkXpkTmPo2TmMrPb8aLd2Z3Q1mQp6hYw==',
    'Lorem ipsum dolor sit amet, consectetur adipiscing elit: sed do eiusmod tempor.',
    'http://localhost:3000/a@b https://example.com:8080/x?y=z@w git@github.com:owner/name.git',
    '---- BEGIN ---- | ----- | ----- | -----BEGIN CERTIFICATE-----',
    'PASSWORD=$(pass show db) TOKEN=$TOKEN_1_DEFAULT API_KEY=<your-api-key-1>',
  ]
  for (const text of clean) assert.deepEqual(maskText(engine, text, 'text').findings, [], text)
})
