/** The names of content codings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codingsOf } from './coding.ts'

test('names in any case, in the order of decoding; identity is none', () => {
  assert.deepEqual(codingsOf(''), [])
  assert.deepEqual(codingsOf('identity'), [])
  assert.deepEqual(codingsOf('GZIP, br ,identity,zstd'), ['zstd', 'br', 'gzip'])
  assert.deepEqual(codingsOf('x-gzip'), ['gzip'])
})

test('unknown ones, and more than three', () => {
  for (const value of [
    'compress',
    'gzip;q=1',
    'gzip br',
    '__proto__',
    'constructor',
    'aes128gcm',
    'gzip,gzip,gzip,gzip',
  ]) {
    assert.equal(codingsOf(value), undefined, value)
  }
})
