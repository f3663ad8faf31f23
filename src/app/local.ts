/** The admin API over a record that no server holds, for the command line. Makes a record only where something is to be kept. */
import { join } from 'node:path'
import { connectionsOnly, routes } from '#console'
import { Fault, type Keyring } from '#exchange'
import { WAIT_MS } from '#export'
import { compile, type Engine, RULES } from '#masking'
import { PATIENCE_MS } from '#trail'
import { anchoring } from './anchored.ts'
import { backendOf, waysOf } from './backend.ts'
import { Shipping } from './backup/shipping.ts'
import { SEALED_MS } from './backup/take.ts'
import { caOf, type HeldCa } from './ca/held.ts'
import type { BackupSettings } from './config-backup.ts'
import type { Names } from './config-names.ts'
import type { Seal } from './config-trail.ts'
import { sightingsOf } from './made.ts'
import { HERE, lookAt, type OpenRecord, openRecord } from './record.ts'
import { isThere } from './there.ts'

export interface Local {
  /** @throws trail.none, trail.damaged, disk.path, trail.locked, trail.unavailable, config.* */
  request(path: string, init: RequestInit): Promise<Response>
  close(): Promise<void>
}

/** Rules and known values of a configuration. `version`: as a server of it would tell it. */
export interface FullRules {
  readonly engine: Engine
  version(keyring: Keyring): string
}

/** What a first key or CA is kept in is made for it. */
const KEEPS = /^\/(keys|ca)\b/
const OF_CA = /^\/(ca|checks)\b/
/** Before something goes it is sealed, and the entry that says so is; what is backed up has a log that covers it. */
const SEALS = /^\/(erase|rescan|purge|backup)\b/

/** So long they wait for anchors at their end, ms, where none answers: for the head that is tried, and for the last one. */
const ENDING_MS = 2 * WAIT_MS

const QUIET = () => undefined

/** What is configured is read only where a backup is asked for. */
const NO_BACKUP = (): BackupSettings => ({ keep: 30, everyMs: undefined })

/**
 * Opens nothing before it is asked for: connections need no record, and of all but the CA no file is read. `reader`: who
 * runs this process. `full`: the rules and known values of the configuration, with all that they refer to. `tell`: lines that
 * say what is waited for.
 */
export function openLocal(
  names: Names,
  reader = 'unknown',
  full?: () => Promise<FullRules>,
  backup = NO_BACKUP,
  tell: (line: string) => void = QUIET,
): Local {
  const connections = () => names.connections(undefined)
  let record: ReturnType<typeof openRecord> | undefined
  let ca: HeldCa | undefined
  let engine: Engine | undefined
  let known: Promise<FullRules> | undefined
  return {
    async request(path, init) {
      if (path.startsWith('/connections')) return connectionsOnly(waysOf(connections)).request(path, init)
      const makes = init.method === 'POST' && KEEPS.test(path)
      if (!isThere(names.data) && !makes) throw new Fault('trail.none', names.data)
      record ??= openedFor(path, names, tell).catch((error) => {
        record = undefined // asked again, it is tried again
        throw error
      })
      const opened = await record
      if (OF_CA.test(path)) ca ??= await caOf(names, opened.keyholder)
      const compiled = () => (engine ??= compile(RULES))
      const sightings = () => sightingsOf(opened.trail, compiled, QUIET)
      if (path.startsWith('/rescan')) known ??= full?.()
      const rescanning = path.startsWith('/rescan') ? await known : undefined
      const version = rescanning?.version(opened.keyring) ?? 'built in'
      const { data } = names
      const settings = path === '/backup' ? backup : NO_BACKUP
      const shipping = new Shipping({ ...opened, data, now: Date.now, tell: QUIET, settings })
      const house = { config: () => names, shipping, connections, ca: () => ca, sightings, rules: () => version }
      const engineNow = rescanning ? () => rescanning.engine : compiled
      const who = { value: reader, source: 'observed' } as const
      return routes(backendOf({ ...opened, ...house, engine: engineNow, reader: who, waits: tell })).request(path, init)
    },
    async close() {
      const opened = await record
      await opened?.reads.close()
      await opened?.close()
    },
  }
}

function openedFor(path: string, names: Names, tell: (line: string) => void): Promise<OpenRecord> {
  if (names.asItIs) return lookAt(names)
  const { seal } = names
  if (!seal || !SEALS.test(path)) return openRecord(names)
  const ms = (path.startsWith('/backup') ? SEALED_MS : PATIENCE_MS) + ENDING_MS
  const waits = (anchors: readonly string[]) =>
    tell(
      `nothing is sealed before an anchor tells what it has seen of the log: waiting for ${anchors.join(', ')}, ${ms / 1000} s at most`,
    )
  return openSealing(names, seal, waits)
}

/** The key that seals is read, and the anchors are asked before anything is signed with it. @throws also seal.* */
async function openSealing(names: Names, seal: Seal, waits: (anchors: readonly string[]) => void): Promise<OpenRecord> {
  const { anchors: settings, anchors_grace_ms: graceMs } = names.export
  const anchored = anchoring({ folder: join(names.data, 'seal'), settings, graceMs, tell: QUIET, waits })
  try {
    const record = await openRecord(names, { ...HERE, seal, guard: (signer) => anchored.guard(signer) })
    const close = async () => {
      await record.close()
      await anchored.anchors?.close()
    }
    return { ...record, close }
  } catch (error) {
    await anchored.anchors?.close()
    throw error
  }
}
