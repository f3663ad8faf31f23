/** Checks a bundle or a proof against a verifier key, from docs/trail.md alone. Trusts nothing in it; reads no file. */
import { type Checkpoint, canonical, checkpointBy, commitment, leafHash, rootByPath, rootOver } from './log.ts'

/** What a check came to. `problems` is empty where everything holds. */
export interface Checked {
  readonly origin?: string
  readonly size?: number
  readonly entries: number
  /** Parts of entries whose contents are shown and fit their commitment. */
  readonly disclosed: number
  /** Entries of which only the place in the log is shown. */
  readonly closed: number
  /** Entries that are all there, from the first to the last, where the bundle is of a period. */
  readonly range?: { readonly first: number; readonly last: number }
  readonly problems: readonly string[]
}

type Json = Readonly<Record<string, unknown>>

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

const hashOf = (text: unknown): Buffer => Buffer.from(String(text), 'base64')

/** A `.tlog-proof` whose extra data is the leaf. */
export function checkProof(proof: string, vkey: string): Checked {
  try {
    const at = proof.indexOf('\n\n')
    const [magic, ...lines] = proof.slice(0, at).split('\n')
    const extra = lines[0]?.startsWith('extra ') ? lines.shift()?.slice(6) : undefined
    const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1]
    if (magic !== 'c2sp.org/tlog-proof@v1' || index === undefined || extra === undefined)
      throw new Error('this is no proof with its leaf')
    const checkpoint = checkpointBy(proof.slice(at + 2), vkey)
    const leaf = hashOf(extra).toString()
    const root = rootByPath(leafHash(leaf), Number(index), checkpoint.size, lines.map(hashOf))
    const problems = [
      ...(root?.equals(checkpoint.root) ? [] : ['the leaf does not stand there in the log']),
      ...placeOf(leaf, Number(index)),
    ]
    return { origin: checkpoint.origin, size: checkpoint.size, entries: 1, disclosed: 0, closed: 1, problems }
  } catch (error) {
    return failed(error)
  }
}

const failed = (error: unknown): Checked => ({
  ...{ entries: 0, disclosed: 0, closed: 0 },
  problems: [error instanceof Error ? error.message : String(error)],
})

function placeOf(text: string, index: number): string[] {
  const leaf = JSON.parse(text) as Json
  return leaf['seq'] === index + 1 && CLEAR[Number(leaf['v'])]
    ? []
    : [`entry ${index + 1}: the leaf is that of another`]
}

/** A bundle, as the files of its zip. */
export function checkBundle(files: ReadonlyMap<string, Buffer>, vkey: string): Checked {
  try {
    const read = (name: string): string => {
      const bytes = files.get(name)
      if (!bytes) throw new Error(`${name} is missing`)
      return bytes.toString()
    }
    const lines = (name: string) =>
      read(name)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Json)
    const checkpoint = checkpointBy(read('checkpoint'), vkey)
    const manifest = JSON.parse(read('manifest.json')) as Json
    const entries = lines('entries.jsonl')
    const problems: string[] =
      manifest['entries'] === entries.length ? [] : ['the manifest tells another number of entries']
    let [disclosed, closed] = [0, 0]
    for (const entry of entries) {
      const shown = checkEntry(entry, checkpoint, files, problems)
      if (shown === 0) closed += 1
      disclosed += shown
    }
    const known = new Set(entries.map((entry) => `bodies/${Number(entry['index']) + 1}`))
    for (const name of files.keys())
      if (name.startsWith('bodies/') && !known.has(name)) problems.push(`${name} belongs to no entry`)
    const range = manifest['range']
      ? checkRange(manifest['range'] as Json, lines('leaves.jsonl'), { entries, checkpoint, problems })
      : undefined
    return {
      origin: checkpoint.origin,
      size: checkpoint.size,
      entries: entries.length,
      disclosed,
      closed,
      ...(range && { range }),
      problems,
    }
  } catch (error) {
    return failed(error)
  }
}

/** How many parts of an entry are shown and hold. */
function checkEntry(
  entry: Json,
  { size, root }: Checkpoint,
  files: ReadonlyMap<string, Buffer>,
  problems: string[],
): number {
  const index = Number(entry['index'])
  const text = String(entry['leaf'])
  const path = (entry['proof'] as unknown[]).map(hashOf)
  const wrong = (what: string) => problems.push(`entry ${index + 1}: ${what}`)
  if (!rootByPath(leafHash(text), index, size, path)?.equals(root)) wrong('its leaf does not stand there in the log')
  problems.push(...placeOf(text, index))
  const leaf = JSON.parse(text) as Json & { readonly v: number; readonly fields: Readonly<Record<string, string>> }
  const body = files.get(`bodies/${index + 1}`)
  const told = entry['entry'] as Json | undefined
  if (!told) {
    if (body) wrong('a body is shown of an entry that is not')
    return 0
  }
  const values: Record<string, Record<string, unknown>> = {}
  for (const [key, value] of Object.entries(told)) {
    if (isClear(key, value, leaf.v)) {
      if (canonical(leaf[key]) !== canonical(value)) wrong(`${key} is not what was sealed`)
      continue
    }
    const part = partOf(key, leaf.v)
    values[part] = { ...values[part], [key]: value }
  }
  for (const key of CLEAR[leaf.v] ?? [])
    if (leaf[key] !== undefined && told[key] === undefined) wrong(`${key} is left out`)
  const salts = (entry['salts'] ?? {}) as Readonly<Record<string, string>>
  const shown: [string, string | Uint8Array][] = Object.entries(values).map(([part, keys]) => [part, canonical(keys)])
  if (body) shown.push(['body', body])
  let held = 0
  for (const [part, value] of shown) {
    const salt = salts[part]
    if (salt === undefined) wrong(`${part} is shown without its salt`)
    else if (commitment(part, hashOf(salt), value) !== leaf.fields[part]) wrong(`${part} is not what was sealed`)
    else held += 1
  }
  for (const part of Object.keys(leaf.fields)) if (part !== 'body' && !values[part]) wrong(`${part} is left out`)
  return held
}

interface Around {
  readonly entries: readonly Json[]
  readonly checkpoint: Checkpoint
  readonly problems: string[]
}

/** All leaves of the range are there, and they and what stands beside them make the root. */
function checkRange(
  { first, end, before, after }: Json,
  leaves: readonly Json[],
  { entries, checkpoint, problems }: Around,
) {
  const from = Number(first)
  const trees = (side: unknown) => (side as [number, string][]).map(([height, hash]) => [height, hashOf(hash)] as const)
  const own = leaves.map((leaf) => [0, leafHash(String(leaf['leaf']))] as const)
  const left = trees(before)
  const start = left.reduce((sum, [height]) => sum + 2 ** height, 0)
  const root = rootOver([...left, ...own, ...trees(after)], checkpoint.size)
  if (!root?.equals(checkpoint.root) || start !== from || own.length !== Number(end) - from)
    problems.push('the leaves of the period are not all there, or not as they were sealed')
  const shown = new Map(entries.map((entry) => [Number(entry['index']), String(entry['leaf'])]))
  for (const [at, leaf] of leaves.entries()) {
    if (Number(leaf['index']) !== from + at) problems.push(`leaf ${from + at} stands in another place`)
    if (shown.get(from + at) !== leaf['leaf']) problems.push(`entry ${from + at + 1} of the period is left out`)
  }
  return { first: from + 1, last: Number(end) }
}
