/** Backups over the admin API: taken when they are asked for. Knows no place and no key. */
import { isAbsolute } from 'node:path'
import type { Hono } from 'hono'
import { Fault } from '#exchange'
import { bodyOf } from './refuse.ts'

/** What a backup came to; sizes in bytes, `sent` of what was not there before. */
export interface BackupRow {
  readonly name: string
  readonly to: string
  /** ms since the Unix epoch. */
  readonly at: number
  readonly last: number
  readonly sealed: number
  readonly files: number
  readonly bytes: number
  readonly sent: number
  /** Older ones that went. */
  readonly removed: number
  readonly keys?: string
  readonly journal: boolean
}

export interface BackupHouse {
  /** `to`, `keys`: folders, where they are not those of the configuration. @throws backup.*, usage.option, trail.*, seal.* */
  take(asked: { to?: string; keys?: string; quick?: boolean }): Promise<BackupRow>
}

/** `POST /backup`. */
export function backupRoutes(app: Hono, house: BackupHouse): void {
  app.post('/backup', async (c) => {
    const { to, keys, quick } = (await bodyOf(c.req)) as Record<string, unknown>
    const asked = { ...folder('to', to), ...folder('keys', keys), quick: quick === true }
    return c.json(await house.take(asked))
  })
}

function folder<Name extends string>(name: Name, value: unknown): { readonly [K in Name]?: string } {
  if (value === undefined) return {}
  if (typeof value !== 'string' || !isAbsolute(value)) throw new Fault('usage.option', `${name}: a whole path`)
  return { [name]: value } as { readonly [K in Name]?: string }
}
