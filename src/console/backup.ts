/** Backups over the admin API: taken when they are asked for. Knows no place and no key. */
import { isAbsolute } from 'node:path'
import type { Hono } from 'hono'
import { Fault } from '#exchange'
import { noteFor, type ReadHouse } from './readers.ts'
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
  /** Where the keys of sessions went. */
  readonly keys?: string
  readonly journal: boolean
}

export interface BackupHouse {
  /** `to`, `keys`: folders, where they are not those of the configuration. @throws backup.*, usage.option, trail.*, seal.* */
  take(asked: { to?: string; keys?: string; quick?: boolean }): Promise<BackupRow>
}

/** `POST /backup`. That it was asked for, and where to, is on the record before the copy is made; how much it was, after. */
export function backupRoutes(app: Hono, house: BackupHouse, reading: ReadHouse): void {
  app.post('/backup', async (c) => {
    const { to, keys, quick } = (await bodyOf(c.req)) as Record<string, unknown>
    const asked = { ...folder('to', to), ...folder('keys', keys), quick: quick === true }
    const of = [asked.to, asked.keys && `keys ${asked.keys}`].filter((part) => part).join(', ')
    const note = noteFor(reading, (name) => c.req.header(name))
    const noted = (count: number) => note('exported', of, count, { content: true, format: 'backup' })
    await noted(0)
    const taken = await house.take(asked)
    await noted(taken.last)
    return c.json(taken)
  })
}

function folder<Name extends string>(name: Name, value: unknown): { readonly [K in Name]?: string } {
  if (value === undefined) return {}
  if (typeof value !== 'string' || !isAbsolute(value)) throw new Fault('usage.option', `${name}: a whole path`)
  return { [name]: value } as { readonly [K in Name]?: string }
}
