/** docs/forward.md publishes the hosts that the CA may vouch for: all of them, and no other. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PROVIDER_HOSTS } from '../src/app/ca/providers.ts'

test('the published list is the one in force', () => {
  const page = readFileSync(new URL('../docs/forward.md', import.meta.url), 'utf8')
  const list = page
    .match(/```\n(api\.github\.com[^`]+)```/)?.[1]
    ?.trim()
    .split(/\s+/)
  assert.deepEqual(list, PROVIDER_HOSTS)
})
