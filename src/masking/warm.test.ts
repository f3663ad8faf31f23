/** Warming changes nothing but what is built already. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spread } from './examples.ts'
import { compile, maskText, RULES, warm } from './index.ts'

test('a warm engine finds what a cold one finds, and builds nothing for what its rules show', () => {
  const [cold, warmed] = [compile(RULES), compile(RULES)]
  warm(warmed, RULES)
  const { size } = warmed.runs.table
  assert.ok(size > cold.runs.table.size)
  for (const { examples } of RULES)
    for (const example of examples.match) {
      const text = `${spread(example).join('')}\n`
      assert.deepEqual(maskText(warmed, text, 'text'), maskText(cold, text, 'text'))
    }
  assert.ok(warmed.runs.table.size < size * 1.05)
})
