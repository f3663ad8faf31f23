/** What of an entry becomes a leaf of the log: salted commitments, never a value of a person's. Pure. docs/trail.md says the same. */
import { hash } from 'node:crypto'
import { canonical } from './jcs.ts'

/** The parts of an entry that have a commitment each, in the order in which a leaf names them. */
export const FIELDS = ['about', 'body', 'facts', 'judged', 'model', 'who'] as const
export type Field = (typeof FIELDS)[number]
/** The same in the order of the numbers that they bear in a row. */
const NUMBERED: readonly Field[] = ['about', 'body', 'facts', 'judged', 'who', 'model']

/** Version 1 told model and connection in clear. Leaves are made of version 2; those that were sealed stay as they are. */
export type Version = 1 | 2
const NEWEST: Version = 2

type Keys = Readonly<Record<string, unknown>>

/** Which top-level key of an entry belongs to which part; what is not here stands in the leaf itself or in `about`. */
const PART_OF: Readonly<Record<string, Field>> = Object.assign(Object.create(null), {
  ...{ actor: 'who', key: 'who', credential: 'who', session: 'who' },
  ...{ facts: 'facts', model: 'model' },
  ...{ verdict: 'judged', findings: 'judged', alerts: 'judged' },
})
/** Keys that a leaf of version 1 tells in clear; `body` of an entry is its type and digests, which are in `about`. */
const CLEAR_ONCE = new Set(['kind', 'exchange', 'at', 'connection', 'model', 'policy'])
/** A longer text (UTF-16 units) was not told in clear: it stands in its part. */
const LONGEST_CLEAR = 256
/** What a policy's version looks like: nothing else is told in its place. */
const POLICY = /^[0-9a-f]{64}$/

function isClear(key: string, value: unknown, version: Version): boolean {
  if (version === 1) return CLEAR_ONCE.has(key) && !(typeof value === 'string' && value.length > LONGEST_CLEAR)
  if (key === 'policy') return typeof value === 'string' && POLICY.test(value)
  return key === 'kind' || key === 'exchange' || key === 'at'
}

/** In version 1 a model that was too long to be told stood in `about`. */
const partOf = (key: string, version: Version): Field =>
  version === 1 && key === 'model' ? 'about' : (PART_OF[key] ?? 'about')

/** The secret bytes that the commitments of one entry are made with: one root for all, or what a redaction left of them. */
export type Salts = Uint8Array | Readonly<Partial<Record<Field, Uint8Array | undefined>>>

const SALT_BYTES = 32

const saltInputs = inputs('gl1-salt:', 1)
const commitInputs = inputs('gl1:', 2)

/** `<prefix><name>0x00` and room for `hashes` times 32 bytes, filled anew for each use. */
function inputs(prefix: string, hashes: number): Readonly<Record<Field, Buffer>> {
  const made = FIELDS.map((name) => [
    name,
    Buffer.concat([Buffer.from(`${prefix}${name}\0`), Buffer.alloc(hashes * SALT_BYTES)]),
  ])
  return Object.fromEntries(made) as Record<Field, Buffer>
}

/** The salt of one part: SHA-256("gl1-salt:" name 0x00 root), or the one that is left; undefined where it is gone. */
export function saltOf(name: Field, salts: Salts): Uint8Array | undefined {
  return salts instanceof Uint8Array ? Buffer.from(derived(name, salts), 'latin1') : salts[name]
}

/** Digests as Latin-1 text, which costs a third of what a buffer does. */
function derived(name: Field, root: Uint8Array): string {
  const input = saltInputs[name]
  input.set(root, input.length - SALT_BYTES)
  return hash('sha256', input, 'latin1')
}

/**
 * The commitment of one part: SHA-256("gl1:" name 0x00 salt SHA-256(value)), hexadecimal; undefined where the salt is gone.
 * `digest` is SHA-256 of the value, as Latin-1 text.
 */
function commitmentOf(name: Field, salts: Salts, digest: string): string | undefined {
  const input = commitInputs[name]
  const at = input.length - 2 * SALT_BYTES
  if (salts instanceof Uint8Array) input.write(derived(name, salts), at, 'latin1')
  else if (salts[name]) input.set(salts[name], at)
  else return undefined
  input.write(digest, at + SALT_BYTES, 'latin1')
  return hash('sha256', input, 'hex')
}

/** The values of an entry that are committed to, as the texts that are hashed. The body's bytes are apart. */
export function valuesOf(entry: Keys, version: Version = NEWEST): Partial<Record<Exclude<Field, 'body'>, string>> {
  const parts: Partial<Record<Field, Record<string, unknown>>> = {}
  for (const key in entry) {
    if (entry[key] === undefined || isClear(key, entry[key], version)) continue
    const part = partOf(key, version)
    const keys = parts[part] ?? Object.create(null) // a key may be named __proto__
    parts[part] = keys
    keys[key] = entry[key]
  }
  const values: Partial<Record<Field, string>> = {}
  for (const name of FIELDS) if (parts[name]) values[name] = canonical(parts[name])
  return values
}

