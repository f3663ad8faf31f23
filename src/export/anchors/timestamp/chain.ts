/** Who vouches for the certificate that signed a timestamp, by RFC 3161 §2.3 and RFC 5280 §6 as far as Node checks them. Pure. */
import { X509Certificate } from 'node:crypto'
import type { Token } from './token.ts'

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'

/** Certificates from the signer’s up to a trusted one, at most. */
const MOST_DEPTH = 8

/**
 * Why a token is not to be trusted; undefined where its certificate is for timestamps and one of the CAs in `pem` vouches for
 * it, itself or by certificates that came along, all of them valid at the token's time.
 */
export function distrusted({ at, signer, certificates }: Token, pem: string): string | undefined {
  if (!signer.keyUsage?.includes(TIME_STAMPING)) return 'its certificate is not for timestamps'
  const roots = (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (text) => new X509Certificate(text),
  )
  const time = new Date(at)
  let current = signer
  for (let depth = 0; depth < MOST_DEPTH; depth++) {
    if (time < current.validFromDate || time > current.validToDate) return 'a certificate was not valid then'
    const above = (each: X509Certificate) => current.checkIssued(each) && current.verify(each.publicKey)
    if (roots.some((root) => root.fingerprint256 === current.fingerprint256 || above(root))) return undefined
    const next = certificates.find((each) => each.ca && above(each))
    if (!next) break
    current = next
  }
  return 'nobody who is trusted vouches for its certificate'
}
