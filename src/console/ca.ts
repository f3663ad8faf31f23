/** The CA as the admin API shows and changes it. Types and routes; signs nothing. */
import type { Hono } from 'hono'
import { Fault } from '#exchange'
import { bodyOf } from './refuse.ts'

export interface CaRow {
  readonly id: string
  /** `next` is exported already and signs from `signs` on; `former` is exported until it ends. */
  readonly role: 'signing' | 'next' | 'former'
  readonly source: 'folder' | 'configured'
  readonly subject: string
  /** SHA-256 of the certificate that clients trust, hex in pairs. */
  readonly fingerprint: string
  /** Milliseconds since the Unix epoch. */
  readonly from: number
  readonly until: number
  readonly signs?: number
  /** Names that it may vouch for, with all below them; absent where nothing holds it to any. */
  readonly permitted?: readonly string[]
}

export interface Rotation {
  /** How long the old one still signs. */
  readonly days?: number
  readonly now?: boolean
  /** At once, and the old one is exported no more. */
  readonly stolen?: boolean
}

/** What `gatelog ca` asks for. @throws ca.* */
export interface Ca {
  rows(): Promise<readonly CaRow[]>
  export(): Promise<string>
  rotate(rotation: Rotation): Promise<readonly CaRow[]>
  request(): Promise<string>
  import(chain: string): Promise<readonly CaRow[]>
}

const MOST_DAYS = 366

/** The routes of the CA. `ca` throws `ca.off` where there is none. */
export function caRoutes(app: Hono, ca: () => Ca): void {
  app.get('/ca', async (c) => c.json(await ca().rows()))
  app.get('/ca/pem', async (c) => c.json({ pem: await ca().export() }))
  app.post('/ca/request', async (c) => c.json({ pem: await ca().request() }))
  app.post('/ca/rotate', async (c) => {
    const { days, now, stolen } = (await bodyOf(c.req)) as Record<string, unknown>
    if (days !== undefined && !(typeof days === 'number' && days >= 0 && days <= MOST_DAYS))
      throw new Fault('usage.option', `days: at most ${MOST_DAYS}`)
    const rotation = { ...(days !== undefined && { days }), now: now === true, stolen: stolen === true }
    return c.json(await ca().rotate(rotation))
  })
  app.post('/ca/import', async (c) => {
    const { pem } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await ca().import(String(pem ?? '')))
  })
}
