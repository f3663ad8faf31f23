/** What a period comes to by the calendar, and which of several levels decides. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { expiryOf, isRetention, PRESETS, type Preset, settled, together } from './index.ts'

test('a period runs from the end of its day by the calendar, and never ends early', () => {
  const cases: [string, string, string | undefined][] = [
    ['2026-11-24', '1d', '2026-11-26'],
    ['2026-11-24', '2w', '2026-12-09'],
    ['2026-11-24', '12mo', '2027-11-25'],
    ['2028-02-28', '1y', '2029-03-01'],
    ['2024-08-30', '6mo', '2025-03-03'],
    ['2026-11-24', 'pci-dss', '2027-11-25'],
    ['2026-11-24', 'sec-17a-4', '2032-11-25'],
    ['2026-11-24', 'forever', undefined],
  ]
  for (const [day, retain, expected] of cases) assert.equal(expiryOf(day, retain), expected, `${day} ${retain}`)
  assert.equal(expiryOf('2026-11-24', undefined), undefined)
})

test('only what means something is a retention', () => {
  for (const text of ['forever', '1d', '36500d', '100y', ...Object.keys(PRESETS)]) assert.ok(isRetention(text), text)
  for (const text of ['', '0d', '-1d', '1', '1h', '1m', '101y', '99999d', 'PCI-DSS', 'toString', '7 y', '../x'])
    assert.ok(!isRetention(text), text)
})

test('the most particular level decides, but for a WORM preset', () => {
  assert.deepEqual(settled([]), { keep: 'full' })
  assert.deepEqual(settled([{}, { keep: 'metadata' }, { keep: 'redacted', retain: '1y' }]), {
    keep: 'metadata',
    retain: '1y',
  })
  assert.deepEqual(settled([{ retain: 'forever' }, { retain: '1y' }]), { keep: 'full' })
  assert.deepEqual(settled([{ retain: '30d' }, { retain: 'sec-17a-4' }]), { keep: 'full', retain: 'sec-17a-4' })
})

test('groups speak together: the least is kept, for the longest time', () => {
  assert.deepEqual(together([]), {})
  assert.deepEqual(
    together([{ keep: 'redacted', retain: '1y' }, { keep: 'metadata', retain: '6mo' }, { keep: 'full' }]),
    {
      keep: 'metadata',
      retain: '1y',
    },
  )
  assert.equal(together([{ retain: '7y' }, { retain: 'forever' }, { retain: '1d' }]).retain, 'forever')
  assert.equal(together([{ retain: 'forever' }, { retain: 'sec-17a-4' }]).retain, 'sec-17a-4')
})

test('docs/retention.md tells every preset as the table has it', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/retention.md'), 'utf8')
  const told = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.+) \|$/gm)].map(([, name, rest]) => `${name} | ${rest}`)
  const rows = Object.entries<Preset>(PRESETS).map(([name, { label, period, worm, source }]) =>
    [name, label, period, worm ? 'yes' : '–', source].join(' | '),
  )
  assert.deepEqual(told, rows)
})
