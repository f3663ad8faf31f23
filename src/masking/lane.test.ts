/** The lane: the same output under every cut, valid JSON stays valid, nothing hangs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carried, cut, documents, OPTIONS, places, sizes, texts } from './cuts.case.ts'
import { compile, type Engine, Lane, maskText, RULES } from './index.ts'

const KNOWN = [
  { id: 'known-key', value: `Zebra/${'ü'}42-ghp_q"x` },
  { id: 'known-number', value: '4815162342' },
]
const QUOTED = { id: 'known-quoted', value: 'ab12"cd34' }
const engine = compile(RULES, { known: [...KNOWN, QUOTED] })
const pat = `ghp_${'A1b2C3'.repeat(6)}`
/** Of a format without a longest length. */
const key = `gtl_user_${'A1b2C3d4'.repeat(2)}`

for (const mode of ['text', 'json'] as const) {
  test(`random cuts change nothing (${mode})`, () => {
    fc.assert(
      fc.property(mode === 'text' ? texts : fc.oneof(texts, documents), sizes, (text, parts) => {
        assert.deepEqual(carried(engine, cut(text, parts), mode, OPTIONS), maskText(engine, text, mode, OPTIONS))
      }),
      { numRuns: 1500 },
    )
  })

  test(`character by character changes nothing (${mode})`, () => {
    fc.assert(
      fc.property(mode === 'text' ? texts : documents, (text) => {
        assert.deepEqual(carried(engine, cut(text, [1]), mode, OPTIONS), maskText(engine, text, mode, OPTIONS))
      }),
      { numRuns: 400 },
    )
  })

  test(`every single cut changes nothing (${mode})`, () => {
    fc.assert(
      fc.property(mode === 'text' ? texts : documents, (text) => {
        const whole = maskText(engine, text, mode)
        for (let at = 1; at < text.length; at++)
          assert.deepEqual(carried(engine, [text.slice(0, at), text.slice(at)], mode), whole)
      }),
      { numRuns: 25 },
    )
  })
}

test('valid JSON stays valid, and only its strings change', () => {
  fc.assert(
    fc.property(documents, (text) => {
      const masked = JSON.parse(maskText(engine, text, 'json').text)
      assert.equal(typeof masked, 'object')
    }),
    { numRuns: 1500 },
  )
})

test('what is found in the meaning of a JSON string is cut out of its raw text', () => {
  const escaped = [...pat].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  assert.equal(maskText(engine, `{"a":"x ${escaped}. y"}`, 'json').text, '{"a":"x [masked:github-pat]. y"}')
  assert.equal(maskText(engine, `{"a":"\\n${pat}\\n"}`, 'json').text, '{"a":"\\n[masked:github-pat]\\n"}')
})

test('a name and its value may stand in different JSON strings, a secret may not', () => {
  const value = ['q7Xz', 'Lm2R', 'v9Tk', 'W4bN'].join('')
  assert.equal(maskText(engine, `{"password": "${value}"}`, 'json').text, '{"password": "[masked:password]"}')
  const split = `{"a":"${pat.slice(0, 20)}","b":"${pat.slice(20)}"}`
  assert.equal(maskText(engine, split, 'json').text, split)
})

test('a known value never swallows the quote that ends a string', () => {
  const [head, tail] = KNOWN[0]!.value.split('"')
  assert.equal(maskText(engine, `"${head}"${tail}`, 'json').text, `"${head}"${tail}`)
  assert.equal(maskText(engine, `"${head}\\"${tail}"`, 'json').text, '"[masked:known-key]"')
})

test('nor does its literal reach over such a quote', () => {
  assert.equal(maskText(engine, `["ab12"cd34`, 'json').text, `["ab12"cd34`)
  assert.equal(maskText(engine, `["ab12\\"cd34"]`, 'json').text, '["[masked:known-quoted]"]')
})

test('a known number outside strings gives way to a number', () => {
  assert.equal(maskText(engine, '{"pin":4815162342}', 'json').text, '{"pin":1}')
  assert.equal(maskText(engine, '{"pin":"4815162342"}', 'json').text, '{"pin":"[masked:known-number]"}')
})

