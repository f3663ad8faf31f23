/** The masking engine that a configuration asks for: one for the gateway and for every command. Scans nothing itself. */
import { compile, type Engine } from '#masking'
import type { Config } from './config.ts'

/** Gatelog's own rules that are not switched off, the exact values, then rules of users. */
export const engineOf = ({ masking }: Pick<Config, 'masking'>): Engine => compile(masking.rules, masking)
