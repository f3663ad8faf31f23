/** docs/guarantees.md is what the list of mutations makes, and every line of it stands in the source once. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MUTATIONS, page } from './mutations.ts'

const root = join(import.meta.dirname, '../..')

test('docs/guarantees.md is the one that the list makes', () =>
  assert.equal(readFileSync(join(root, 'docs/guarantees.md'), 'utf8'), page()))

test('every line of the list stands in its file, once', () => {
  for (const { file, line } of MUTATIONS)
    assert.equal(readFileSync(join(root, 'src', file), 'utf8').split(line).length - 1, 1, `${file}: ${line}`)
})
