/** Variables that hold secrets: gone from the environment of this process and of what it starts, and still known. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { takeOut, variable, variableNames } from './variables.ts'

test('a variable that was taken out is handed on to no program, and its value is still known', () => {
  process.env['GATELOG_TEST_TAKEN'] = 'planted'
  takeOut(['GATELOG_TEST_TAKEN', 'GATELOG_TEST_NEVER_SET'])
  assert.equal(process.env['GATELOG_TEST_TAKEN'], undefined)
  assert.doesNotMatch(execFileSync('env', { encoding: 'utf8' }), /GATELOG_TEST_TAKEN/)
  assert.doesNotMatch(JSON.stringify(process.report.getReport()), /GATELOG_TEST_TAKEN/)
  assert.equal(variable('GATELOG_TEST_TAKEN'), 'planted')
  assert.ok(variableNames().includes('GATELOG_TEST_TAKEN'))
  assert.equal(variable('GATELOG_TEST_NEVER_SET'), undefined)
  takeOut(['GATELOG_TEST_TAKEN'])
  assert.equal(variable('GATELOG_TEST_TAKEN'), 'planted', 'taking it out twice loses nothing')
})
