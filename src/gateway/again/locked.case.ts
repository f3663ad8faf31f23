/** A record whose wrapping key comes and goes, for tests of what is done to it meanwhile. Erases nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Opening } from '#exchange'
import { compile } from '#masking'
import { Custody, nameOfKey, openTrail, type Trail, wrappingOf } from '#trail'
import { Erasure } from './erasure.ts'
import { bodyOf, idOf, keyring, NOON } from './ground.case.ts'
import { Rescan } from './rescan.ts'

/** The key that is taken away, and the one that the record goes on under. */
export const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
export const NAME = nameOfKey(ONE)
/** What a rescan masks. */
export const LATE = 'zanzibar-7731-bluebird'

export async function ground(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-unread-'))
  const opened: Trail[] = []
  t.after(async () => {
    for (const trail of opened) await trail.close().catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
  let count = 5000
  /** With these keys, the first of which wraps; one before that is not among them is lost for good. */
  const open = async (...keys: readonly [Buffer, ...Buffer[]]) => {
    const wrapping = wrappingOf([...keys])
    const trail = await openTrail({ folder, keyring, now: () => NOON, store: 'sqlite', wrapping, lostKey: 'go on' })
    opened.push(trail)
    const house = { trail, keyring, now: () => NOON, clock: () => performance.now(), uuid: () => idOf(count++) }
    const { holds } = new Custody(house)
    const engine = compile([], { known: [{ id: 'late-key', value: LATE }] })
    const rescan = new Rescan({ ...house, holds, engine: () => engine, rules: () => 'v1', run: 'here' })
    return { trail, holds, erasure: new Erasure({ ...house, holds }), rescan }
  }
  return { folder, open }
}

/** A turn of a session, answered. */
export async function turn(trail: Trail, nth: number, said: readonly string[], more: Partial<Opening> = {}) {
  const exchange = idOf(nth)
  const bytes = JSON.stringify({ model: 'm', messages: said.map((content) => ({ role: 'user', content })) })
  const asked = { door: 'reverse', method: 'POST', path: '/v1/chat/completions', route: 'chat', facts: {} } as const
  const opening = { kind: 'asked', exchange, at: NOON, ...asked, findings: [], session: 's', model: 'm' } as const
  await trail.append({ ...opening, body: bodyOf(bytes), text: said.join('\n'), ...more })
  const ended = { kind: 'replied', exchange, at: NOON, status: 200, delivered: 2, findings: [] } as const
  const { retain } = more
  await trail.append({ ...ended, timings: { end: 1 }, body: bodyOf('{"ok":1}'), ...(retain && { retain }) })
}

/** What the prompt of an exchange says, or why it cannot be read; undefined where there is none. */
export async function promptOf(trail: Trail, nth: number): Promise<string | undefined> {
  const row = await trail.exchange(idOf(nth))
  return row && (row.unreadable?.opening?.code ?? Buffer.from(row.opening.body?.bytes ?? '').toString())
}
