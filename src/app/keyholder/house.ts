/** What the command line may ask about the wrapping keys of an open record, and what `doctor` says of them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { url as inspectorUrl } from 'node:inspector'
import { join, resolve, sep } from 'node:path'
import type { CheckRow, WrappingHouse } from '#console'
import { type Fact, faultOf } from '#exchange'
import { GIVEN_UP, type Trail } from '#trail'
import { knownUnder, placesUnder, type Under } from '../backup/under.ts'
import type { Keyholder } from './index.ts'

export interface WrappingRecord {
  readonly trail: Trail
  readonly keyholder: Keyholder
  readonly via: 'server' | 'local'
  /** Who runs a command that opened the record itself. */
  readonly reader?: Fact
  uuid(): string
  now(): number
}

/** Rotates what wraps, and tells what there is. */
export function wrappingHouse({ trail, keyholder, via, reader, uuid, now }: WrappingRecord): WrappingHouse {
  return {
    async rows() {
      const [rows, under] = [await trail.keys.wrappers(), await knownUnder(trail.documents)]
      const known = new Set(rows.map(({ name }) => name))
      const others = new Set(under.flatMap(({ keys }) => keys.filter((name) => !known.has(name))))
      const all = [...rows, ...[...others].map((name) => ({ name, current: false, keys: 0 }))]
      return all.map((row) => {
        const backups = placesUnder(under, row.name)
        return { ...row, here: keyholder.known.includes(row.name), ...(backups.length > 0 && { backups }) }
      })
    },
    async rotate(lost) {
      const before = await trail.keys.wrappers()
      const isHere = (name: string) => keyholder.known.includes(name)
      const begun = before.some(({ name, current, keys }) => !current && keys > 0 && isHere(name))
      if (!lost && before.some(({ name, current }) => current && !isHere(name))) await trail.keys.rewrap('refuse')
      if (!begun || !isHere(keyholder.name)) await keyholder.renew()
      const done = await trail.keys.rewrap(lost ? 'go on' : 'refuse')
      const former = before.map(({ name }) => name).filter((name) => name !== keyholder.name && name !== GIVEN_UP)
      const told = { key: keyholder.name, former, ...done }
      const note = { kind: 'rotated', exchange: uuid(), at: now(), via, ...(reader && { reader }), ...told } as const
      await trail.append(note)
      return { ...told, ...(keyholder.place !== undefined && { place: keyholder.place }) }
    },
  }
}

/** Whether every key is here, lies outside the data folder, and is its owner’s alone. */
export async function keyChecks(trail: Trail, keyholder: Keyholder, data: string): Promise<CheckRow[]> {
  const rows = await trail.keys.wrappers()
  const gone = rows.filter(({ name, keys }) => keys > 0 && !keyholder.known.includes(name))
  const left = rows.filter((row) => !row.current && row.keys > 0 && !gone.includes(row))
  const { place } = keyholder
  return [
    ...gone.map(({ name, keys, current }) => goneRow(name, keys, current)),
    ...(place === undefined ? [] : placeRows(place, data)),
    ...left.map(({ name, keys }): CheckRow => {
      const told = `${keys} keys of sessions are still under the key ${name}`
      return { check: 'keys', state: 'warn', told, remedy: 'Go on with the rotation: gatelog trail rotate-key' }
    }),
    ...backupRows(await knownUnder(trail.documents), keyholder),
    ...keyholder.damaged.map((told): CheckRow => {
      const remedy =
        'Put back a copy of it, or remove it where no backup and no older copy of keys.db is under that key.'
      return { check: 'key file', state: 'warn', told, remedy }
    }),
    ...(gone.length + left.length ? [] : [{ check: 'keys', state: 'ok', told: goodRow(rows, keyholder) } as const]),
    ...(await heldRow(keyholder)),
  ]
}

function goneRow(name: string, keys: number, current: boolean): CheckRow {
  const told = `the key ${name}, which ${keys} keys of sessions are under, is not here: their bodies are locked`
  const back = 'Put its file back where it was, and start again.'
  const remedy = current ? `${back} If it is lost for good: gatelog trail rotate-key --lost.` : back
  return { check: 'keys', state: current ? 'fail' : 'warn', told, remedy }
}

