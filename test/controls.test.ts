/** docs/controls.md says what the table says, and every test that it names exists. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { STANDARDS } from './controls/controls.ts'
import { page } from './controls/page.ts'

const root = join(import.meta.dirname, '..')
const controls = STANDARDS.flatMap(({ controls: each }) => each)

test('docs/controls.md is the one that the table makes: npm run controls', () =>
  assert.equal(readFileSync(join(root, 'docs/controls.md'), 'utf8'), page()))

test('every test that a control names exists', () => {
  for (const [file, name] of new Set(controls.flatMap(({ proofs = [] }) => proofs))) {
    assert.ok(existsSync(join(root, file)), `${file} is not there`)
    const source = readFileSync(join(root, file), 'utf8')
    const quoted = name.replaceAll("'", "\\'")
    // A test's name, or what of it is no variable; the cases that all stores share are named in a list.
    const starts = ["'", '"', '`', '} '].some((before) => source.includes(before + quoted))
    assert.ok(starts, `${file} has no test "${name}"`)
    assert.ok(/\btest\(|CASES/.test(source), `${file} holds no tests`)
  }
})

test('a control without a proof says what is not covered, and none stands there twice', () => {
  for (const { id, proofs = [], open } of controls) assert.ok(proofs.length > 0 || open, id)
  for (const { name, controls: each } of STANDARDS)
    assert.equal(new Set(each.map(({ id }) => id)).size, each.length, name)
})
