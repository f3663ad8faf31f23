/** What a command that only reads needs of a configuration: where the record is, and names. Resolves no secret, reads no other file. */
import { type Config, loadConfig } from './config.ts'

/** `connections` hold no credential, and nothing may be sent with them. */
export interface Names
  extends Pick<
    Config,
    | 'data'
    | 'retention'
    | 'journal'
    | 'encryption'
    | 'path_keys'
    | 'limits'
    | 'insecure'
    | 'connections'
    | 'demo'
    | 'seal'
  > {
  /** `tls` says only that there is one. */
  readonly listen: Config['listen']
  readonly masking: Pick<Config['masking'], 'secret_search'>
  /** True where the record is only looked at: what a process that died left open stays so. */
  readonly asItIs?: boolean
  /** True where the folder is another than the configuration's: a copy, which may be older. */
  readonly copy?: boolean
  /** Read when it is asked for, with its files and references. */
  readonly forward: Config['forward']
  /** Likewise; of sinks nothing is read. */
  readonly export: Pick<Config['export'], 'anchors' | 'anchors_grace_ms'>
}

type Plain = Readonly<Record<string, unknown>>

const plainOf = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {}

/** Stands for a credential that nobody asked for. */
const UNREAD = 'unread'

/** Leaves out what holds secrets, names further files or judges prompts: none of it is looked at, nor need it be right. */
function named(values: unknown): unknown {
  if (plainOf(values) !== values) return values
  const { rules: _rules, forward: _forward, export: _export, masking, connections, backup, ...kept } = plainOf(values)
  const { secret_search: search } = plainOf(masking)
  const { journal } = plainOf(backup)
  return {
    ...kept,
    ...(journal !== undefined && { backup: { journal } }),
    ...(search !== undefined && { masking: { secret_search: search } }),
    ...(connections !== undefined && { connections: each(connections, withoutSecrets) }),
  }
}

const each = (values: unknown, of: (value: unknown) => unknown): unknown =>
  plainOf(values) === values
    ? Object.fromEntries(Object.entries(plainOf(values)).map(([name, value]) => [name, of(value)]))
    : values

function withoutSecrets(connection: unknown): unknown {
  if (plainOf(connection) !== connection) return connection
  const { upstream_ca: _ca, proxy: _proxy, key, ...kept } = plainOf(connection)
  return { ...kept, ...(key !== undefined && { key: UNREAD }) }
}

const forwardOf = (values: unknown): unknown => {
  const { data, forward } = plainOf(values)
  return { ...(data !== undefined && { data }), ...(forward !== undefined && { forward }) }
}

const anchorsOf = (values: unknown): unknown => {
  const { data, export: sent } = plainOf(values)
  const { sinks: _sinks, ...anchors } = plainOf(sent)
  return { ...(data !== undefined && { data }), ...(sent !== undefined && { export: anchors }) }
}

/** As `loadConfig`, of so much as a reader needs. @throws config.invalid, config.missing, config.listen */
export function loadNames(path: string): Names {
  const {
    data,
    retention,
    journal,
    encryption,
    path_keys,
    limits,
    insecure,
    connections,
    demo,
    listen,
    masking,
    seal,
  } = loadConfig(path, named)
  return {
    ...{ data, retention, journal, encryption, path_keys, limits, insecure, connections, demo, listen, masking, seal },
    get forward() {
      return loadConfig(path, forwardOf).forward
    },
    get export() {
      return loadConfig(path, anchorsOf).export
    },
  }
}
