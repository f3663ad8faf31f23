/** gatelog.yaml to a configuration, whole or not at all: unknown keys, bad values and bad rules are faults. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'
import { Fault } from '#exchange'
import type { Connection, House } from '#gateway'
import { wrongPublicKey } from '#masking'
import { compileRules, type Rule } from '#policy'
import { type BackupSettings, backupOf } from './config-backup.ts'
import { connectionOf, credentialsOf, type Defaults, saidOf } from './config-connections.ts'
import { copilotOf } from './config-copilot.ts'
import { encryptionOf } from './config-encryption.ts'
import { type ExportSettings, exportOf } from './config-export.ts'
import { type Forward, filesOf, forwardOf } from './config-forward.ts'
import { type MaskingRules, maskingRulesOf } from './config-masking.ts'
import { placed } from './config-place.ts'
import { type PolicyParts, policyPartsOf } from './config-policy.ts'
import { ConfigForm } from './config-schema.ts'
import { type Secrets, secretsOf, type Wrong } from './config-secrets.ts'
import { ConfigText, type References } from './config-text.ts'
import { type Seal, sealOf } from './config-trail.ts'
import { beside } from './folder.ts'
import type { CredentialSource } from './keyholder/credentials.ts'
import { variable, variableNames } from './keyholder/variables.ts'
import type { WrappingForm } from './keyholder/wrapping-keys.ts'

type Form = z.infer<typeof ConfigForm>

export interface Listen {
  readonly host: string
  readonly port: number
}

export interface Config
  extends Pick<Form, 'data' | 'retention' | 'path_keys' | 'durable' | 'on_trail_failure' | 'timeouts' | 'limits'> {
  /** `tls` holds PEM texts. */
  readonly listen: { readonly gateway: Listen; readonly health: Listen; readonly tls?: { cert: string; key: string } }
  /** The public key that originals are sealed to, PEM; undefined where none are kept. */
  readonly originals: string | undefined
  /** Where the wrapping keys are. */
  readonly encryption: WrappingForm
  /** Where the gateway's own credentials towards providers come from, by connection: never what they are. */
  readonly credentials: Readonly<Record<string, CredentialSource>>
  /** Files whose change is a change of the configuration. */
  readonly files: readonly string[]
  /** True where a plain listener beyond loopback was asked for. */
  readonly insecure: boolean
  /** undefined where entries are not sealed. */
  readonly seal: Seal | undefined
  readonly masking: MaskingRules & Secrets
  readonly rules: readonly Rule[]
  /** What decides, as the record may keep it. */
  readonly policy: PolicyParts
  readonly recording: House['recording']
  readonly forward: Forward
  readonly export: ExportSettings
  readonly backup: BackupSettings
  /** Where what must outlive a restored backup is noted; beside the wrapping key where it is not said. */
  readonly journal: string | undefined
  /** Whether a demo connection is configured (or nothing else is). */
  readonly demo: boolean
  /** The connections, the demo one where its upstream runs. */
  connections(demo: URL | undefined): ReadonlyMap<string, Connection>
}

/** Files are sought beside the configuration `name`. */
const systemFor = (name: string): References => ({
  env: variable,
  file: (path) => readFileSync(beside(name, path), 'utf8'),
  names: variableNames,
  readable(path) {
    try {
      accessSync(beside(name, path), constants.R_OK)
      return true
    } catch {
      return false
    }
  },
})

/** Keeps a part of the values: of the rest no reference is resolved and no file is read. */
type Wanted = (values: unknown) => unknown

/** Reads a file; one that is absent means every default. @throws config.invalid, config.missing, config.listen */
export function loadConfig(path: string, wanted?: Wanted): Config {
  return readConfig(existsSync(path) ? readFileSync(path, 'utf8') : '', path, systemFor(path), wanted)
}

/** @throws config.invalid, config.missing, config.listen */
export function readConfig(
  text: string,
  name = 'gatelog.yaml',
  references: References = systemFor(name),
  wanted?: Wanted,
): Config {
  const source = new ConfigText(name, text)
  const parsed = ConfigForm.safeParse(source.values(references, wanted, isHeld))
  if (!parsed.success) throw new Fault('config.invalid', source.told(parsed.error.issues, knownKeys))
  const wrong: Wrong = (path, message) => source.fault(path, message)
  return settle(placed(parsed.data, name, wrong), {
    ...{ name, references, wrong, reads: wanted === undefined },
    written: (text) => source.written(text),
  })
}

/** What the holder of keys alone reads: references there are left as they are. */
const isHeld = ([first, second, third, ...rest]: readonly PropertyKey[]): boolean =>
  rest.length === 0 && third === 'key' && (first === 'connections' || (first === 'forward' && second === 'ca'))

interface How {
  /** The file. */
  readonly name: string
  readonly references: References
  readonly wrong: Wrong
  /** Whether certificates are read too. */
  readonly reads: boolean
  /** Puts references back in the place of what they held. */
  written(text: string): string
}

