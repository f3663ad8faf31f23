/** The shape of gatelog.yaml: every key, its default and its meaning. Reads no file. */
import { z } from 'zod'
import { OwnRuleForm } from '#masking'
import { Keep, Retain, RuleForm } from '#policy'
import { BackupForm } from './config-backup.ts'
import { CopilotForm } from './config-copilot.ts'
import { EncryptionForm } from './config-encryption.ts'
import { ExportForm } from './config-export.ts'
import { ForwardForm, PrivateAddresses } from './config-forward.ts'
import { origin } from './config-origin.ts'
import { ActionForm, KnownForm, name } from './config-secrets.ts'
import { TrailForm } from './config-trail.ts'

const duration = z.number().int().positive().max(86_400_000)
const ms = (value: number) => duration.default(value)
const bytes = (value: number) => z.number().int().positive().default(value)
const address = (value: string) =>
  z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'an address is host:port')
    .refine((given) => Number(given.slice(given.lastIndexOf(':') + 1)) <= 65_535, 'a port is at most 65535')
    .default(value)

const Timeouts = z.strictObject({
  connect_ms: ms(10_000),
  first_byte_ms: ms(600_000),
  idle_ms: ms(300_000),
  total_ms: ms(3_600_000),
  drain_ms: ms(60_000),
})

/** RFC 9110, token. */
const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'a header name')

/** What a connection may set for itself; what it leaves out is as for all. */
const OwnTimeouts = z.strictObject({
  connect_ms: duration.optional(),
  first_byte_ms: duration.optional(),
  idle_ms: duration.optional(),
  total_ms: duration.optional(),
})

const Durable = z.enum(['before', 'during', 'each-event'])

export const ConnectionForm = z.strictObject({
  kind: z.enum(['copilot', 'openai', 'anthropic', 'openai-compatible', 'demo']),
  credentials: z.enum(['passthrough', 'brokered']).default('passthrough').describe('Whose credential goes upstream'),
  key: z
    .union([z.string().min(1), z.strictObject({ command: z.array(z.string().min(1)).min(1) })])
    .optional()
    .describe('The brokered credential: ${file:/…}, ${env:X}, or a command that prints it'),
  key_header: header.optional().describe('The header for it; Azure OpenAI wants api-key'),
  plan: z.enum(['business', 'enterprise', 'individual']).optional().describe('Copilot: which hosts'),
  ghe: z
    .string()
    .regex(/^[a-z0-9-]+$/i)
    .optional()
    .describe('Copilot on GHE.com: SUB of SUB.ghe.com'),
  url: origin.optional().describe('The provider’s base address; required for openai-compatible'),
  hosts: z.record(name, origin).optional().describe('Addresses by host name, in place of the known ones'),
  upstream_ca: z.string().optional().describe('PEM file of further CAs to trust'),
  proxy: z
    .url({ protocol: /^https?$/, error: 'an http or https address' })
    .optional()
    .describe('HTTP proxy towards the provider'),
  private_addresses: PrivateAddresses.describe(
    'Whether a name of its addresses may lead into a private network, and an address to the link itself',
  ),
  unknown_routes: z.enum(['refuse', 'record-and-pass']).default('refuse'),
  websocket: z
    .enum(['record', 'refuse'])
    .optional()
    .describe('record: each turn is an exchange; refuse: clients fall back to HTTP. By kind unless set'),
  mask: z
    .enum(['replace', 'restore'])
    .default('replace')
    .describe('restore: what is masked in a prompt comes back to its sender where the reply repeats it'),
  durable: Durable.optional(),
  keep: Keep.optional(),
  retain: Retain.optional(),
  timeouts: OwnTimeouts.optional(),
})

