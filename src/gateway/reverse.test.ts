import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upstreamPath } from './reverse.ts'

const PATHS: readonly (readonly [base: string, path: string, out: string])[] = [
  ['', '/v1/chat/completions', '/v1/chat/completions'],
  ['/v1', '/chat/completions', '/v1/chat/completions'],
  ['/v1', '/v1/chat/completions', '/v1/chat/completions'],
  ['/v1', '/v1', '/v1/v1'],
  ['/v1', '/v10/chat/completions', '/v1/v10/chat/completions'],
  ['/openai/v2', '/v2/responses', '/openai/v2/responses'],
  ['/openai/v2', '/v1/responses', '/openai/v2/v1/responses'],
  ['/api', '/api/chat', '/api/api/chat'],
]
for (const [base, path, out] of PATHS)
  test(`${base} and ${path} make ${out}`, () => assert.equal(upstreamPath({ base }, path), out))
