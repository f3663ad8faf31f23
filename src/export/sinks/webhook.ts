/**
 * Standard Webhooks: one signed POST a row, several at a time, `webhook-id` the row's id, so that what comes twice is known. Any
 * answer of 2xx is an acknowledgement. Source: standardwebhooks.com, specification 1.0.0, 2026-11.
 */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { FORMATS } from '../formats/index.ts'
import { accepted, openLine } from '../post.ts'
import type { Row } from '../row.ts'
import type { SinkKind } from '../sink.ts'
import { COMMON, format, headers, REACHED, secureUrl } from './form.ts'

const LEAST_SECRET = 24

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64')

const Form = z.strictObject({
  kind: z.literal('webhook'),
  url: secureUrl.describe('Where each row is sent'),
  secret: z
    .string()
    .refine((text) => keyOf(text).length >= LEAST_SECRET, `whsec_ and base64 of at least ${LEAST_SECRET} bytes`)
    .describe('What signs: whsec_…; write it as a reference'),
  format,
  in_flight: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('How many rows are on their way at a time; 1 where they have to arrive in their order'),
  headers,
  ...REACHED,
  ...COMMON,
})

export const webhook: SinkKind<typeof Form> = {
  form: Form,
  rows: 64,
  gatherMs: 200,
  open({ url, secret, format: name, in_flight, headers: own, ca, proxy }) {
    const line = openLine({ ca, proxy }, { connections: in_flight })
    const target = new URL(url)
    const key = keyOf(secret)
    return {
      async deliver(rows, signal, taken) {
        const broken = new AbortController()
        const either = AbortSignal.any([signal, broken.signal])
        const send = async (row: Row) => {
          const body = payloadOf(row, name)
          const signed = signedHeaders(row.id, Math.floor(Date.now() / 1000), body, key)
          const sent = { ...own, 'content-type': 'application/json', ...signed }
          accepted(target.host, await line.send({ method: 'POST', url: target, headers: sent, body, signal: either }))
        }
        await inFlight(rows, in_flight, send, taken).catch((fault) => {
          broken.abort()
          throw fault
        })
      },
      close: () => line.close(),
    }
  },
}

/** Begins each in its order, so many at a time; the first that fails ends all. `taken` hears how many first ones are done. */
async function inFlight(
  rows: readonly Row[],
  most: number,
  send: (row: Row) => Promise<void>,
  taken: ((count: number) => void) | undefined,
): Promise<void> {
  const waiting = rows.entries()
  const done = new Set<number>()
  let first = 0
  const lane = async () => {
    for (const [at, row] of waiting) {
      await send(row)
      done.add(at)
      while (done.delete(first)) first++
      taken?.(first)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, rows.length) }, lane))
}

/** The envelope that the specification recommends; `data` is the row, or its events. */
function payloadOf(row: Row, name: 'jsonl' | 'ocsf'): string {
  const lines = FORMATS[name].lines(row, true).trimEnd().split('\n')
  const data = name === 'jsonl' ? lines.join('') : `[${lines.join(',')}]`
  return `{"type":"gatelog.${row.kind}","timestamp":${JSON.stringify(row.time)},"data":${data}}`
}

/** `seconds` since the Unix epoch, of the attempt: a receiver refuses what is older than some minutes. */
function signedHeaders(id: string, seconds: number, body: string, key: Uint8Array): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}
