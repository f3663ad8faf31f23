/**
 * Configuration to a running house; the only place that wires rooms. What is behind a function is read when it is called:
 * a command line that asks a running server needs none of it.
 */
import type { Config } from './config.ts'
import type { Names } from './config-names.ts'
import type { Ears, Gatelog } from './gatelog.ts'

export { folderOf } from './folder.ts'
export type { Config, Gatelog, Names }

/** As `loadConfig` in config.ts. @throws config.invalid, config.missing, config.listen */
export const loadConfig = async (path: string): Promise<Config> => (await import('./config.ts')).loadConfig(path)

/** As `loadNames` in config-names.ts. @throws config.invalid, config.missing, config.listen */
export const loadNames = async (path: string): Promise<Names> => (await import('./config-names.ts')).loadNames(path)

/** As `openGatelog` in gatelog.ts. @throws trail.*, config.bind, config.invalid */
export const openGatelog = async (config: Config, ears: Ears): Promise<Gatelog> =>
  (await import('./gatelog.ts')).openGatelog(config, ears)

/** As `openLocal` in local.ts. @throws trail.locked, trail.unavailable, config.* */
export const openLocal = async (names: Names, reader?: string, config?: string) => {
  const [{ openLocal }, { engineOf }, { loadConfig }] = await Promise.all([
    import('./local.ts'),
    import('./engine.ts'),
    import('./config.ts'),
  ])
  let engine: ReturnType<typeof engineOf> | undefined
  return openLocal(names, reader, config === undefined ? undefined : () => (engine ??= engineOf(loadConfig(config))))
}

/** Hosts of all supported providers; what is below one belongs to it. */
export const providerHosts = async () => (await import('./ca/providers.ts')).PROVIDER_HOSTS

/** As `engineOf` in engine.ts. */
export const engineOf = async (config: Config) => (await import('./engine.ts')).engineOf(config)

/** As `giveBackMemory` in garbage.ts. */
export const giveBackMemory = async (): Promise<void> => (await import('./garbage.ts')).giveBackMemory()

/** As `actionsIn` in engine.ts. */
export const actionsIn = async (config: Config) => (await import('./engine.ts')).actionsIn(config)