test('known values are masked anywhere, short ones never', () => {
  const value = KNOWN[0]!.value
  assert.equal(maskText(engine, `x${value}y`, 'text').text, 'x[masked:known-key]y')
  assert.equal(maskText(compile([], { known: [{ id: 'short', value: 'none' }] }), 'none', 'text').text, 'none')
})

/** Rules that a literal begins; those that any word may begin are told in `runs.test.ts`. */
const begun = compile(RULES.filter(({ run }) => run === undefined))
const heldBy = (by: Engine, text: string): number => {
  const lane = new Lane(by, 'text')
  lane.push(text)
  return lane.length - lane.settled
}

test('only what may begin a secret is held, and only after a word boundary', () => {
  const held = (text: string): number => heldBy(begun, text)
  assert.equal(held('dog'), 0)
  assert.equal(held('a g'), 1)
  assert.equal(held('a ghp_'), 4)
  assert.equal(held(`a ${pat.slice(0, 30)}`), 30)
  assert.equal(held('task-lisk'), 0)
  assert.equal(held('a risk-'), 0, 'no dash begins a secret')
  assert.equal(held('const password = '), 0)
  assert.equal(held('postgres://user:'), 0)
  assert.equal(held('postgres://user:pw'), 2)
})

test('a word may begin a secret that no literal begins: little of it is held, and not for long', () => {
  const held = (text: string): number => heldBy(engine, text)
  assert.equal(held('a um'), 0)
  assert.equal(held('a umb'), 1)
  assert.equal(held('a umb '), 0)
  assert.equal(held('const options = '), 0)
  for (let length = 1; length <= 40; length++) assert.ok(held(`a ${'abcdefghij'.repeat(4).slice(0, length)}`) <= 10)
})

test('a certain secret leaves at once as its placeholder, and its tail is swallowed', () => {
  const lane = new Lane(begun, 'text')
  lane.push(key)
  assert.equal(lane.settled, key.length)
  assert.equal(lane.render(0, key), '[masked:gatelog-key]')
  lane.push('AAAA')
  assert.equal(lane.render(key.length, 'AAAA'), '')
  lane.push('. And so')
  assert.equal(lane.render(key.length + 4, '. And so'), undefined)
})

test('a secret of bounded length waits for its end, so that the whole of it is known', () => {
  const lane = new Lane(engine, 'text')
  lane.push(pat)
  assert.equal(lane.settled, 0)
  lane.push(' ')
  assert.equal(lane.settled, pat.length + 1)
  assert.equal(lane.render(0, pat), '[masked:github-pat]')
})

test('a key block is certain at its first line and swallowed to its last', () => {
  const head = `-----BEGIN ${'RSA PRIVATE'} KEY-----`
  const lane = new Lane(engine, 'text')
  lane.push(head)
  assert.equal(lane.settled, head.length)
  const body = `\n${`${'Ab+/'.repeat(16)}\n`.repeat(300)}-----END ${'RSA PRIVATE'} KEY-----`
  lane.push(`${body} and on`)
  lane.end()
  assert.equal(lane.render(0, `${head}${body} and on`), '-----[masked:private-key] and on')
  const code = `if (pem.startsWith('${head}')) return parse(pem, 'utf8') // the rest stays`
  assert.equal(maskText(engine, code, 'text').text, code.replace(head, '-----[masked:private-key]'))
})

test('overlapping secrets become one, under the name of the leftmost', () => {
  const text = `postgres://app:x${'_'}${pat}@host`
  assert.deepEqual(places(maskText(engine, text, 'text')), [
    { rule: 'postgres-password', start: 15, end: text.length - 5 },
  ])
})

test('overflow masks what is held, and what follows it to the end of the candidate', () => {
  const lane = new Lane(engine, 'text')
  const start = `eyJ${'a1'.repeat(100)}`
  lane.push(`x ${start}`)
  assert.equal(lane.settled, 2)
  lane.overflow()
  assert.equal(lane.settled, lane.length)
  assert.equal(lane.render(2, start), '[masked:overlong]')
  lane.push('abc! and on')
  lane.end()
  assert.equal(lane.render(2 + start.length, 'abc! and on'), '! and on')
  assert.deepEqual(places(lane), [{ rule: 'overlong', start: 2, end: start.length + 5 }])
})

