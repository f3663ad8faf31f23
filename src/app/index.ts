/**
 * Configuration to a running house; the only place that wires rooms. What is behind a function is read when it is called:
 * a command line that asks a running server needs none of it.
 */
import { Fault } from '#exchange'
import type { ListedBackup, Restoring } from './backup/restoring.ts'
import type { Config } from './config.ts'
import type { Names } from './config-names.ts'
import type { Ears, Gatelog } from './gatelog.ts'
import type { FullRules } from './local.ts'

export type { RestoreReport } from './backup/restore.ts'
export { folderOf } from './folder.ts'
export type { Config, Gatelog, ListedBackup, Names, Restoring }

/** As `loadConfig` in config.ts. @throws config.invalid, config.missing, config.listen */
export const loadConfig = async (path: string): Promise<Config> => (await import('./config.ts')).loadConfig(path)

/** As `loadNames` in config-names.ts. @throws config.invalid, config.missing, config.listen */
export const loadNames = async (path: string): Promise<Names> => (await import('./config-names.ts')).loadNames(path)

/** As `openGatelog` in gatelog.ts. @throws trail.*, config.bind, config.invalid */
export const openGatelog = async (config: Config, ears: Ears): Promise<Gatelog> =>
  (await import('./gatelog.ts')).openGatelog(config, ears)

/** As `openLocal` in local.ts. @throws trail.locked, trail.unavailable, config.* */
export const openLocal = async (names: Names, reader?: string, config?: string, tell?: (line: string) => void) => {
  const [{ openLocal }, { loadConfig }] = await Promise.all([import('./local.ts'), import('./config.ts')])
  if (config === undefined) return openLocal(names, reader)
  const full = () => rulesIn(loadConfig(config))
  return openLocal(names, reader, full, () => loadConfig(config).backup, tell)
}

/** As `restoreFrom` in backup/restoring.ts. @throws backup.*, trail.*, seal.*, config.* */
export const restoreFrom = async (asked: Restoring) => (await import('./backup/restoring.ts')).restoreFrom(asked)

/** As `beginLogIn` in begin-log.ts. @throws seal.*, trail.*, config.* */
export const beginLog = async (config: string, asked: { why: string; reader: string }) =>
  (await import('./begin-log.ts')).beginLogIn(await loadConfig(config), asked)

/** As `migrate` in the trail, on the data folder of a configuration. @throws trail.*, config.* */
export const migrateRecord = async (
  config: string,
  options: { dryRun: boolean; progress(done: number, total: number): void },
) => {
  const { data } = await loadNames(config)
  if (!(await isThere(data))) throw new Fault('trail.none', data)
  return (await import('#trail')).migrate(data, options)
}

/** As `isThere` in there.ts. @throws trail.damaged, disk.* */
export const isThere = async (data: string) => (await import('./there.ts')).isThere(data)

/** As `backupsIn` there. */
export const backupsIn = async (asked: Pick<Restoring, 'config' | 'from'>): Promise<ListedBackup[]> =>
  (await import('./backup/restoring.ts')).backupsIn(asked)

/** Hosts of all supported providers; what is below one belongs to it. */
export const providerHosts = async () => (await import('./ca/providers.ts')).PROVIDER_HOSTS

/** As `engineOf` in engine.ts, without what the gateway sends as its own credentials. */
export const engineOf = async (config: Config) => (await import('./engine.ts')).engineOf(config)

/** The same with them: each is read from where the configuration says. @throws upstream.credential */
export const engineWith = async (config: Config) => (await rulesIn(config)).engine

/** The same with its version. */
async function rulesIn(config: Config): Promise<FullRules> {
  const [{ brokeredKnown, engineOf }, { Credentials }, { policyOf }] = await Promise.all([
    import('./engine.ts'),
    import('./keyholder/credentials.ts'),
    import('./policy.ts'),
  ])
  const held = new Credentials(config.credentials, Date.now)
  const values = await Promise.all(Object.keys(config.credentials).map((name) => held.of(name)))
  const brokered = brokeredKnown(values)
  const engine = engineOf(config, brokered)
  return { engine, version: (keyring) => policyOf(config, engine, keyring, brokered).id }
}

/** As `giveBackMemory` in garbage.ts. */
export const giveBackMemory = async (): Promise<void> => (await import('./garbage.ts')).giveBackMemory()

/** As `actionsIn` in engine.ts. */
export const actionsIn = async (config: Config) => (await import('./engine.ts')).actionsIn(config)
