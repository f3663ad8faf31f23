/** Each kind of connection error as the fault that a reader can act on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { failureOf } from './failure.ts'

const coded = (code: string, cause?: unknown) => Object.assign(new Error('secret words', { cause }), { code })

test('codes have meanings; the message names host and code, never the error’s own words', () => {
  const table = {
    ECONNREFUSED: 'upstream.refused',
    ENOTFOUND: 'upstream.refused',
    EAI_AGAIN: 'upstream.refused',
    EHOSTUNREACH: 'upstream.refused',
    UND_ERR_PRX_CONN: 'upstream.refused',
    ETIMEDOUT: 'upstream.timeout',
    UND_ERR_CONNECT_TIMEOUT: 'upstream.timeout',
    UND_ERR_BODY_TIMEOUT: 'upstream.timeout',
    CERT_HAS_EXPIRED: 'upstream.tls',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'upstream.tls',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'upstream.tls',
    ERR_TLS_CERT_ALTNAME_INVALID: 'upstream.tls',
    EPROTO: 'upstream.tls',
    ECONNRESET: 'upstream.reset',
    UND_ERR_SOCKET: 'upstream.reset',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream.reset',
    UND_ERR_HEADERS_OVERFLOW: 'upstream.malformed',
    UND_ERR_DESTROYED: 'gateway.stopped',
    SOMETHING_ELSE: 'gateway.internal',
  }
  for (const [code, fault] of Object.entries(table)) {
    const told = failureOf(coded(code), 'host.example')
    assert.equal(told.code, fault, code)
    if (fault !== 'gateway.internal')
      assert.ok(told.message.includes('host.example') && !told.message.includes('secret words'))
  }
})

test('what caused an error counts where the error itself says nothing; a fault stays itself', () => {
  assert.equal(failureOf(coded('UND_ERR_OTHER', coded('CERT_HAS_EXPIRED')), 'h').code, 'upstream.tls')
  const own = new Fault('identity.revoked')
  assert.equal(failureOf(own, 'h'), own)
  assert.equal(failureOf('thrown text', 'h').code, 'gateway.internal')
})
