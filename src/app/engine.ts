/** The masking engine that a configuration asks for: one for the gateway and for every command. Scans nothing itself. */
import { compile, type Engine, RULES } from '#masking'
import type { Config } from './config.ts'

export const engineOf = ({ masking }: Pick<Config, 'masking'>): Engine => compile(RULES, { known: masking.known })
