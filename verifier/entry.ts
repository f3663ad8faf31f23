/** Checks one entry of a bundle: its place in the log, and that what is shown of it is what was sealed there. Reads no file. */
import type { Account } from './account.ts'
import { checkAnew } from './anew.ts'
import type { Json, Leaf, Line } from './form.ts'
import type { Gone } from './gone.ts'
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
  readonly gone: Gone
}

/** How many parts of an entry are shown and hold. Each problem is told to `wrong`. @throws Error for a line that is none */
export function checkEntry(
  line: Line,
  body: Buffer | undefined,
  { checkpoint: { size, root }, bodies, account, gone }: Around,
  wrong: (what: string) => void,
): number {
  const { index, entry, salts = {} } = line
  const path = line.proof.map(bytesOf)
  if (!rootByPath(leafHash(line.leaf), index, size, path)?.equals(root))
    wrong('its leaf does not stand there in the log')
  const leaf = placed(line.leaf, index)
  if (!entry) {
    if (body) wrong('a body is shown of an entry that is not')
    if (line.anew || line.locked) wrong('something is said of the body of an entry that is not shown')
    return 0
  }
  const values = valuesOf(entry, leaf, wrong)
  let held = 0
  for (const [part, value] of Object.entries(values))
    if (checkPart(part, canonical(value), salts[part], leaf, wrong)) held += 1
  for (const part of Object.keys(leaf.fields)) if (part !== 'body' && !values[part]) wrong(`${part} is left out`)
  for (const part of Object.keys(salts))
    if (part !== 'body' && !values[part]) wrong(`a salt is shown of ${part}, which is not`)
  return held + checkBody({ line, leaf, body, bodies, account, gone }, wrong)
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
  readonly gone: Gone
}

/** 1 where its body is shown as it was sealed, or as an entry says that it was written anew; else 0. */
function checkBody({ line, leaf, body, bodies, account, gone }: Body, wrong: (what: string) => void): number {
  const { anew = [], locked, salts } = line
  const salt = salts?.['body']
  const has = typeof leaf.fields['body'] === 'string'
  if (locked && (body || !bodies || !has)) wrong('its body is said to be locked, and none was asked for, or it is here')
  if (!has) {
    if (body) wrong('a body is shown, and it was sealed without one')
    if (salt !== undefined) wrong('a salt of its body is shown, and it was sealed without one')
    if (anew.length > 0) wrong('its body was written anew, and it was sealed without one')
    return 0
  }
  if (!body) {
    if (salt !== undefined || anew.some((one) => one.salt !== undefined))
      wrong('a salt of its body is shown, and its body is not')
    if (bodies && !locked) wrong('its body is left out, and nothing says why')
  }
  if (anew.length === 0) return body && checkPart('body', body, salt, leaf, wrong) ? 1 : 0
  if (body && salt !== undefined) wrong('its body was written anew, and the salt of the one before is shown')
  const commits = body && ((salt: string) => commitment('body', bytesOf(salt), body))
  return checkAnew({ anew, leaf, commits }, { account, gone }, wrong)
}
