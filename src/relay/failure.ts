/** What went wrong towards an upstream, as a fault. Never holds a header, a body or a proxy's password. */
import { errors } from 'undici'
import { Fault, type FaultCode, faultOf } from '#exchange'

/** Codes of Node (`errno`, OpenSSL, X509), of its HTTP parser and of undici, by what they mean to a reader. */
const MEANINGS: readonly (readonly [RegExp, FaultCode])[] = [
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_.*|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/,
    'upstream.refused',
  ],
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'upstream.timeout'],
  [/^(EPROTO|UND_ERR_PRX_TLS|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/, 'upstream.tls'],
  [/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|CRL|ERROR_IN|OCSP)_/, 'upstream.tls'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/, 'upstream.reset'],
  // undici asserts what its parser lets by, such as a status below 100.
  [/^(HPE_.*|UND_ERR_HEADERS_OVERFLOW|ERR_ASSERTION)$/, 'upstream.malformed'],
  [/^(UND_ERR_DESTROYED|UND_ERR_CLOSED)$/, 'gateway.stopped'],
]

const PROXY = /^Proxy response \((\d+)\)/

/** The fault behind an error of the upstream connection. `host` is named in it. */
export function failureOf(error: unknown, host: string): Fault {
  if (error instanceof Fault) return error
  const proxy = error instanceof Error ? PROXY.exec(error.message) : null
  if (proxy) return new Fault('upstream.refused', `the proxy answered ${proxy[1]} for ${host}`, { cause: error })
  if (codeOf(error) === 'UND_ERR_PRX_CONN')
    return new Fault('upstream.refused', `the proxy for ${host}`, { cause: error })
  for (const code of codes(error)) {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(code))
    if (meaning) return new Fault(meaning[1], `${host}: ${code}`, { cause: error })
  }
  return faultOf(error)
}

/** The code of an error and of what caused it, outermost first. */
function codes(error: unknown): string[] {
  const found: string[] = error instanceof errors.HTTPParserError ? ['HPE_'] : []
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = codeOf(at)
    if (code) found.push(code)
  }
  return found
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
