/** A restore as somebody asks for it: places by their names, else those of the configuration. Opens nothing that runs. */
import { resolve } from 'node:path'
import { Fault } from '#exchange'
import { namesAt, type Place } from '#export'
import { loadConfig } from '../config.ts'
import { type RestoreReport, restoreBackup } from './restore.ts'
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

/** The names of the backups at a place, oldest first. @throws backup.place, config.*, usage.option */
export async function backupsIn(asked: Pick<Restoring, 'config' | 'from'>): Promise<string[]> {
  const from = placeOf(asked, loadConfig(asked.config).backup)
  return namesAt(from).finally(() => from.close())
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
