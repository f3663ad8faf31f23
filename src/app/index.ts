/**
 * Configuration to a running house; the only place that wires rooms. What is behind a function is read when it is called:
 * a command line that asks a running server needs none of it.
 */
import type { Config } from './config.ts'
import type { Ears, Gatelog } from './gatelog.ts'

export { folderOf } from './folder.ts'
export type { Config, Gatelog }

/** As `loadConfig` in config.ts. @throws config.invalid, config.missing, config.listen */
export const loadConfig = async (path: string): Promise<Config> => (await import('./config.ts')).loadConfig(path)

/** As `openGatelog` in gatelog.ts. @throws trail.*, config.bind, config.invalid */
export const openGatelog = async (config: Config, ears: Ears): Promise<Gatelog> =>
  (await import('./gatelog.ts')).openGatelog(config, ears)

/** As `openLocal` in gatelog.ts. @throws trail.locked, trail.unavailable */
export const openLocal = async (config: Config) => (await import('./gatelog.ts')).openLocal(config)

/** As `engineOf` in engine.ts. */
export const engineOf = async (config: Config) => (await import('./engine.ts')).engineOf(config)

/** As `giveBackMemory` in garbage.ts. */
export const giveBackMemory = async (): Promise<void> => (await import('./garbage.ts')).giveBackMemory()

/** As `actionsIn` in engine.ts. */
export const actionsIn = async (config: Config) => (await import('./engine.ts')).actionsIn(config)
