/** `gatelog rules`: every rule is told with what becomes of its secrets, and held to its own examples. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RULES } from '#masking'
import { EXIT } from './exit.ts'
import { folderFor, put, run } from './house.case.ts'

const own = (examples: string) =>
  `masking: {rules: [{id: acme, regex: 'acme_([a-z0-9]{9})\\b', examples: {${examples}}}]}\n`

test('a rule of your own is held to its examples, and no example is told', async (t) => {
  const folder = folderFor(t)
  put(
    folder,
    'gatelog.yaml',
    own(`match: ['acme_{{<base36:9>}} x', 'acme_{{<digits:9:3>}}'], miss: ['acme_short', 'acme_<hex:10>']`),
  )
  const good = await run(folder, ['rules', 'test'])
  assert.deepEqual([good.code, good.out], [EXIT.ok, ''])
  assert.match(
    good.err,
    /^\d{3,} rules, \d{4,} examples, 0 of them do not hold\n\d+ more rules are in force with masking\.profile: thorough only, and were not tried\n$/,
  )
  put(
    folder,
    'gatelog.yaml',
    own(`match: [acme_short, '{{acme_abcdefghi}}', 'acme_{{<nothing:9>}}'], miss: [acme_abcdefghi]`),
  )
  const bad = await run(folder, ['rules', 'test'])
  assert.equal(bad.code, EXIT.error)
  assert.equal(
    bad.out,
    [
      'acme: match 1: not masked',
      'acme: match 2: masked in part',
      'acme: match 3: no alphabet is called nothing',
      'acme: miss 1: masked\n',
    ].join('\n'),
  )
})

test('the list tells family and action', async (t) => {
  const folder = folderFor(t)
  put(
    folder,
    'gatelog.yaml',
    `connections: {lab: {kind: openai}, prod: {kind: openai}}
masking: {actions: [{rules: [github-*], connections: [prod], then: block}, {rules: [npm-*], direction: reply, then: alert}]}`,
  )
  const { out } = await run(folder, ['rules', 'list', '--json'])
  const rows = JSON.parse(out) as { rule: string; family: string; prompt: string; reply: string }[]
  const of = (wanted: string) => {
    const { family, prompt, reply } = rows.find(({ rule }) => rule === wanted) ?? assert.fail(wanted)
    return [family, prompt, reply]
  }
  assert.deepEqual(of('github-pat'), ['github', 'by connection', 'by connection'])
  assert.deepEqual(of('npm-token'), ['registries', 'mask', 'alert'])
})

test('list and test are about the rules of the profile in force', async (t) => {
  const folder = folderFor(t)
  const listed = async (profile: 'fast' | 'thorough') => {
    put(folder, 'gatelog.yaml', `masking: {profile: ${profile}}\n`)
    const { out, err } = await run(folder, ['rules', 'list', '--json'])
    const plain = await run(folder, ['rules', 'list'])
    const tried = await run(folder, ['rules', 'test', '--json'])
    assert.deepEqual([tried.code, err], [EXIT.ok, ''])
    const { rules, failures, ...rest } = JSON.parse(tried.out) as {
      profile: string
      rules: number
      failures: unknown[]
    }
    assert.deepEqual([rest.profile, failures], [profile, []])
    const ids = (JSON.parse(out) as { rule: string }[]).map(({ rule }) => rule)
    assert.equal(rules, ids.length)
    return { ids, told: plain.err, table: plain.out }
  }
  const [fast, thorough] = [await listed('fast'), await listed('thorough')]
  const more = thorough.ids.filter((id) => !fast.ids.includes(id))
  assert.deepEqual(
    more.toSorted(),
    RULES.filter(({ only }) => only === 'thorough')
      .map(({ id }) => id)
      .toSorted(),
  )
  assert.ok(more.length > 0 && fast.ids.every((id) => thorough.ids.includes(id)))
  assert.ok(more.every((id) => fast.told.includes(id) && !fast.table.includes(`${id} `)))
  assert.equal(thorough.told, '')
})