export const MaskingForm = z.strictObject({
  profile: z
    .enum(['fast', 'thorough'])
    .default('fast')
    .describe('How much may wait on suspicion; thorough has more rules, and lets no beginning go'),
  prompts: z
    .enum(['mask', 'alert'])
    .default('mask')
    .describe('What becomes of a secret in a prompt that no action names'),
  actions: z.array(ActionForm).default([]).describe('What becomes of secrets; the first line that fits decides'),
  secret_search: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Whether exchanges may be sought by the value of a secret'),
  known: z.array(KnownForm).default([]).describe('Exact values to mask'),
  rules: z.array(OwnRuleForm).default([]).describe('Rules of your own'),
  import: z.array(z.string().min(1)).default([]).describe('Rule files in the format of gitleaks (TOML)'),
  disable: z.array(z.string().min(1)).default([]).describe('Ids of rules that are switched off'),
  originals: z
    .strictObject({ public_key: z.string().min(1).describe('PEM file of an X25519 public key, or its text') })
    .optional()
    .describe('Keeps what was masked, sealed to a key whose private half is elsewhere'),
  personal: z
    .array(z.enum(['email', 'card', 'iban', 'ssn', 'phone']))
    .default([])
    .describe('Personal data to mask too'),
})

export const ConfigForm = z.strictObject({
  listen: z
    .strictObject({
      gateway: address('127.0.0.1:8484'),
      health: address('127.0.0.1:8481'),
      tls: z.strictObject({ cert: z.string(), key: z.string() }).optional().describe('PEM files'),
    })
    .prefault({}),
  insecure_listen: z.boolean().default(false).describe('Allow a plain listener beyond loopback; every record shows it'),
  data: z.string().default('./gatelog-data'),
  path_keys: z.boolean().default(false).describe('Allow gtl_path_ keys in addresses'),
  durable: Durable.default('before'),
  on_trail_failure: z
    .enum(['refuse', 'gap'])
    .default('refuse')
    .describe('What happens to traffic while the trail cannot be written; gap lets limits.gap pass unrecorded'),
  keep: Keep.default('full'),
  retain: Retain.default('forever'),
  retention: z
    .strictObject({
      reads: Retain.default('forever'),
      leads: Retain.default('forever'),
      gaps: Retain.default('forever'),
    })
    .prefault({})
    .describe('For how long lines are kept that belong to no exchange'),
  groups: z
    .record(z.string().min(1).max(128), z.strictObject({ keep: Keep.optional(), retain: Retain.optional() }))
    .default({})
    .describe('What is kept of whoever is in a group'),
  encryption: EncryptionForm.prefault({}),
  trail: TrailForm.prefault({}),
  masking: MaskingForm.prefault({}),
  forward: ForwardForm.prefault({}),
  export: ExportForm.prefault({}),
  backup: BackupForm.prefault({}),
  connections: z.record(name, ConnectionForm).default({}),
  copilot: CopilotForm.prefault({}),
  timeouts: Timeouts.prefault({}),
  limits: z
    .strictObject({
      body_bytes: bytes(33_554_432),
      decoded_bytes: bytes(67_108_864),
      header_bytes: bytes(32_768),
      event_bytes: bytes(16_777_216),
      reply_bytes: bytes(134_217_728),
      open_bytes: bytes(536_870_912).describe('Bytes of prompts that all open exchanges may hold at a time'),
      gap: z
        .strictObject({ exchanges: bytes(1000), ms: ms(300_000) })
        .prefault({})
        .describe('With on_trail_failure: gap, how much may pass unrecorded before traffic is refused'),
      secret_searches_per_hour: bytes(30),
      actor: z
        .strictObject({
          open_streams: bytes(64),
          open_sockets: bytes(64),
          bytes_per_hour: bytes(4_294_967_296),
          open_bytes: bytes(134_217_728),
        })
        .prefault({}),
    })
    .prefault({}),
  rules: z.array(RuleForm).default([]),
})

/** JSON Schema of gatelog.yaml, for editors (draft 2020-12). */
export function configSchema(): unknown {
  return z.toJSONSchema(ConfigForm, { io: 'input' })
}
