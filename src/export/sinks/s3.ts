/** Objects of gzipped JSON Lines in S3-compatible storage, below their UTC day. A row counts once its object has an ETag. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import { FORMATS } from '../formats/index.ts'
import type { Row } from '../row.ts'
import type { SinkKind } from '../sink.ts'
import { BUCKET, openBucket } from './bucket.ts'
import { COMMON, format } from './form.ts'

const Form = z.strictObject({
  kind: z.literal('s3'),
  ...BUCKET,
  prefix: z
    .string()
    .regex(/^[\w./=-]*$/, 'letters, digits, - _ . = /')
    .default('gatelog/')
    .describe('What the name of every object begins with'),
  format,
  gather_ms: z.number().int().min(100).max(3_600_000).default(60_000).describe('How long rows are gathered, in ms'),
  ...COMMON,
})

export const s3: SinkKind<typeof Form> = {
  form: Form,
  rows: 2000,
  gatherMs: 60_000,
  open(form) {
    const bucket = openBucket(form)
    return {
      async deliver(rows, signal) {
        for (const [day, of] of Map.groupBy(rows, ({ time }) => time.slice(0, 10)))
          await bucket.put(
            keyOf(form.prefix, day, of),
            await promisify(gzip)(linesOf(of, form.format)),
            'application/gzip',
            signal,
          )
      },
      close: () => bucket.close(),
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
