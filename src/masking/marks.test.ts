/** Marks, fingerprints and rules that are only told: they depend on the text alone, and every value is handed out once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { carried, cut } from './cuts.case.ts'
import { compile, Lane, type LaneOptions, type MaskingRule, maskText } from './index.ts'

const rule = (id: string, secret: string, more: Partial<MaskingRule> = {}): MaskingRule => {
  const literals = [secret.slice(0, 2)]
  return { id, description: id, literals, secret, examples: { match: [], miss: [] }, ...more }
}
const RULES = [
  rule('open', 'o_[a-z]{4,}'),
  rule('fixed', 'f_[a-z]{4}'),
  rule('bound', 'b_[a-z-]{2,9}', { notAfter: '[a-z-]' }),
  rule('checked', 'c_[a-z]{2,9}', { checks: ['entropy:1'] }),
  rule('proved', 'ghp_[A-Za-z0-9]{36,}', { proof: 'github-crc32' }),
]
const engine = compile(RULES, { known: [{ id: 'own', value: 'Zebra-4711' }] })

function listening(leave?: ReadonlySet<string>) {
  const seen: string[] = []
  const options: LaneOptions = {
    marks: {
      mark: (_, value) => value.slice(-2).padStart(4, '0'),
      seen: ({ rule }, value) => {
        seen.push(`${rule}=${value}`)
        return `#${value.length}`
      },
    },
    ...(leave && { leave }),
  }
  return { options, seen }
}

test('a placeholder bears a mark where the end is decided before it leaves, and only there', () => {
  const rows = [
    ['o_abcdef.', '[masked:open].'],
    ['f_abcdef', '[masked:fixed#00cd]ef'],
    ['b_ab-cd.', '[masked:bound#00cd].'],
    ['c_abxy', '[masked:checked#00xy]'],
    ['Zebra-4711', '[masked:own#0011]'],
  ]
  for (const [text, masked] of rows as [string, string][]) {
    const { options } = listening()
    assert.equal(maskText(engine, text, 'text', options).text, masked)
    for (const size of [1, 2, 5]) assert.equal(carried(engine, cut(text, [size]), 'text', options).text, masked)
    assert.equal(maskText(engine, text, 'text').text, masked.replace(/#..../, ''))
  }
})

test('each secret is handed out once, whole, in the characters that it means', () => {
  const text = '"o_abcd\\u0065f b_xy-z f_abcd Zebra-4711 c_abxy"'
  const expected = ['open=o_abcdef', 'bound=b_xy-z', 'fixed=f_abcd', 'own=Zebra-4711', 'checked=c_abxy']
  for (const size of [1, 3, 100]) {
    const { options, seen } = listening()
    const { findings } = carried(engine, cut(text, [size]), 'json', options)
    assert.deepEqual(seen, expected)
    const prints = findings.map((found) => found.fingerprints)
    assert.deepEqual(
      prints,
      expected.map((each) => [`#${each.length - each.indexOf('=') - 1}`]),
    )
    assert.deepEqual([findings[0]?.length, findings[0]?.start, findings[0]?.end], [8, 1, 14])
  }
})

test('secrets that overlap are one finding with the fingerprints of all', () => {
  const { options } = listening()
  const [found] = maskText(engine, 'b_ab-c_xyzwv', 'text', options).findings
  assert.deepEqual(found?.fingerprints, ['#6', '#7'])
})

test('a value that is very long is masked, and nobody is told of it', () => {
  const { options, seen } = listening()
  const text = `o_${'abcd'.repeat(5000)} o_wxyz`
  assert.equal(carried(engine, cut(text, [7]), 'text', options).text, '[masked:open] [masked:open]')
  assert.deepEqual(seen, ['open=o_wxyz'])
})

test('a proof marks a finding as verified, and masks it either way', () => {
  const right = `ghp_${'0'.repeat(30)}`
  const found = maskText(engine, `${right}123456 o_abcd`, 'text').findings
  assert.deepEqual(
    found.map(({ verified }) => verified),
    [false, undefined],
  )
})

test('a finding that is only told stays in the receiver’s copy and is masked on the record', () => {
  const { options } = listening(new Set(['bound', 'open']))
  const text = 'say b_ab, o_abcdef, b_ab-f_abcd; f_abcd'
  for (const size of [1, 2, 100]) {
    const masked = carried(engine, cut(text, [size]), 'text', options)
    assert.deepEqual(masked, maskText(engine, text, 'text', options))
    assert.equal(masked.text, 'say b_ab, o_abcdef, b_ab-[masked:fixed#00cd]; [masked:fixed#00cd]')
    assert.equal(masked.recorded, 'say [masked:bound#00ab], [masked:open], [masked:bound#00-f]; [masked:fixed#00cd]')
    assert.deepEqual(
      masked.findings.map((found) => found.masked),
      [false, false, true, true],
    )
  }
})

test('findings that were taken are forgotten; what is still open stays', () => {
  const lane = new Lane(engine, 'text')
  lane.push('o_abcd f_abcd o_abcd')
  assert.deepEqual(lane.take(), [])
  lane.render(0, 'o_abcd f_abcd o_abcd')
  assert.equal(lane.take().length, 2)
  assert.equal(lane.findings.length, 1)
  lane.push('e!')
  lane.end()
  lane.render(20, 'e!')
  assert.deepEqual(
    lane.take().map(({ start, end, at }) => [start, end, at]),
    [[14, 21, 29]],
  )
  assert.deepEqual(lane.findings, [])
})
