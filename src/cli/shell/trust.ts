/** Whom programs of this shell trust: whether that is the CA of this gateway. Reads the files that variables name, and no other. */
import type { CheckRow } from '#console'
import { certificatesIn } from '../connect/trusted.ts'
import { type Facts, row } from './facts.ts'

/** Each adds to what its programs trust, or takes its place. */
const NAMES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const
const REMEDY = 'gatelog connect <client> --write brings it, or gatelog ca export > <file>; then gatelog ca install-help'

/** Node takes `0` alone for this. */
export const verifyRows = ({ env }: Pick<Facts, 'env'>): CheckRow[] =>
  env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? [
        row(
          'tls',
          'fail',
          'NODE_TLS_REJECT_UNAUTHORIZED=0: programs on Node believe any certificate, so anybody between reads prompts and keys',
          'Unset it, and let them trust the CA: gatelog ca install-help',
        ),
      ]
    : []

/** For a shell whose programs take the gateway as their proxy. */
export function trustRows(facts: Facts): CheckRow[] {
  const named = NAMES.filter((name) => facts.env[name])
  if (named.length > 0) return named.map((name) => fileRow(name, facts))
  return [systemRow(facts, 'no variable names a CA file')]
}

function fileRow(name: string, { env, pem, read }: Facts): CheckRow {
  const warn = (told: string) => row('ca file', 'warn', `${name} names ${told}`, REMEDY)
  let text: string
  try {
    text = read(env[name] ?? '')
  } catch {
    return warn('a file that cannot be read')
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return warn('a file without a certificate')
  if (pem === undefined)
    return row('ca file', 'ok', `${name} names certificates; whether of this gateway nobody could say`)
  return held(name, text, pem, warn)
}

function held(name: string, text: string, pem: string, warn: (told: string) => CheckRow): CheckRow {
  const missing = missingOf(text, pem)
  if (missing === 'all') return warn('other certificates: the CA of this gateway is not among them')
  if (missing === 'some') return warn('a file that is not up to date: the CA was rotated since')
  return row('ca file', 'ok', `${name} names the CA of this gateway`)
}

/** Which of the certificates to trust a text lacks. */
export function missingOf(text: string, pem: string): 'none' | 'some' | 'all' {
  const there = new Set(certificatesIn(text).map(({ fingerprint256 }) => fingerprint256))
  const lacking = certificatesIn(pem).filter(({ fingerprint256 }) => !there.has(fingerprint256))
  if (lacking.length === 0) return 'none'
  return lacking.length === certificatesIn(pem).length ? 'all' : 'some'
}

/** `why`: what makes the system's store the one that is asked. */
export function systemRow({ pem, system }: Facts, why: string): CheckRow {
  if (pem === undefined) return row('ca file', 'warn', `${why}: programs trust what the system does`, REMEDY)
  if (missingOf(system().join('\n'), pem) === 'none')
    return row('ca file', 'ok', `${why}, and the system trusts the CA (programs on Node want NODE_USE_SYSTEM_CA=1)`)
  return row('ca file', 'warn', `${why}, and the system does not trust the CA of this gateway`, REMEDY)
}
