/** Checks one entry of a bundle: its place in the log, and that what is shown of it is what was sealed there. Reads no file. */
import type { Account } from './account.ts'
import type { Json, Leaf, Line } from './form.ts'
import { bytesOf, type Checkpoint, canonical, commitment, leafHash, rootByPath } from './log.ts'

const PART_OF: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  ...{ actor: 'who', key: 'who', credential: 'who', session: 'who', facts: 'facts' },
  ...{ verdict: 'judged', findings: 'judged', alerts: 'judged', model: 'model' },
})
/** Keys of an entry that may stand in its leaf, by the leaf's version. */
const CLEAR: Readonly<Record<number, readonly string[]>> = {
  1: ['at', 'connection', 'exchange', 'kind', 'model', 'policy'],
  2: ['at', 'exchange', 'kind', 'policy'],
}

function isClear(key: string, value: unknown, version: number): boolean {
  if (!CLEAR[version]?.includes(key)) return false
  if (version === 1) return !(typeof value === 'string' && value.length > 256)
  return key !== 'policy' || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value))
}

const partOf = (key: string, version: number): string =>
  version === 1 && key === 'model' ? 'about' : (PART_OF[key] ?? 'about')

/** A leaf that is one of this verifier's versions and of this place in the log. */
export interface Placed extends Leaf {
  readonly v: number
  readonly fields: Readonly<Record<string, string>>
}

/** Reads a leaf. @throws Error for one of another place, or of a version that is not known */
export function placed(text: string, index: number): Placed {
  const leaf: unknown = JSON.parse(text)
  const { seq, v, fields } = Object(leaf) as Json
  if (seq !== index + 1 || typeof v !== 'number' || !CLEAR[v] || typeof fields !== 'object' || fields === null)
    throw new Error('the leaf is that of another place, or of no version that is known')
  return leaf as Placed
}

/** What there is to hold an entry against. */
export interface Around {
  readonly checkpoint: Checkpoint
  /** Whether bodies were asked for. */
  readonly bodies: boolean
  readonly account: Account
}

/** How many parts of an entry are shown and hold. Each problem is told to `wrong`. @throws Error for a line that is none */
export function checkEntry(
  line: Line,
  body: Buffer | undefined,
  { checkpoint: { size, root }, bodies, account }: Around,
  wrong: (what: string) => void,
): number {
  const { index, entry, salts = {} } = line
  const path = line.proof.map(bytesOf)
  if (!rootByPath(leafHash(line.leaf), index, size, path)?.equals(root))
    wrong('its leaf does not stand there in the log')
  const leaf = placed(line.leaf, index)
  if (!entry) {
    if (body) wrong('a body is shown of an entry that is not')
    if (Object.keys(salts).length > 0) wrong('salts are shown of an entry that is not')
    return 0
  }
  const values = valuesOf(entry, leaf, wrong)
  let held = 0
  for (const [part, value] of Object.entries(values))
    if (checkPart(part, canonical(value), salts[part], leaf, wrong)) held += 1
  for (const part of Object.keys(leaf.fields)) if (part !== 'body' && !values[part]) wrong(`${part} is left out`)
  for (const part of Object.keys(salts))
    if (part !== 'body' && !values[part]) wrong(`a salt is shown of ${part}, which is not`)
  return held + checkBody({ line, leaf, body, bodies, account }, wrong)
}

/** The parts of an entry by name; what the leaf tells in clear is compared at once. */
function valuesOf(entry: Json, leaf: Placed, wrong: (what: string) => void): Record<string, Record<string, unknown>> {
  const clear = leaf as unknown as Json
  const values: Record<string, Record<string, unknown>> = Object.create(null)
  for (const [key, value] of Object.entries(entry)) {
    if (isClear(key, value, leaf.v)) {
      if (canonical(clear[key] ?? null) !== canonical(value)) wrong(`${key} is not what was sealed`)
      continue
    }
    const part = partOf(key, leaf.v)
    values[part] ??= Object.create(null) as Record<string, unknown>
    values[part][key] = value
  }
  for (const key of CLEAR[leaf.v] ?? [])
    if (clear[key] !== undefined && entry[key] === undefined) wrong(`${key} is left out`)
  return values
}

function checkPart(
  part: string,
  value: string | Uint8Array,
  salt: string | undefined,
  leaf: Placed,
  wrong: (what: string) => void,
): boolean {
  if (salt === undefined) wrong(`${part} is shown without its salt`)
  else if (commitment(part, bytesOf(salt), value) !== leaf.fields[part]) wrong(`${part} is not what was sealed`)
  else return true
  return false
}

interface Body {
  readonly line: Line
  readonly leaf: Placed
  readonly body: Buffer | undefined
  readonly bodies: boolean
  readonly account: Account
}

/** 1 where its body is shown as it was sealed, or as an entry says that it was masked anew; else 0. */
function checkBody({ line, leaf, body, bodies, account }: Body, wrong: (what: string) => void): number {
  const salt = line.salts?.['body']
  const has = typeof leaf.fields['body'] === 'string'
  const last = line.anew?.at(-1)
  if (!body) {
    if (salt !== undefined || line.anew?.some((one) => one.salt !== undefined))
      wrong('a salt of its body is shown, and its body is not')
    if (bodies && has && !line.locked && !last) wrong('its body is left out, and nothing says why')
    return 0
  }
  if (!has) wrong('a body is shown, and it was sealed without one')
  else if (!last) return checkPart('body', body, salt, leaf, wrong) ? 1 : 0
  else if (salt !== undefined) wrong('its body was written anew, and the salt of the one before is shown')
  else return checkAnew(last, leaf, body, account, wrong)
  return 0
}

const ENDINGS = ['replied', 'denied', 'aborted', 'failed', 'interrupted']

/** A body that was masked anew makes what the entry that says so tells; so does one that an erasure cut, unless an earlier version wrote that. */
function checkAnew(
  { by, salt }: { readonly by: string; readonly salt?: string },
  leaf: Placed,
  body: Buffer,
  account: Account,
  wrong: (what: string) => void,
): number {
  const said = account.note(by)?.said
  const part = ENDINGS.includes(String(leaf.kind)) ? 'reply' : 'prompt'
  if (said?.['kind'] === 'erase' && said['cut'] === undefined) return 0
  const told = said?.['kind'] === 'redact' ? said['bodies'] : said?.['kind'] === 'erase' ? said['cut'] : undefined
  const listed = (Array.isArray(told) ? told : []) as readonly Json[]
  const own = listed.find((one) => one['exchange'] === leaf.exchange && one['part'] === part)
  if (!own) wrong('its body was written anew, and no entry that is here says so')
  else if (salt === undefined || commitment('body', bytesOf(salt), body) !== own['commitment'])
    wrong('its body is not what it was masked anew to')
  else return 1
  return 0
}
