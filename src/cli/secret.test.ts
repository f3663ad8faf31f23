/** A search by the value of a secret: what it finds, what it leaves on the record, and what it never keeps or tells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Finding, Opening } from '#exchange'
import { fingerprintOf } from '#gateway'
import { exchangeOf, idOf } from './entries.case.ts'
import { EXIT } from './exit.ts'
import { keyring, openHouse, secretsFor, spawned } from './house.case.ts'

const VALUE = `${'kangaroo'}-4815162342`

/** Two exchanges; the second one's reply holds the value, the first one's prompt another. */
function entries(): (Opening | Ending)[] {
  const [asked, replied] = exchangeOf({ nth: 1, text: 'ana' })
  const [other, answered] = exchangeOf({ nth: 2, text: 'bob' })
  const finding = (value: string): Finding => ({
    ...{ rule: 'r', direction: 'reply', lane: 'l', start: 0, end: 9, length: 19, action: 'mask', masked: true },
    fingerprints: [fingerprintOf(keyring, value)],
  })
  return [
    { ...asked, findings: [finding('another-value-here')] },
    replied,
    other,
    { ...answered, findings: [finding(VALUE)] },
  ]
}

const ask = (folder: string, value: string, ...args: string[]) =>
  spawned(folder, ['search', '--secret', ...args], value)

test('the exchanges in which a value was seen are found, and that somebody looked is on the record', async (t) => {
  const { folder, trail } = await openHouse(t, entries())
  const found = await ask(folder, `${VALUE}\n`, '--json')
  assert.equal(found.code, EXIT.ok, found.err)
  const { exchanges } = JSON.parse(found.out) as { exchanges: { exchange: string }[] }
  assert.deepEqual(
    exchanges.map(({ exchange }) => exchange),
    [idOf(2)],
  )
  const elsewhere = await ask(folder, VALUE, 'user:ana')
  assert.deepEqual([elsewhere.out, elsewhere.err], ['', 'nothing found\n'])
  const searches = (await trail.searches()).map(({ searched }) => searched)
  assert.deepEqual(
    searches.map(({ via, query, found: shown, fingerprint }) => [via, query, shown, fingerprint]),
    [
      ['server', '', 1, fingerprintOf(keyring, VALUE)],
      ['server', 'user:ana', 0, fingerprintOf(keyring, VALUE)],
    ],
  )
  assert.ok(!JSON.stringify(searches).includes(VALUE))
})

test('a fingerprint of a finding leads to all others of the same value', async (t) => {
  const { run } = await openHouse(t, entries())
  const found = await run('search', `secret:${fingerprintOf(keyring, VALUE)}`)
  assert.match(found.out, /\n01a20cad-1740 .*bob/)
  assert.equal(found.out.trim().split('\n').length, 2)
})

test('a value that can be guessed, too many searches and a house that forbids them are told', async (t) => {
  const { folder, trail } = await openHouse(t, entries())
  const short = await ask(folder, 'hunter2')
  assert.deepEqual(
    [short.code, /under 12 characters can be guessed.*\[query\.secret\]/.test(short.err)],
    [EXIT.usage, true],
  )
  assert.ok(!short.err.includes('hunter2'))
  for (let nth = 0; nth < 3; nth++) assert.equal((await ask(folder, VALUE)).code, EXIT.ok)
  const many = await ask(folder, VALUE)
  assert.deepEqual([many.code, /3 an hour \[limit\.searches\]/.test(many.err)], [EXIT.error, true])
  assert.equal((await trail.searches()).length, 3)
  const shut = await openHouse(t, entries(), { secrets: secretsFor({ allowed: false }) })
  const refused = await ask(shut.folder, VALUE)
  assert.deepEqual([refused.code, /\[identity\.right\]/.test(refused.err)], [EXIT.auth, true])
  assert.equal((await shut.trail.searches()).length, 0)
})

test('no option takes the value as an argument', async (t) => {
  const { folder } = await openHouse(t, entries())
  const ran = await spawned(folder, ['search', `--secret=${VALUE}`])
  assert.equal(ran.code, EXIT.usage)
})
