// docs/faults.md and the table of faults say the same, both ways.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { FAULTS } from '#exchange'

const documented = new Map(
  [...readFileSync('docs/faults.md', 'utf8').matchAll(/^\| `([a-z._]+)` \| (\d+) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, code, status, message, remedy]) => [code ?? '', { status: Number(status), message, remedy }],
  ),
)

test('every fault is documented as it is', () => {
  assert.deepEqual(Object.fromEntries(documented), { ...FAULTS })
})
test('nothing else is documented', () => assert.deepEqual([...documented.keys()], Object.keys(FAULTS)))
