/** Secrets that no literal begins: what is let go of them, what ordinary words wait for, and that cuts change nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, marks, places, sizes } from './cuts.case.ts'
import { sample } from './examples.ts'
import { compile, Lane, type MaskingRule, maskText } from './index.ts'

const rule = (id: string, run: string, secret: string, more: Partial<MaskingRule> = {}): MaskingRule => {
  return { id, description: id, literals: [], run, secret, examples: { match: [], miss: [] }, ...more }
}
const ALNUM = '[A-Za-z0-9]'
const BASE62 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const RULES = [
  rule('cloud', ALNUM, '[a-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}'),
  rule('directory', '[\\w~.-]', '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}'),
  rule('signed', ALNUM, '[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}', { mixed: true, notAfter: ALNUM }),
  rule('address', '[a-z0-9.+-]', '[a-z0-9.+-]{1,40}@[a-z0-9-]{1,40}\\.[a-z]{3,20}', { prior: '[\\s<(]' }),
]
const fast = compile(RULES)
const thorough = compile(RULES, { profile: 'thorough' })

const cloud = `${sample('abcdef0123456789', 14)}.atlasv1.${sample(BASE62, 67, 2)}`
const directory = `ab~8Q~${sample(BASE62, 34, 3)}`
const signed = `${sample(BASE62, 76, 4)}AZDO${sample(BASE62, 4, 5)}`
const SECRETS = { cloud, directory, signed }

/** Units let go, in profile fast: a twentieth of the shortest length. */
const LATE = { cloud: 4, directory: 1, signed: 4 }

test('each is masked, in profile fast but for its first twentieth', () => {
  for (const [id, secret] of Object.entries(SECRETS)) {
    const late = LATE[id as keyof typeof LATE]
    const bare = id === 'signed' ? '#' : ''
    for (const [left, right] of [
      ['', ''],
      ['key = "', '"'],
      ['\\n', '\\n'],
      ['a%3D', '&b'],
      ['(', ')'],
      ['> ', ' x'],
    ] as const) {
      const [found] = maskText(thorough, left + secret + right, 'text', { marks }).findings
      assert.deepEqual([found?.rule, found?.start, found?.length], [id, left.length, secret.length], left)
      const masked = maskText(fast, left + secret + right, 'text', { marks }).text
      assert.ok(masked.startsWith(`${left}${secret.slice(0, late)}[masked:${id}${bare}`), masked)
      assert.ok(masked.endsWith(`]${right}`), masked)
    }
  }
})

test('the value handed out is the whole secret, also where its first characters were let go', () => {
  const seen: string[] = []
  const options = { marks: { seen: (_: unknown, value: string) => void seen.push(value) as undefined } }
  const text = `${signed} ${directory} ${cloud} `
  for (const parts of [[text], cut(text, [1]), cut(text, [7])]) {
    carried(fast, parts, 'text', options)
    assert.deepEqual(seen.splice(0), [signed, directory, cloud])
  }
})

test('a run begins only where none of its class stands before, and its condition may ask for more', () => {
  for (const [text, found] of [
    [`x${signed}`, 0],
    [`_${signed}`, 1],
    [`-${directory}`, 0],
    [`=${directory}`, 1],
    ['mail ana.lee+x@mail.example now', 1],
    ['=ana.lee+x@mail.example', 0],
    ['<ana@mail.example>', 1],
  ] as const)
    for (const engine of [fast, thorough]) assert.equal(places(maskText(engine, text, 'text')).length, found, text)
})

test('ordinary words wait for little: names without digits for eight characters, then for nothing', () => {
  const held = (text: string): number => {
    const lane = new Lane(compile(RULES.slice(0, 3)), 'text')
    lane.push(text)
    return lane.length - lane.settled
  }
  assert.equal(held('a '), 0)
  assert.equal(held('a word'), 0)
  assert.equal(held('a wonder'), 2)
  assert.equal(held(`a ${'getUserAccountInformation'.slice(0, 11)}`), 7)
  assert.equal(held('a getUserAccountInformation'), 0)
  assert.equal(held(`a ${signed.slice(0, 60)}`), 56)
  assert.equal(held(`a ${signed.slice(0, 60)}_`), 0)
})

