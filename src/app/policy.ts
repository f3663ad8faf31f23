/** The version of the rules in force: one canonical text, and its digest. No secret of the configuration stands in it. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Keyring } from '#exchange'
import { type Engine, isInForce, maskText, type Profile, RULES } from '#masking'
import { canonical } from '#trail'
import type { Config } from './config.ts'
import type { Known } from './config-secrets.ts'

/** A version of the rules. */
export interface Policy {
  /** SHA-256 of the text, hexadecimal: what entries bear. */
  readonly id: string
  /** RFC 8785 JSON. docs/policy.md says what is in it. */
  readonly text: string
}

/** A longer file of rules is told by its digest alone. UTF-16 units. */
const LONGEST_FILE = 262_144

type Hidden = { readonly at: string; readonly digest: string }

/**
 * What decides under a configuration. Known values are there as keyed digests alone; where a text holds a secret by the
 * rules themselves, or what a reference held, its place and a keyed digest of it are told instead. `brokered`: the
 * gateway's own credentials, known values too.
 */
export function policyOf(
  { policy, masking }: Pick<Config, 'policy' | 'masking'>,
  engine: Engine,
  keyring: Keyring,
  brokered: readonly Known[] = [],
): Policy {
  const keyed = (value: string) => keyring.digest('policy', value).toString('hex')
  const hidden: Hidden[] = []
  const shown = (value: unknown, at: string): unknown => {
    if (typeof value === 'string') {
      const told = maskText(engine, policy.written(value), 'text').text
      if (told !== value) hidden.push({ at, digest: keyed(value) })
      return told
    }
    if (Array.isArray(value)) return value.map((each, nth) => shown(each, `${at}/${nth}`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each, `${at}/${key}`)]))
  }
  const imported = policy.imported.map(({ name, text }) => ({
    name: basename(name),
    digest: keyed(text),
    ...(text.length <= LONGEST_FILE && { text }),
  }))
  const said = shown({ ...policy.said, imported }, '') as Record<string, unknown>
  const text = canonical({
    format: 'gatelog-policy/1',
    ...(JSON.parse(JSON.stringify(said)) as object),
    builtin: builtinOf(masking),
    known: knownOf([...masking.known, ...brokered], keyed),
    ...(hidden.length > 0 && { hidden }),
  })
  return { id: sha256(text), text }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The digest of Gatelog’s own rules for each profile and choice is the same in every installation of one release. */
function builtinOf({ profile, rules }: { readonly profile: Profile; readonly rules: Config['masking']['rules'] }) {
  const own = rules.filter((rule) => isInForce(rule, profile))
  const told = own.map(({ description: _description, source: _source, examples: _examples, ...rule }) => rule)
  const off = RULES.filter(({ id }) => !rules.some((rule) => rule.id === id)).map(({ id }) => id)
  return { count: own.length, sha256: sha256(JSON.stringify(told)), off }
}

/** By name: how many values, and one keyed digest of all. */
function knownOf(known: Config['masking']['known'], keyed: (value: string) => string) {
  const byId = new Map<string, string[]>()
  for (const { id, value } of known) byId.set(id, [...(byId.get(id) ?? []), value])
  return [...byId].sort().map(([id, values]) => ({ id, count: values.length, digest: keyed(canonical(values.sort())) }))
}