test('overflow in the middle of an escape masks up to it and keeps the JSON valid', () => {
  const lane = new Lane(engine, 'json')
  const raw = `{"a":"eyJ${'a1'.repeat(50)}\\u00`
  lane.push(raw)
  lane.overflow()
  assert.equal(lane.length - lane.settled, 4)
  lane.push('41bc d"}')
  lane.end()
  const all = `${raw}41bc d"}`
  assert.equal(lane.render(0, all), '{"a":"[masked:overlong] d"}')
})

test('a surrogate pair is masked whole or not at all', () => {
  const pairs = compile([
    {
      id: 'any',
      description: '',
      literals: ['k='],
      before: 'k=',
      secret: '[^ ]{4}',
      examples: { match: [], miss: [] },
    },
  ])
  for (const mode of ['text', 'json'] as const) {
    const text = 'k=abc😀d k=😀abcd'
    assert.equal(maskText(pairs, text, mode).text, 'k=[masked:any]d k=[masked:any]d')
    assert.deepEqual(carried(pairs, cut(text, [1]), mode), maskText(pairs, text, mode))
  }
})

test('clean text comes back as the very same string', () => {
  const clean = 'const risk = task - list // sk-learn'
  assert.equal(maskText(engine, clean, 'text').text, clean)
  assert.deepEqual(maskText(engine, clean, 'text').findings, [])
})

test('misuse is refused: a push after the end, a text that is not settled', () => {
  const lane = new Lane(engine, 'text')
  lane.push('ghp_')
  assert.throws(() => lane.render(0, 'ghp_'), { code: 'gateway.internal' })
  lane.end()
  assert.equal(lane.render(0, 'ghp_'), undefined)
  assert.throws(() => lane.push('x'), { code: 'gateway.internal' })
})

test('hostile text takes linear time', () => {
  const size = 250_000
  const units = [
    'a',
    'ghp_',
    '://',
    '-----BEGIN ',
    'sk-',
    'token="',
    'eyJ',
    '\\',
    '"',
    ' g',
    'password=a:',
    '\ud83d',
    'x7://a:',
  ]
  for (const unit of [...units, 'password="a1B', `-----BEGIN PRIVATE ${'KEY'}-----`]) {
    for (const mode of ['text', 'json'] as const) {
      const text = unit.repeat(size / unit.length)
      const before = process.cpuUsage().user
      maskText(engine, text, mode)
      const ms = (process.cpuUsage().user - before) / 1000
      assert.ok(ms < 1000, `${JSON.stringify(unit)} took ${ms} ms (${mode})`)
    }
  }
})

test('too much at once is masked up to white space', () => {
  const greedy = compile([
    {
      id: 'slow',
      description: '',
      literals: ['a'],
      inWord: true,
      secret: 'a[a-z]{0,500}!',
      check: () => true,
      examples: { match: [], miss: [] },
    },
  ])
  const whole = maskText(greedy, `x ${'a'.repeat(400)} b`, 'text')
  assert.equal(whole.text, 'x [masked:overlong] b')
  assert.deepEqual(places(whole), [{ rule: 'overlong', start: 2, end: 402 }])
  for (const size of [1, 3, 300]) {
    const parts = cut(`x ${'a'.repeat(400)} b`, [size])
    assert.deepEqual(carried(greedy, parts, 'text'), whole)
  }
})

test('where more has begun that is looked at whole than can be followed, all is masked up to the next white space', () => {
  const rule = { id: 'named', description: 'named', literals: ['k='], before: 'k=', secret: '[a-z=]{8,300}' }
  const engine = compile([{ ...rule, check: () => false, examples: { match: [], miss: [] } }])
  const few = `x ${'k='.repeat(12)}abcdefgh y`
  assert.equal(maskText(engine, few, 'text').text, few)
  const many = `x ${'k='.repeat(400)}abc y`
  for (const parts of [[many], [...many]]) assert.equal(carried(engine, parts, 'text').text, 'x k=[masked:overlong] y')
})