/** Backups outlive a rotation: the key that they are under is needed for as long as they are. */
function backupRows(under: readonly Under[], { name: current, known }: Keyholder): CheckRow[] {
  const names = [...new Set(under.flatMap(({ keys }) => keys))].filter((name) => name !== current)
  return names.map((name) => {
    const told = `backups in ${placesUnder(under, name).join(' and in ')} are under the key ${name}`
    if (known.includes(name))
      return { check: 'backup key', state: 'ok', told: `${told}: keep its file as long as them` }
    const remedy =
      'Keep a copy of that key elsewhere; if it is lost, take a backup now: the older ones cannot be put back.'
    return { check: 'backup key', state: 'warn', told: `${told}, which is not here`, remedy }
  })
}

function goodRow(rows: Awaited<ReturnType<Trail['keys']['wrappers']>>, { name, place, pid }: Keyholder): string {
  const count = rows.reduce((sum, { keys }) => sum + keys, 0)
  const where = place ?? 'the configuration'
  return `${count} keys of sessions under ${name}, from ${where}${pid === undefined ? '' : `, held by process ${pid}`}`
}

/** What the process that holds the keys was asked since it was started. */
async function heldRow(keyholder: Keyholder): Promise<CheckRow[]> {
  if (keyholder.pid === undefined) return []
  return orFault('keyholder', async () => {
    const asked = Object.entries(await keyholder.counts()).map(([call, times]) => `${call} ${times}`)
    return [{ check: 'keyholder', state: 'ok', told: `asked for ${asked.join(', ') || 'nothing'}` }]
  })
}

/** Rows, or one that says why there are none: what cannot be looked at hides nothing else. */
export async function orFault(check: string, rows: () => Promise<CheckRow[]>): Promise<CheckRow[]> {
  try {
    return await rows()
  } catch (error) {
    const { message, remedy } = faultOf(error)
    return [{ check, state: 'fail', told: message, remedy }]
  }
}

function placeRows(place: string, data: string): CheckRow[] {
  const inside = resolve(place).startsWith(resolve(data) + sep)
  const within: CheckRow = {
    ...{ check: 'key folder', state: 'warn' },
    told: `the wrapping key lies in the data folder (${place}): whoever has that can read all of it, and write lines that look true`,
    remedy: 'Set encryption.keys to a folder elsewhere, move its files there, and start again.',
  }
  const open = [place, ...filesIn(place)].find((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0)
  const exposed: CheckRow = {
    ...{ check: 'key folder', state: 'fail', told: `others may read ${open}` },
    remedy: `chmod -R go= ${place}`,
  }
  return [...(inside ? [within] : []), ...(open === undefined ? [] : [exposed])]
}

const filesIn = (place: string): string[] =>
  existsSync(place) ? readdirSync(place).map((name) => join(place, name)) : []

/** Whether what a server holds in memory may come out of it by a core dump or an inspector. Linux says so itself. */
export function memoryCheck(): CheckRow {
  const cores = coresAllowed()
  const inspector = !process.execArgv.includes('--disable-sigusr1') || inspectorUrl() !== undefined
  if (!cores && !inspector)
    return { check: 'memory', state: 'ok', told: 'no core dumps, and no signal opens an inspector' }
  const told = [
    cores && 'a process that breaks leaves a core dump',
    inspector && 'an inspector can be opened by a signal',
  ]
  const remedy =
    'Start it as `gatelog serve` or `npm start`, with /bin/sh there; else: ulimit -c 0, node --disable-sigusr1.'
  return { check: 'memory', state: 'warn', told: told.filter(Boolean).join(', and '), remedy }
}

function coresAllowed(): boolean {
  if (!existsSync('/proc/self/limits')) return true
  return !/^Max core file size +0 +0 /m.test(readFileSync('/proc/self/limits', 'utf8'))
}