function settle(form: Form, { name, references, wrong, reads, written }: How): Config {
  const listen = {
    gateway: listenOf(form.listen.gateway),
    health: listenOf(form.listen.health),
    ...(form.listen.tls && { tls: reads ? tlsOf(form.listen.tls, wrong) : { cert: '', key: '' } }),
  }
  if (listen.gateway.port !== 0 && listen.gateway.port === listen.health.port)
    throw wrong(['listen', 'health'], 'gateway and health cannot have the same port')
  const beyond = (['gateway', 'health'] as const).find((door) => !isLoopback(listen[door].host))
  const plain = beyond !== undefined && !listen.tls
  if (plain && !form.insecure_listen)
    throw new Fault('config.listen', wrong(['listen', beyond], form.listen[beyond]).detail)
  const local = isLoopback(listen.gateway.host)
  const forms = Object.keys(form.connections).length || !local ? form.connections : { demo: DEMO }
  const demo = Object.values(forms).some(({ kind }) => kind === 'demo')
  if (demo && !local) throw wrong(['connections'], 'the demo connection exists only on loopback')
  const { drain_ms: _, ...timeouts } = form.timeouts
  const listener = { ...listen.gateway, tls: listen.tls !== undefined, proxy: reads && form.forward.enabled }
  const copilot = copilotOf(form.copilot, listener, wrong)
  const defaults = { durable: form.durable, timeouts, copilot, wrong }
  const connections = (url: URL | undefined) => connectionsOf(forms, defaults, url)
  connections(new URL('http://127.0.0.1'))
  const masking = maskingRulesOf(form.masking, wrong)
  const rules = [...masking.rules, ...masking.foreign].map(({ id }) => id)
  const secrets = secretsOf(form.masking, { connections: Object.keys(forms), rules, references, wrong })
  return {
    listen,
    files: [
      ...(form.listen.tls ? [form.listen.tls.cert, form.listen.tls.key] : []),
      ...form.masking.known.flatMap(({ file }) => file ?? []),
      ...masking.files,
      ...(form.masking.originals?.public_key.startsWith('-----BEGIN') === false
        ? [form.masking.originals.public_key]
        : []),
      ...filesOf(form.forward),
    ],
    insecure: plain,
    data: form.data,
    retention: form.retention,
    encryption: encryptionOf(form.encryption),
    originals: reads ? originalsOf(form.masking.originals, wrong) : undefined,
    path_keys: form.path_keys,
    durable: form.durable,
    on_trail_failure: form.on_trail_failure,
    seal: sealOf(form.trail, wrong),
    masking: { ...masking, ...secrets },
    credentials: credentialsOf(forms, name),
    timeouts: form.timeouts,
    limits: form.limits,
    rules: rulesOf(form, wrong),
    policy: policyPartsOf({ ...form, connections: forms }, masking.imported, written),
    recording: recordingOf(form),
    forward: forwardOf(form.forward, name, wrong),
    export: exportOf(form.export, wrong),
    backup: backupOf(form.backup, form.data, wrong),
    journal: form.backup.journal,
    demo,
    connections,
  }
}

/** The PEM text of the key that originals are sealed to. A private one is refused, wherever it came from. */
function originalsOf(form: Form['masking']['originals'], wrong: Wrong): string | undefined {
  if (!form) return undefined
  const at = ['masking', 'originals', 'public_key']
  const pem = form.public_key.startsWith('-----BEGIN')
    ? form.public_key
    : pemIn(form.public_key, () => wrong(at, 'the file cannot be read'))
  const why = wrongPublicKey(pem)
  if (why) throw wrong(at, why)
  return pem
}

function pemIn(path: string, unreadable: () => Fault): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw unreadable()
  }
}

/** Reads certificate and key, and tries them together. */
function tlsOf(paths: { cert: string; key: string }, wrong: Wrong): { cert: string; key: string } {
  const [cert, key] = (['cert', 'key'] as const).map((name) => {
    try {
      return readFileSync(paths[name], 'utf8')
    } catch {
      throw wrong(['listen', 'tls', name], 'the file cannot be read')
    }
  }) as [string, string]
  try {
    createSecureContext({ cert, key })
  } catch {
    throw wrong(['listen', 'tls', 'cert'], 'no PEM certificate that belongs to the key')
  }
  return { cert, key }
}

function rulesOf(form: Form, wrong: Wrong): Rule[] {
  const { rules, problems } = compileRules(form.rules)
  const told = problems.map(({ path, message }) => wrong(['rules', ...path], message).detail)
  if (told.length) throw new Fault('config.invalid', told.join('\n'))
  return rules
}

const recordingOf = ({ keep, retain, groups }: Form): House['recording'] => ({
  all: { keep, retain },
  groups: new Map(Object.entries(groups).map(([name, { keep, retain }]) => [name, saidOf(keep, retain)])),
})

const DEMO: Form['connections'][string] = {
  kind: 'demo',
  credentials: 'passthrough',
  private_addresses: 'refuse',
  unknown_routes: 'refuse',
  mask: 'replace',
}

function connectionsOf(forms: Form['connections'], defaults: Defaults, demo: URL | undefined) {
  const out = new Map<string, Connection>()
  for (const [name, form] of Object.entries(forms)) {
    const connection = connectionOf(name, form, defaults, demo)
    if (connection) out.set(name, connection)
  }
  return out
}

function listenOf(address: string): Listen {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** The keys that a path of the configuration may have, for "did you mean". */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.core.$ZodType | undefined = ConfigForm
  for (const key of path) schema = stepInto(unwrapped(schema), key)
  const found = unwrapped(schema)
  if (found instanceof z.ZodDiscriminatedUnion) return [...new Set(found.options.flatMap(keysOf))]
  return keysOf(found)
}

const keysOf = (schema: z.core.$ZodType | undefined): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : []

const hasKey = (schema: z.core.$ZodType, key: PropertyKey) => keysOf(schema).includes(String(key))

function stepInto(schema: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)]
  if (schema instanceof z.ZodRecord) return schema.valueType
  if (schema instanceof z.ZodDiscriminatedUnion)
    return stepInto(
      schema.options.find((each) => hasKey(each, key)),
      key,
    )
  return schema instanceof z.ZodArray ? schema.element : undefined
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap()
  return inner
}