const piece = fc.oneof(
  fc.constantFrom(...Object.values(SECRETS)),
  fc.tuple(fc.constantFrom(...Object.values(SECRETS)), fc.nat(90), fc.nat(90)).map(([text, a, b]) => text.slice(a, b)),
  fc.constantFrom(
    ' ',
    '-',
    '.',
    '~',
    '_',
    '=',
    '\\n',
    '%3D',
    '@',
    'a',
    '8Q~',
    'AZDO',
    '.atlasv1.',
    'word',
    '😀',
    '"',
    '\\',
  ),
)
const texts = fc.array(piece, { maxLength: 10, size: 'max' }).map((parts) => parts.join(''))

for (const mode of ['text', 'json'] as const)
  test(`cuts change nothing (${mode})`, () => {
    fc.assert(
      fc.property(texts, sizes, fc.boolean(), (plain, parts, quick) => {
        const engine = quick ? fast : thorough
        const text = mode === 'json' ? JSON.stringify([plain, plain.slice(3)]) : plain
        const whole = maskText(engine, text, mode, { marks })
        assert.deepEqual(carried(engine, cut(text, parts), mode, { marks }), whole)
        assert.deepEqual(carried(engine, cut(text, [1]), mode, { marks }), whole)
        if (mode === 'json') assert.equal(JSON.parse(whole.text).length, 2)
      }),
      { numRuns: 1500 },
    )
  })

test('a table of states that has grown too large gives way to a new one, and nothing changes', () => {
  const wide = compile([
    rule('wide', '[ab]', '(?:[ab]{0,12}a[ab]{12}!|[ab]{0,40}b[ab]{9}\\?)x', { mixed: false }),
    rule('other', '[ab!]', '[ab]{0,30}a[ab]{3}!!'),
  ])
  let state = 1
  const next = (): string => {
    state = (state * 48_271) % 2_147_483_647
    return state % 29 === 0 ? ' ' : state % 31 === 0 ? '!x' : state % 2 ? 'a' : 'b'
  }
  const text = Array.from({ length: 60_000 }, next).join('')
  const first = wide.runs.table
  const whole = maskText(wide, text, 'text')
  assert.notEqual(wide.runs.table, first)
  assert.ok(whole.findings.length > 10)
  const halves = [text.slice(0, 30_000), text.slice(30_000)]
  assert.deepEqual(carried(wide, halves, 'text'), whole)
  const lane = new Lane(wide, 'text')
  lane.push(`${'ab'.repeat(6)}`)
  maskText(wide, text, 'text')
  lane.push('a'.repeat(13))
  lane.push('!x')
  assert.equal(lane.findings.length, 1)
})

test('what cannot be tried at every run is refused', () => {
  for (const [bad, why] of [
    [rule('r', ALNUM, '[a-z]{2,5}'), /r: .*6 to 1024/],
    [rule('r', ALNUM, '[a-z]+@[a-z]{9}'), /r: .*6 to 1024/],
    [rule('r', ALNUM, '[a-z]{9}', { before: 'x' }), /r: .*no context/],
    [rule('r', ALNUM, 'ab[a-z]{9}', { literals: ['ab'] }), /r: .*no literals/],
    [{ ...rule('r', ALNUM, '[a-z]{9}'), run: undefined } as unknown as MaskingRule, /r: it has no literals/],
    [rule('r', 'ab', '[a-z]{9}'), /one class/],
  ] as const)
    assert.throws(() => compile([bad]), why)
})

test('a run that must look mixed is given up, also where another one has begun inside it', () => {
  const joined = rule('joined', '[A-Za-z0-9_-]', '[A-Za-z0-9_-]{40}AzFu', { mixed: true })
  const secret = `ab-cd-e7${sample(BASE62, 32, 9)}AzFu`
  for (const profile of ['fast', 'thorough'] as const) {
    const engine = compile([RULES[2]!, joined], { profile })
    const lane = new Lane(engine, 'text')
    lane.push('wordy-words-without-')
    assert.equal(lane.settled, lane.length, profile)
    for (const parts of [[secret], cut(secret, [1]), cut(secret, [5])])
      assert.deepEqual(
        carried(engine, parts, 'text').findings.map(({ rule }) => rule),
        ['joined'],
      )
  }
})
