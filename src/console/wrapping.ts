/** The wrapping keys as the admin API shows and changes them. Types and routes; no key passes here, only names of keys. */
import type { Hono } from 'hono'
import { bodyOf } from './refuse.ts'

/** A wrapping key by its name, and how many keys of sessions are under it. */
export interface WrappingRow {
  readonly name: string
  readonly current: boolean
  /** Whether it is here. */
  readonly here: boolean
  readonly keys: number
  /** Where backups are that are under it, as far as this record took them. */
  readonly backups?: readonly string[]
}

export interface Rotated {
  readonly key: string
  /** Keys that wrap nothing any more. */
  readonly former: readonly string[]
  readonly rewrapped: number
  readonly lost: number
  /** The folder that the keys lie in; absent where the configuration says them. */
  readonly place?: string
}

/** What `gatelog trail` asks for. */
export interface WrappingHouse {
  rows(): Promise<readonly WrappingRow[]>
  /** `lost`: go on though the key before is not here. @throws trail.key, trail.keyholder */
  rotate(lost: boolean): Promise<Rotated>
}

export function wrappingRoutes(app: Hono, house: WrappingHouse): void {
  app.get('/wrapping', async (c) => c.json(await house.rows()))
  app.post('/wrapping/rotate', async (c) => {
    const { lost } = (await bodyOf(c.req)) as { lost?: unknown }
    return c.json(await house.rotate(lost === true))
  })
}
