/**
 * `npm run bench:erase [-- megabytes [folder]]`: how long appends wait while exchanges of a day file of that size are erased, and a
 * secret is masked in it by a rescan. Prints its section of bench/RESULTS.md. A folder that is named is filled first, stays as it
 * is and is used again, so that two versions can be held against each other.
 */
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Ending, Keyring, Opening } from '#exchange'
import { Erasure, Rescan } from '#gateway'
import { compile } from '#masking'
import { Custody, openTrail, type Trail } from '#trail'
import { ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { median, quantile } from './statistics.ts'

const MEGABYTES = Number(process.argv[2] ?? 300)
const FILLED = process.argv[3]
const [USERS, TURNS, AT_ONCE] = [100, 20, 32]
/** Sessions in which the secret is said, before it is sought. */
const SAYING = 5
const SECRET = 'zanzibar-7731-bluebird'
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const who = { who: { value: 'bench', source: 'declared' }, why: 'bench', basis: 'bench' } as const
const body = (value: object) => ({
  ...{ bytes: Buffer.from(JSON.stringify(value)), type: 'application/json', received: 'aa', sent: 'bb' },
})

let nth = 0
/** Words that nobody said before, and some that everybody says. */
const words = (count: number): string =>
  Array.from({ length: count }, (_, at) => (at % 3 ? randomBytes(5).toString('hex') : `word${(at * 7) % 500}`)).join(
    ' ',
  )

/** A session in which each turn resends what was said, as its entries. */
function* session(user: string, more = ''): Generator<[Opening, Ending]> {
  const name = `${user}-${nth}`
  const messages: object[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const id = idOf(++nth, NOON + nth)
    const [said, told] = [`${more} ${words(500)}`, words(300)]
    messages.push({ role: 'user', content: said })
    const actor = { id: user, kind: 'person', name: user, groups: [] } as const
    const prompt = body({ model: 'm', messages })
    const reply = body({ choices: [{ index: 0, message: { role: 'assistant', content: told } }] })
    messages.push({ role: 'assistant', content: told })
    yield [
      opening(id, { at: NOON + nth, session: name, actor, model: 'm', body: prompt, text: said }),
      ending(id, { at: NOON + nth, body: reply, text: told }),
    ]
  }
}

async function append(trail: Trail, entries: readonly [Opening, Ending]): Promise<number> {
  const times: number[] = []
  for (const entry of entries) {
    const began = performance.now()
    await trail.append(entry)
    times.push(performance.now() - began)
  }
  return Math.max(...times)
}

const sizeOf = (data: string) => stat(join(data, 'days/2026-11-24.default.db')).then(({ size }) => size)

async function fill(trail: Trail, data: string): Promise<void> {
  for (let one = 0; one === 0 || (await sizeOf(data)) < MEGABYTES * 2 ** 20; one++) {
    const lanes = Array.from({ length: AT_ONCE }, (_, lane) => session(`user${(one * AT_ONCE + lane) % USERS}`))
    await Promise.all(
      lanes.map(async (lane) => {
        for (const entries of lane) await append(trail, entries)
      }),
    )
  }
}

async function fillOnce(at: string): Promise<void> {
  if (existsSync(at)) return
  const trail = await openTrail({ folder: at, keyring, now: () => NOON })
  await fill(trail, at)
  await trail.close()
}

/** A user who asks about a hundred times a second while something is done. */
async function beside(trail: Trail, work: () => Promise<unknown>) {
  const [cpu, began] = [process.cpuUsage(), performance.now()]
  let over = false
  const done = work().finally(() => (over = true))
  const waits: number[] = []
  while (!over)
    for (const entries of session('somebody')) {
      waits.push(await append(trail, entries))
      await wait(5)
      if (over) break
    }
  await done
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6, waits }
}

const row = (name: string, { seconds, cpu, waits }: Awaited<ReturnType<typeof beside>>): string => {
  const [half, most, longest] = [median(waits), quantile(waits, 0.99), Math.max(...waits)].map((ms) => ms.toFixed(1))
  return `| ${name} | ${seconds.toFixed(1)} | ${cpu.toFixed(1)} | ${waits.length} | ${half} | ${most} | ${longest} |\n`
}

const folder = await mkdtemp(join(tmpdir(), 'gatelog-bench-erase-'))
const data = join(folder, 'data')
try {
  await fillOnce(FILLED ?? data)
  if (FILLED) await cp(FILLED, data, { recursive: true })
  const trail = await openTrail({ folder: data, keyring, now: () => NOON })
  nth = (await trail.highest()) / 2
  const [filled, size] = [nth, await sizeOf(data)]
  const clock = () => performance.now()
  const uuid = () => idOf(Number.parseInt(randomUUID().slice(0, 8), 16), NOON)
  const house = { trail, keyring, now: () => NOON, clock, uuid }
  const { holds } = new Custody(house)
  const erasure = new Erasure({ ...house, holds })
  const known = [{ id: 'late', value: SECRET }]
  const rescan = new Rescan({ ...house, holds, engine: () => compile([], { known }), rules: () => 'r', run: 'bench' })
  const rows = [row('nothing', await beside(trail, () => wait(3000)))]
  rows.push(
    row('a user is erased, a hundredth of the file', await beside(trail, () => erasure.erase({ user: 'user1' }, who))),
  )
  const early = idOf(3, NOON + 3)
  rows.push(
    row(
      'one exchange is erased, and cut out of later turns',
      await beside(trail, () => erasure.erase({ exchange: early }, who)),
    ),
  )
  const since = NOON + nth
  for (let one = 0; one < SAYING; one++)
    for (const entries of session(`late${one}`, `the key is ${SECRET} there`)) await append(trail, entries)
  const pages = async () => {
    while ((await rescan.page(since, who)).reached !== undefined);
  }
  rows.push(row('a secret is masked by a rescan', await beside(trail, pages)))
  await trail.close()
  process.stdout.write(
    `## Appends beside an erasure and a rescan\nA day file of ${(size / 2 ** 20).toFixed(0)} MB with ${filled} exchanges of ${USERS} users, and one more user who asks all the time (\`npm run bench:erase\`).\n\n| meanwhile | took s | CPU s | exchanges | median ms | p99 ms | longest ms |\n|---|---|---|---|---|---|---|\n${rows.join('')}`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
