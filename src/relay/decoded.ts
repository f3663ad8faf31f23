/** A reply freed of its content encoding, so that it can be read and masked. Decodes as the bytes come. */
import { Fault } from '#exchange'
import { codingsOf } from './coding.ts'
import { decode, type Flaw } from './decode.ts'
import { valuesOf } from './headers.ts'
import type { Incoming } from './upstream.ts'

const LIMIT = 256 * 1024 * 1024

/**
 * The same reply where it is not encoded; else its decoded body, without `content-encoding` and `content-length`.
 * The body's iteration throws upstream.malformed where the data does not fit its coding, limit.reply past the limit.
 * @param limits `decoded_bytes`: 256 MB unless told
 * @throws upstream.malformed where a coding is not known
 */
export function decoded(
  incoming: Incoming,
  limits: { readonly decoded_bytes: number } = { decoded_bytes: LIMIT },
): Incoming {
  const value = valuesOf(incoming.headers, 'content-encoding').join(',')
  const codings = codingsOf(value)
  if (!codings) throw new Fault('upstream.malformed', `content-encoding ${value}`)
  if (codings.length === 0) return incoming
  const limit = limits.decoded_bytes
  const flaw = (kind: Flaw, cause?: unknown) =>
    kind === 'too large'
      ? new Fault('limit.reply', `more than ${limit} bytes once decoded`)
      : new Fault('upstream.malformed', `not valid ${value}`, { cause })
  const headers = incoming.headers.filter(([name]) => !/^content-(encoding|length)$/i.test(name))
  return { status: incoming.status, headers, body: decode(incoming.body, { codings, limit, flaw }) }
}
