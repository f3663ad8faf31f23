/**
 * An RFC 3161 timestamp authority: it signs that a head was there at a time. The proof kept is its whole response, which
 * `openssl ts -verify -data checkpoint -in proof` takes. Source: RFC 3161, RFC 5816.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { faultOf } from '#exchange'
import type { Proven } from '#trail'
import { accepted, openLine } from '../post.ts'
import { REACHED, secureUrl } from '../sinks/form.ts'
import { type AnchorKind, COMMON } from './anchor.ts'

const Form = z.strictObject({
  kind: z.literal('timestamp'),
  url: secureUrl.describe('Where queries are sent'),
  tsa_ca: z.string().min(1).describe('PEM file of the CAs that may vouch for its certificate'),
  policy: z
    .string()
    .regex(/^\d+(\.\d+)+$/, 'an object identifier')
    .optional()
    .describe('The policy that is asked for'),
  ...REACHED,
  ...COMMON,
})

export const timestamp: AnchorKind<typeof Form> = {
  form: Form,
  open({ url, tsa_ca, policy, ca, proxy }) {
    const line = openLine({ ca, proxy })
    const target = new URL(url)
    return {
      async anchor(note, signal) {
        const { printQuery, checkedTime } = await import('./timestamp/token.ts')
        const hash = createHash('sha256').update(note).digest()
        const nonce = randomBytes(16)
        nonce[0] = (nonce[0]! & 0x3f) | 0x40
        const body = printQuery({ hash, nonce, policy })
        const headers = { 'content-type': 'application/timestamp-query' }
        const answer = await line.send({ method: 'POST', url: target, headers, body, signal })
        accepted(target.host, answer)
        return { at: checkedTime(target.host, answer.bytes, { hash, nonce, trusted: tsa_ca }), proof: answer.bytes }
      },
      close: () => line.close(),
    }
  },
  trusts: ({ tsa_ca }) => ({ tsaCa: tsa_ca }),
  async prove({ note, proof }, { tsaCa }) {
    const { readToken } = await import('./timestamp/token.ts')
    const { distrusted } = await import('./timestamp/chain.ts')
    try {
      const token = readToken('the authority', proof, { hash: createHash('sha256').update(note).digest() })
      if (tsaCa === undefined) return claimed('no CA of timestamp authorities is known here')
      const why = distrusted(token, tsaCa)
      return why === undefined ? { state: 'checked', at: token.at } : claimed(why)
    } catch (error) {
      return { state: 'false', why: faultOf(error).detail ?? 'no timestamp' }
    }
  },
}

const claimed = (why: string): Proven => ({ state: 'claimed', why, how: 'gatelog verify --tsa-ca <file>' })
