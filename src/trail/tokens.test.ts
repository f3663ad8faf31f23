import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { Prints } from './prints.ts'
import { spell, Tokens } from './tokens.ts'

const KEY = new Uint8Array(32).fill(7)
const token = (word: string) => createHmac('sha256', KEY).update(word).digest('hex').slice(0, 16)

test('a token is the first 8 bytes of the word’s HMAC-SHA-256', () => {
  const tokens = new Tokens(KEY, new Prints(KEY))
  const words = ['get', 'user', 'get', 'größe', '', '漢']
  assert.equal(spell(tokens.pack(words)), words.map(token).join(' '))
  assert.equal(tokens.hex('größe'), token('größe'))
  assert.equal(spell(tokens.pack([])), '')
})

test('a word has the same token however many came between, and one call may bring more than are remembered', () => {
  const tokens = new Tokens(KEY, new Prints(KEY))
  const words = Array.from({ length: 70_000 }, (_, at) => `w${at}`)
  const packed = tokens.pack(words).toString('hex')
  for (const at of [0, 1, 32_767, 32_768, 65_535, 65_536, 69_999]) {
    assert.equal(packed.slice(16 * at, 16 * at + 16), token(`w${at}`))
    assert.equal(tokens.hex(`w${at}`), token(`w${at}`))
  }
})
