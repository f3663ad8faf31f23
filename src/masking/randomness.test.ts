/** What was generated is told from words, names, paths and stand-ins; the shares are counted over many samples. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookOf } from './checks.ts'
import { ALPHABETS, sample } from './examples.ts'
import { isElsewhere, isStandIn, isWordy } from './randomness.ts'
import { restlessness } from './spread.ts'

const generated = lookOf(['generated'])!
const password = lookOf(['password'])!
const bare = lookOf(['bare-password'])!

/** The share of 500 samples that pass. */
function share(alphabet: string, length: number, look: (value: string) => boolean): number {
  const letters = ALPHABETS[alphabet]!
  let passed = 0
  for (let seed = 1; seed <= 500; seed++) if (look(sample(letters, length, seed))) passed++
  return passed / 500
}

test('nearly everything that was generated passes, whatever its alphabet', () => {
  for (const [alphabet, length] of [
    ['hex', 32],
    ['hex', 40],
    ['base62', 24],
    ['base62', 40],
    ['base64', 44],
    ['base64url', 43],
  ] as const)
    assert.ok(
      share(alphabet, length, generated) >= 0.96,
      `${alphabet} ${length}: ${share(alphabet, length, generated)}`,
    )
  assert.ok(share('base36', 32, generated) >= 0.93)
})

test('names, words and paths in code do not', () => {
  const names = [
    ...[
      'getAccessToken2Value',
      'Utf8EncodingOfTheBody',
      'settings2.API_TOKEN_NAME',
      'self._socks_options',
      'sha256HashOfContent',
    ],
    ...[
      'SyntaxKind.EqualsEqualsEqualsToken',
      'curle_ftp_weird_pasv_reply',
      'src/masking/rules/keys1.ts',
      'https://a.test/b1',
    ],
    ...[
      'vault:secret/data/app1',
      'arn:aws:kms:eu-west-1:1:key',
      '2026-01-02T10:11:12Z',
      '*uint16',
      'user1@mail.test.de',
    ],
  ]
  for (const name of names) {
    assert.equal(generated(name), false, name)
    assert.equal(bare(name), false, name)
  }
})

test('what stands in for a secret is none', () => {
  const standIns = [
    ...[
      'your-api-key-123456',
      'EXAMPLEKEY1234abcd',
      'changeme123456',
      '${TOKEN_1}',
      '$TOKEN_1_DEFAULT',
      '<token-1-goes-here>',
    ],
    ...[
      '%API_TOKEN_1%',
      '{{ token1 }}',
      'xxxxxxxxxxxxxxxx1',
      '0000000000000000',
      '!Ref ApiToken1',
      'process.env.KEY_1',
      'getKey1()',
    ],
  ]
  for (const value of standIns) assert.ok(isStandIn(value), value)
  assert.ok(isElsewhere('./keys/a1.pem') && isElsewhere('op://vault/item1') && !isElsewhere('Zx9/kPw3'))
})

test('a password mixes kinds, or has a sign among letters that are no words', () => {
  for (const value of ['Zx9!kPw3', 'qRt-7#pLm', 'Tr0ub4dor&3', 'kPwZ$xvQr', '@b6A4@3HYmW'])
    assert.ok(password(value), value)
  for (const value of ['incorrect', 'Passw0rd!', 'hunter2', 'Invalid!', 'user.name', '12345678'])
    assert.equal(password(value), false, value)
})

test('a UUID is a credential where only the place tells', () => {
  const uuid = [8, 4, 4, 4, 12].map((length, i) => sample(ALPHABETS['hex']!, length, i + 3)).join('-')
  assert.equal(generated(uuid), false)
  assert.ok(lookOf(['credential'])!(uuid))
  assert.equal(lookOf(['credential'])!('00000000-0000-0000-0000-000000000000'), false)
})

test('letters tell words from chance, changes of kind tell chance from names', () => {
  assert.ok(isWordy('configurationOfTheGateway') && !isWordy('qzkvxjwpfh'))
  assert.ok(restlessness('a1B2c3D4') === 1 && restlessness('abcdefgh') === 0)
})
