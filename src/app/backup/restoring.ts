/** A restore as somebody asks for it: places by their names, else those of the configuration. Opens nothing that runs. */
import { resolve } from 'node:path'
import { Fault, faultOf } from '#exchange'
import { namesAt, openBackup, type Place, recordIn } from '#export'
import { loadConfig } from '../config.ts'
import { keysFor, type RestoreReport, restoreBackup } from './restore.ts'
import { openPlace } from './shipping.ts'

export interface Restoring {
  /** The configuration’s path. */
  readonly config: string
  /** Folders; the places of the configuration where they are left out. */
  readonly from?: string | undefined
  readonly keys?: string | undefined
  readonly withoutKeys?: boolean | undefined
  readonly name?: string | undefined
  readonly trustKeys?: boolean | undefined
  readonly dryRun?: boolean | undefined
  readonly reader: string
  progress?(done: number, total: number): void
}

/** @throws backup.*, trail.*, seal.*, config.*, usage.option */
export async function restoreFrom(asked: Restoring): Promise<RestoreReport> {
  const config = loadConfig(asked.config)
  const from = placeOf(asked, config.backup)
  const keys = keysOf(asked, config.backup)
  const { name, reader, progress } = asked
  try {
    return await restoreBackup({
      ...{ config, from, keys, name, reader, trustKeys: asked.trustKeys === true, dryRun: asked.dryRun === true },
      ...(progress && { progress }),
    })
  } finally {
    await from.close()
    if (keys !== 'none') await keys.close()
  }
}

/** A backup at a place. All but its name is absent where it cannot be read; `wrong` says why. Times in ms since the Unix epoch. */
export interface ListedBackup {
  readonly name: string
  readonly taken?: number
  /** The last seq in it, and how many entries its log covers. */
  readonly last?: number
  readonly sealed?: number
  readonly files?: number
  readonly bytes?: number
  readonly wrong?: string
}

/** The backups at a place, oldest first. @throws backup.none where none is, backup.place, config.*, usage.option */
export async function backupsIn(asked: Pick<Restoring, 'config' | 'from'>): Promise<ListedBackup[]> {
  const config = loadConfig(asked.config)
  await using from = closing(placeOf(asked, config.backup))
  const names = await namesAt(from.place)
  if (names.length === 0) throw new Fault('backup.none', `nothing of one lies in ${from.place.told}`)
  const listed: ListedBackup[] = []
  for (const name of names) listed.push(await listedAt(from.place, name, config))
  return listed
}

const closing = (place: Place) => ({ place, [Symbol.asyncDispose]: () => place.close() })

async function listedAt(from: Place, name: string, config: Parameters<typeof keysFor>[0]): Promise<ListedBackup> {
  try {
    const keyholder = await keysFor(config, await recordIn(from, name))
    const { at, last, sealed, files } = await openBackup(from, name, keyholder).finally(() => keyholder.close())
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    return { name, taken: at, last, sealed, files: files.length, bytes }
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code === 'backup.place') throw fault
    return { name, wrong: fault.message }
  }
}

type Settings = ReturnType<typeof loadConfig>['backup']

function placeOf({ from }: Pick<Restoring, 'from'>, { to }: Settings): Place {
  const where = from === undefined ? to : resolve(from)
  if (where === undefined)
    throw new Fault('usage.option', 'say from where: a folder here, or backup.to in gatelog.yaml')
  return openPlace(where)
}

function keysOf({ from, keys, withoutKeys }: Restoring, settings: Settings): Place | 'none' {
  if (withoutKeys) return 'none'
  const where = keys === undefined ? (from === undefined ? settings.keys : undefined) : resolve(keys)
  if (where === undefined)
    throw new Fault('usage.option', 'say --keys, where the copy of the keys of sessions is; or --without-keys')
  return openPlace(where)
}
