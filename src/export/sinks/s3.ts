/** Objects of gzipped JSON Lines in S3-compatible storage, below their UTC day. A row counts once its object has an ETag. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '#exchange'
import { FORMATS } from '../formats/index.ts'
import { accepted, openLine } from '../post.ts'
import type { Row } from '../row.ts'
import type { SinkKind } from '../sink.ts'
import { COMMON, ca, format, secureUrl } from './form.ts'
import { signed } from './sigv4.ts'

const Form = z.strictObject({
  kind: z.literal('s3'),
  url: secureUrl.describe('The bucket: https://bucket.s3.eu-central-1.amazonaws.com, or https://minio.example/bucket'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'a region')
    .default('us-east-1')
    .describe('What the signature names'),
  access_key: z.string().min(1).describe('Id of the access key'),
  secret_key: z.string().min(1).describe('Its secret; write it as a reference'),
  session_token: z.string().min(1).optional().describe('Of temporary credentials'),
  prefix: z
    .string()
    .regex(/^[\w./=-]*$/, 'letters, digits, - _ . = /')
    .default('gatelog/')
    .describe('What the name of every object begins with'),
  format,
  gather_ms: z.number().int().min(100).max(3_600_000).default(60_000).describe('How long rows are gathered, in ms'),
  ca,
  ...COMMON,
})

export const s3: SinkKind<typeof Form> = {
  form: Form,
  rows: 2000,
  gatherMs: 60_000,
  open(form) {
    const line = openLine(form.ca)
    const put = async (key: string, body: Uint8Array, signal: AbortSignal) => {
      const url = new URL(`${form.url.replace(/\/$/, '')}/${key}`)
      const hash = createHash('sha256').update(body).digest('hex')
      const sent = { 'content-type': 'application/gzip' }
      const headers = signed({ ...form, method: 'PUT', url, hash, at: new Date(), headers: sent })
      const answer = await line.send({ method: 'PUT', url, headers, body, signal })
      accepted(url.host, answer)
      if (!answer.header('etag')) throw new Fault('export.answer', `${url.host}: no ETag`)
    }
    return {
      async deliver(rows, signal) {
        for (const [day, of] of Map.groupBy(rows, ({ time }) => time.slice(0, 10)))
          await put(keyOf(form.prefix, day, of), await promisify(gzip)(linesOf(of, form.format)), signal)
      },
      close: () => line.close(),
    }
  },
}

const linesOf = (rows: readonly Row[], name: 'jsonl' | 'ocsf') =>
  rows.map((row) => FORMATS[name].lines(row, true)).join('')

/** The same rows, delivered again, are the same object. */
function keyOf(prefix: string, day: string, rows: readonly Row[]): string {
  const [first, last] = [rows[0], rows.at(-1)].map((row) => String(row?.seq).padStart(12, '0'))
  return `${prefix}${day.replaceAll('-', '/')}/${first}-${last}.jsonl.gz`
}
