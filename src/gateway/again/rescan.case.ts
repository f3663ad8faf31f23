/** `node rescan.case.ts <folder> [<pages>]`: a rescan over one day file, which kills itself after so many pages. Prints each page. */

import { compile } from '#masking'
import { Custody, openTrail, type Trail } from '#trail'
import { bodyOf, DAY, DOER, idOf, keyring, NOON } from './ground.case.ts'
import { Rescan, type RescanPage } from './rescan.ts'

export const LATE = 'zanzibar-7731-bluebird'
/** Five pages. */
export const SAYING = 250

export const openAt = (folder: string): Promise<Trail> =>
  openTrail({ folder, keyring, now: () => NOON, store: 'sqlite' })

/** The exchanges from one to another, exclusive, each of which says a text; `ago` days before. */
export async function say(trail: Trail, from: number, to: number, ago = 0, text = LATE): Promise<void> {
  const exchanges = Array.from({ length: to - from }, async (_, nth) => {
    const at = NOON - ago * DAY
    const exchange = idOf(from + nth, at)
    const body = bodyOf(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `${nth}: ${text}` }] }))
    const asked = { door: 'reverse', method: 'POST', path: '/v1/chat/completions', route: 'chat', facts: {} } as const
    const opening = { kind: 'asked', exchange, at, ...asked, findings: [], session: `s${nth % 7}`, body } as const
    await trail.append({ ...opening, text: `${nth}: ${text}` })
    const timings = { end: 1 }
    await trail.append({ kind: 'replied', exchange, at, status: 200, delivered: 2, findings: [], timings })
  })
  await Promise.all(exchanges)
}

/** What masks what was said. `run`: which process it is. */
export function rescanOf(trail: Trail, run: string) {
  let count = 5000
  const house = { trail, keyring, now: () => NOON, clock: () => performance.now(), uuid: () => idOf(count++) }
  const { holds } = new Custody(house)
  const engine = compile([], { known: [{ id: 'late-key', value: LATE }] })
  return { house, holds, rescan: new Rescan({ ...house, holds, engine: () => engine, rules: () => 'v1', run }) }
}

/** All pages, or so many at most. */
export async function pagesOf(rescan: Rescan, most = Number.POSITIVE_INFINITY): Promise<RescanPage[]> {
  const pages: RescanPage[] = []
  do pages.push(await rescan.page(0, DOER))
  while (pages.at(-1)?.reached !== undefined && pages.length < most)
  return pages
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder = '', stop] = process.argv
  const trail = await openAt(folder)
  if ((await trail.highest()) === 0) await say(trail, 0, SAYING)
  const { rescan } = rescanOf(trail, folder + String(process.pid))
  for (let [nth, goesOn] = [1, true]; goesOn; nth++) {
    const { seen, found, reached } = await rescan.page(0, DOER)
    process.stdout.write(`${JSON.stringify({ seen, found: found.length })}\n`)
    goesOn = reached !== undefined
    if (String(nth) === stop) process.kill(process.pid, 'SIGKILL')
  }
  await trail.close()
}
