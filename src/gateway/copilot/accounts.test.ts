/** Whose a credential is: not forgotten for what others make up, the same in every spelling, and so is a token that it got. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Keyring } from '#exchange'
import { Accounts } from './accounts.ts'
import { fingerprintOfCredential } from './recognise.ts'

function accounts() {
  const kept = new Map<string, unknown>()
  const documents = {
    list: async () => [],
    put: async (_kind: string, id: string, value: unknown) => void kept.set(id, value),
    delete: async (_kind: string, id: string) => void kept.delete(id),
  }
  return { kept, known: new Accounts({ documents, now: () => 1e12, tell: assert.fail }, []) }
}

test('one actor that makes up credentials forgets own ones alone', () => {
  const { kept, known } = accounts()
  known.see('ana-pat', 'ana')
  known.learn('ana-pat', 'ana', { login: 'mona', plan: 'individual' })
  known.see('ana-other', 'ana')
  for (let nth = 0; nth < 25_000; nth++) known.see(`made up ${nth}`, 'bob')
  assert.equal(kept.size, 2 + 256)
  assert.deepEqual(known.see('ana-pat', 'bob'), { account: { login: 'mona', plan: 'individual' }, shared: 'ana' })
  assert.equal(known.see('ana-other', 'bob').shared, 'ana')
})

test('where there are too many in all, those that GitHub spoke for stay', () => {
  const { kept, known } = accounts()
  for (let nth = 0; nth < 100; nth++) known.learn(`said ${nth}`, 'ana', { login: 'mona' })
  for (let nth = 0; nth < 20_100; nth++) known.see(`unsaid ${nth}`, `actor ${nth}`)
  assert.equal(kept.size, 20_000)
  for (let nth = 0; nth < 100; nth++) assert.equal(known.see(`said ${nth}`, 'bob').shared, 'ana')
})

test('a token that somebody got with another one’s credential is that one’s', () => {
  const { known } = accounts()
  known.see('ana-pat', 'ana')
  assert.equal(known.see('ana-pat', 'bob').shared, 'ana')
  known.learnToken('token', { of: 'ana-pat', actor: 'bob' })
  assert.equal(known.see('token', 'bob').shared, 'ana')
  assert.equal(known.see('token', 'ana').shared, undefined)
})

test('every spelling that GitHub takes is one credential', () => {
  const digest = (_purpose: string, data: string | Uint8Array) => createHmac('sha256', 'key').update(data).digest()
  const keyring = { digest } as unknown as Keyring
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const spellings = ['gho_A', 'token gho_A', 'Bearer gho_A', 'bearer\tgho_A', 'TOKEN  gho_A ']
  const more = [basic('x:gho_A'), basic('gho_A:'), basic('gho_A:x-oauth-basic'), basic('gho_A')]
  const found = new Set([...spellings, ...more].map((each) => fingerprintOfCredential(keyring, each)))
  assert.equal(found.size, 1)
  assert.notEqual(fingerprintOfCredential(keyring, basic('gho_A:gho_B')), [...found][0])
})
