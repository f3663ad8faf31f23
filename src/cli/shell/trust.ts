/** Whom programs of this shell trust: whether that is the CA of this gateway. Reads the files that variables name, and no other. */
import type { CheckRow } from '#console'
import { certificatesIn } from '../connect/trusted.ts'
import { type Facts, row } from './facts.ts'

/** Each adds to what its programs trust, or takes its place. */
const NODE = 'NODE_EXTRA_CA_CERTS'
const NAMES = [NODE, 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const
const REMEDY = 'gatelog connect <client> --write brings it, or gatelog ca export > <file>; then gatelog ca install-help'
/** Of those that take the place of all that is trusted else. */
const WHOLE = 'Its programs trust what is in there and nothing else: add the CA to it, gatelog ca install-help python'

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

/** For a shell whose programs take the gateway as their proxy. Variables of which the same is to be said share a row. */
export function trustRows(facts: Facts): CheckRow[] {
  const named = NAMES.filter((name) => facts.env[name])
  if (named.length === 0) return [systemRow(facts, 'no variable names a CA file')]
  const found = Map.groupBy(named, (name) => JSON.stringify([saidOf(name, facts), name === NODE]))
  return [...found].map(([, names]) => {
    const [state, told] = saidOf(names[0] ?? NODE, facts)
    const [verb, remedy] = [names.length === 1 ? 'names' : 'name', names[0] === NODE ? REMEDY : WHOLE]
    return row('ca file', state, `${names.join(', ')} ${verb} ${told}`, state === 'ok' ? undefined : remedy)
  })
}

/** What is to be said of the file that a variable names. */
function saidOf(name: string, { env, pem, read }: Facts): [CheckRow['state'], string] {
  let text: string
  try {
    text = read(env[name] ?? '')
  } catch {
    return ['warn', 'a file that cannot be read']
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return ['warn', 'a file without a certificate']
  if (pem === undefined) return ['ok', 'certificates; whether of this gateway nobody could say']
  const missing = missingOf(text, pem)
  if (missing === 'all') return ['warn', 'other certificates: the CA of this gateway is not among them']
  if (missing === 'some') return ['warn', 'a file that is not up to date: the CA was rotated since']
  return ['ok', 'the CA of this gateway']
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
  if (pem === undefined)
    return row('ca file', 'warn', `${why}; whether the system trusts the CA nobody could say`, REMEDY)
  if (missingOf(system().join('\n'), pem) === 'none')
    return row('ca file', 'ok', `${why}, and the system trusts the CA (programs on Node want NODE_USE_SYSTEM_CA=1)`)
  return row('ca file', 'warn', `${why}, and the system does not trust the CA of this gateway`, REMEDY)
}
