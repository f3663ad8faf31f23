/** Checksums against values that vendors or their documentation made, assembled so that no token stands here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc62, proofOf } from './checks.ts'
import { isGithubJwt, isGrafanaToken, isRoutable } from './checksums.ts'

const other = (token: string): string => token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')

test('GitHub and npm: the sample of GitHub’s own announcement', () => {
  const body = ['zQWBuTSOoRi4', 'A9spHcVY5ncnsDkxkJ', '0mLq17'].join('')
  const proof = proofOf('github-crc32')!
  assert.equal(crc62(body.slice(0, 30)), body.slice(30))
  for (const prefix of ['gh' + 'p_', 'np' + 'm_', 'np' + 'ms_']) {
    assert.equal(proof(prefix + body), true)
    assert.equal(proof(other(prefix + body)), false)
  }
})

test('Grafana: the sample of its documentation', () => {
  const token = ['gl' + 'sa', 'yscW25imSKJIuav8zF37RZmnbiDvB05G', 'fcaaf58a'].join('_')
  assert.equal(isGrafanaToken(token), true)
  assert.equal(isGrafanaToken(other(token)), false)
})

test('GitLab: prefix, payload, version and length are part of the sum', () => {
  const body = `${'gl' + 'pat-'}${'aB3-'.repeat(7)}.01.0s`
  const sum = '030m2um' // by Python’s zlib
  assert.equal(isRoutable(body + sum), true)
  assert.equal(isRoutable(body.replace('pat', 'rt') + sum), false)
  assert.equal(isRoutable(other(body + sum)), false)
  assert.equal(isRoutable(body), false)
})

test('GitHub’s installation token of 2026 holds the header of a JSON Web Token', () => {
  const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url')
  assert.equal(isGithubJwt(`ghs_123456_${header}.e30.c2ln`), true)
  assert.equal(isGithubJwt(`ghs_123456_${header.slice(2)}.e30.c2ln`), false)
})