/** What a leaf says of one part: its commitment, or undefined where the salt is gone and nobody can tell. */
export type Commitments = Partial<Record<Field, string | undefined>>

/** The commitments of an entry. `body` is SHA-256 of its body's bytes, where it has one. */
export function commitmentsOf(
  entry: Keys,
  salts: Salts,
  body: Uint8Array | undefined,
  version: Version = NEWEST,
): Commitments {
  const values = valuesOf(entry, version)
  const made: Commitments = {}
  for (const name of FIELDS) {
    const digest = name === 'body' ? body && Buffer.from(body).toString('latin1') : digestOf(values[name])
    if (digest !== undefined) made[name] = commitmentOf(name, salts, digest)
  }
  return made
}

const digestOf = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : hash('sha256', value, 'latin1')

/** The leaf of an entry: RFC 8785 JSON. `made` are its commitments of the same version, all of them known. */
export function printLeaf(seq: number, entry: Keys, made: Commitments, version: Version = NEWEST): string {
  const { kind, exchange, at, connection, model, policy } = entry
  const some = (name: string, value: unknown) =>
    value === undefined || !isClear(name, value, version) ? '' : `"${name}":${canonical(value)},`
  return (
    `{"at":${canonical(at)},${some('connection', connection)}"exchange":${canonical(exchange)},` +
    `"fields":{${printed(made)}},"kind":${canonical(kind)},${some('model', model)}${some('policy', policy)}` +
    `"seq":${seq},"v":${version}}`
  )
}

function printed(made: Commitments): string {
  let fields = ''
  for (const name of FIELDS) if (made[name]) fields += `${fields && ','}"${name}":"${made[name]}"`
  return fields
}

/** The leaf in the place of an entry that was not there any more when it would have been sealed. */
export const absentLeaf = (seq: number): string => `{"fields":{},"kind":"absent","seq":${seq},"v":${NEWEST}}`

/** The leaf in the place of an entry that was not written by who had the record's key: it vouches for nothing of it. */
export const unprovenLeaf = (seq: number): string => `{"fields":{},"kind":"unproven","seq":${seq},"v":${NEWEST}}`

export interface Leaf {
  readonly v: Version
  readonly seq: number
  readonly kind: string
  readonly at?: number
  readonly exchange?: string
  /** Of version 1 alone, as `model`. */
  readonly connection?: string
  readonly model?: string
  readonly policy?: string
  readonly fields: Readonly<Partial<Record<Field, string>>>
}

/** Whether a leaf's text is of version 1: RFC 8785 puts `v` last. */
export const isFirst = (text: string): boolean => text.endsWith('"v":1}')

/** Reads a leaf; undefined for what is none. */
export function parseLeaf(text: string): Leaf | undefined {
  try {
    const leaf = JSON.parse(text)
    const known = leaf?.v === 1 || leaf?.v === NEWEST
    return known && Number.isSafeInteger(leaf.seq) && typeof leaf.fields === 'object' ? leaf : undefined
  } catch {
    return undefined
  }
}

/** Salts as a row keeps them: the root's 32 bytes, or for each part that is left its number (1 byte) and its salt. */
export function printSalts(salts: Salts): Buffer {
  if (salts instanceof Uint8Array) return Buffer.from(salts)
  const parts = NUMBERED.flatMap((name, at) => {
    const salt = salts[name]
    return salt ? [Buffer.from([at]), Buffer.from(salt)] : []
  })
  return Buffer.concat(parts)
}

/** Reads what `printSalts` wrote. */
export function parseSalts(bytes: Uint8Array): Salts {
  if (bytes.byteLength === SALT_BYTES) return bytes
  const left: Partial<Record<Field, Uint8Array>> = {}
  for (let at = 0; at < bytes.byteLength; at += 1 + SALT_BYTES) {
    const name = NUMBERED[bytes[at] ?? -1]
    if (name) left[name] = bytes.subarray(at + 1, at + 1 + SALT_BYTES)
  }
  return left
}

/** Whether two say the same, in whatever order. */
const sameLeaf = (one: Leaf, other: Leaf): boolean => {
  const flat = ({ fields, ...rest }: Leaf) =>
    JSON.stringify([Object.entries(rest).sort(), Object.entries(fields).sort()])
  return flat(one) === flat(other)
}

/** Whether two say the same of all but the body, of which `logged` has a commitment. */
export const sameButBody = (logged: Leaf, now: Leaf): boolean => {
  const { body } = logged.fields
  return body !== undefined && sameLeaf(logged, { ...now, fields: { ...now.fields, body } })
}
