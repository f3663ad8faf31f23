import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { checkValues } from './index.ts'

const many = (value: string) => Buffer.from(`{"messages":[${`${value},`.repeat(500_000)}{}]}`)

for (const value of ['0', '[]', '{}', '""', '"\\\\"', '"\\""', '["a"]'])
  test(`too many values are refused before they are read: ${value}`, () =>
    assert.throws(
      () => checkValues(many(value)),
      (error: unknown) => error instanceof Fault && error.code === 'limit.values',
    ))

for (const [name, text] of [
  ['commas in a text', JSON.stringify({ a: '[{"x":1},'.repeat(500_000) })],
  ['commas behind escapes', JSON.stringify({ a: '\\",'.repeat(500_000) })],
  ['no JSON', ','.repeat(2_000_000)],
  ['a text without an end', `["${','.repeat(2_000_000)}`],
  ['fewer', `[${'1234,'.repeat(400_000)}1]`],
] as const)
  test(`a large body passes: ${name}`, () => checkValues(Buffer.from(text)))
