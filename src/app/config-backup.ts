/** Where backups go and how often, as it is written. Reaches nothing. */
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { BackupBucket } from '#export'
import type { Wrong } from './config-secrets.ts'

const Where = z.union([z.string().min(1), BackupBucket])

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const LEAST_MS = 10_000

export const BackupForm = z.strictObject({
  to: Where.optional().describe('A folder, or a bucket of S3-compatible storage'),
  keys: Where.optional().describe('Where the newest copy of the keys of sessions goes; never where to is'),
  every: z
    .string()
    .regex(/^\d{1,5}[smhd]$/, 'a time such as 30s, 15m, 6h, 1d')
    .optional()
    .describe('How often a running server takes one; only when it is told to where it is left out'),
  keep: z.number().int().min(1).max(100_000).default(30).describe('How many backups stay'),
  journal: z
    .string()
    .min(1)
    .optional()
    .describe('The file of what must outlive a restored backup; by default beside the wrapping key'),
})

type Form = z.infer<typeof BackupForm>
export type WhereForm = z.infer<typeof Where>

export interface BackupSettings extends Pick<Form, 'to' | 'keys' | 'keep' | 'journal'> {
  readonly everyMs: number | undefined
}

/** Paths told from where the configuration is. */
export function backupPlaced(form: Form, at: (path: string) => string): Form {
  const placed = (where: WhereForm | undefined) => (typeof where === 'string' ? at(where) : where)
  const [to, keys] = [placed(form.to), placed(form.keys)]
  return {
    ...form,
    ...(to !== undefined && { to }),
    ...(keys !== undefined && { keys }),
    ...(form.journal !== undefined && { journal: at(form.journal) }),
  }
}

/** @throws config.invalid where keys would lie beside what they open, or nobody says where to */
export function backupOf({ every, ...form }: Form, data: string, wrong: Wrong): BackupSettings {
  const everyMs = every === undefined ? undefined : Number(every.slice(0, -1)) * (UNITS[every.slice(-1)] ?? 0)
  if (everyMs !== undefined && everyMs < LEAST_MS) throw wrong(['backup', 'every'], 'at least 10s')
  if (form.to === undefined && (every !== undefined || form.keys !== undefined))
    throw wrong(['backup'], 'say where to: backup.to')
  if (form.keys !== undefined && overlap(form.to, form.keys))
    throw wrong(['backup', 'keys'], 'keys lie apart from what they open: name another place')
  for (const key of ['to', 'keys', 'journal'] as const) {
    const path = form[key]
    if (typeof path === 'string' && within(path, data)) throw wrong(['backup', key], 'it is in the data folder')
  }
  return { ...form, everyMs }
}

/** Whether one path is the other, or below it. */
const within = (path: string, folder: string): boolean =>
  join(resolve(path), '/').startsWith(join(resolve(folder), '/'))

/** Whether one place lies in the other. */
export function overlap(one: WhereForm | undefined, other: WhereForm): boolean {
  if (typeof one === 'string' && typeof other === 'string') return within(one, other) || within(other, one)
  if (typeof one !== 'object' || typeof other !== 'object') return false
  return one.url === other.url && (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix))
}
