/** Backups in S3-compatible storage. What is sent is encrypted already. */
import { z } from 'zod'
import { Fault, faultOf } from '#exchange'
import { BUCKET, openBucket } from '../sinks/bucket.ts'
import type { Place } from './place.ts'

/** A bucket for backups, as gatelog.yaml has it. */
export const BackupBucket = z.strictObject({
  ...BUCKET,
  prefix: z
    .string()
    .regex(/^([\w.=-]+\/)*$/, 'folders, each with / at its end')
    .default('gatelog-backup/')
    .describe('What the name of every object begins with'),
  timeout_ms: z.number().int().min(1000).max(3_600_000).default(120_000).describe('Of one object, in ms'),
})

/** Above a part with all that sealing adds, and above the list of a backup of a terabyte. */
const MOST_BYTES = 67_108_864

/** Reaches nothing yet. */
export function openS3(form: z.infer<typeof BackupBucket>): Place {
  const bucket = openBucket(form, MOST_BYTES)
  const host = new URL(form.url).host
  const at = (name: string) => `${form.prefix}${name}`
  const tried = async <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    try {
      return await work(AbortSignal.timeout(form.timeout_ms))
    } catch (cause) {
      throw new Fault('backup.place', faultOf(cause).message, { cause })
    }
  }
  return {
    told: `${host}/${form.prefix}`,
    put: (name, bytes) => tried((signal) => bucket.put(at(name), bytes, 'application/octet-stream', signal)),
    get: (name) => tried((signal) => bucket.get(at(name), signal)),
    size: (name) => tried((signal) => bucket.size(at(name), signal)),
    async list(folder) {
      const keys = await tried((signal) => bucket.list(at(folder), signal))
      return keys.map((key) => key.slice(form.prefix.length)).sort()
    },
    remove: (name) => tried((signal) => bucket.remove(at(name), signal)),
    sweep: async () => undefined, // an object appears whole
    close: () => bucket.close(),
  }
}
