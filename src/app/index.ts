/** Configuration to a running house; the only place that wires rooms. */

export { type Config, loadConfig } from './config.ts'
export { engineOf } from './engine.ts'
export { type Gatelog, openGatelog, openLocal } from './gatelog.ts'
