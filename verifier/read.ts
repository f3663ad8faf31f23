/** Reads the files of a bundle, each in the one form in which it is written: nothing else may stand there for the same thing. */
import { ANCHORS, FORMAT, type Json, type Line, type Manifest, MOST_ANCHORS } from './form.ts'
import type { Files } from './zip.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws Error where it is missing, damaged, or no UTF-8 */
export function textOf(files: Files, name: string): string {
  return decoded(name, bytesOf(files, name))
}

function bytesOf(files: Files, name: string): Buffer {
  const bytes = files.get(name)
  if (!bytes) throw new Error(`${name} is missing`)
  return bytes
}

function decoded(name: string, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw new Error(`${name} is no UTF-8`, { cause })
  }
}

/** The lines of a file of JSON, one after another. @throws Error for one that is not written as it must be */
export function* linesOf(files: Files, name: string): Iterable<Json> {
  const bytes = bytesOf(files, name)
  let nth = 0
  for (let at = 0; at < bytes.length; nth++) {
    const end = bytes.indexOf(10, at)
    if (end < 0) throw new Error(`${name} does not end with a line feed`)
    const text = decoded(name, bytes.subarray(at, end))
    const line = parsed(text)
    if (typeof line !== 'object' || line === null || JSON.stringify(line) !== text)
      throw new Error(`line ${nth + 1} of ${name} is not written as it must be`)
    yield line as Json
    at = end + 1
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const CONTEXT = ['index', 'leaf', 'proof', 'entry', 'salts']
const LINE = [...CONTEXT, 'gone', 'anew', 'locked']

/** A line of `entries.jsonl` or `context.jsonl`: one of those says something, so it is shown. @throws Error for one that is none */
export function lineOf(name: string, line: Json): Line {
  const { index, leaf, proof, entry, salts, gone, anew, locked } = line
  const good =
    Number.isSafeInteger(index) &&
    typeof leaf === 'string' &&
    isTexts(proof) &&
    (entry === undefined
      ? salts === undefined && name !== 'context.jsonl'
      : isObject(entry) && isObject(salts) && isTexts(Object.values(salts))) &&
    (gone === undefined || typeof gone === 'string') &&
    (anew === undefined || (isSome(anew) && anew.every(isAnew))) &&
    (locked === undefined || locked === true) &&
    hasOnly(line, name === 'context.jsonl' ? CONTEXT : LINE)
  if (!good) throw new Error(`a line of ${name} is none of an entry`)
  return line as unknown as Line
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Of a key that is not here nobody would look at what it says. */
const hasOnly = (value: Json, keys: readonly string[]): boolean => Object.keys(value).every((key) => keys.includes(key))
const isSome = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')
const isTime = (value: unknown): boolean => isCount(value) && Number(value) <= 8.64e15
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

function isAnew(value: unknown): boolean {
  const { by, salt, ...rest } = Object(value) as Json
  const isSalt = salt === undefined || typeof salt === 'string'
  return typeof by === 'string' && isSalt && Object.keys(rest).length === 0
}

const MANIFEST = [
  ...['format', 'question', 'asked', 'made', 'version', 'bodies', 'entries', 'unsealed', 'range', 'kept'],
  ...['anchors', 'gaps', 'exceptions', 'rules'],
]

/** @throws Error for one of another form */
export function manifestOf(files: Files): Manifest {
  const text = textOf(files, 'manifest.json')
  const manifest = parsed(text)
  if (!isObject(manifest) || `${JSON.stringify(manifest, null, 2)}\n` !== text)
    throw new Error('manifest.json is not written as it must be')
  if (manifest['format'] !== FORMAT)
    throw new Error(`the bundle is of the form ${String(manifest['format'])}; this verifier knows ${FORMAT} alone`)
  const { question, asked, made, version, bodies, entries, unsealed, range, kept, anchors } = manifest
  const good =
    typeof question === 'string' &&
    isObject(asked) &&
    isAskedFor(asked) &&
    isTime(made) &&
    matches(version, /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/) &&
    typeof bodies === 'boolean' &&
    isCount(entries) &&
    isCount(unsealed) &&
    (range === undefined || (isObject(range) && isRange(range))) &&
    (kept === undefined || areKept(kept)) &&
    (anchors === undefined || isAnchors(anchors)) &&
    hasOnly(manifest, MANIFEST)
  if (!good) throw new Error('manifest.json says something that it cannot say')
  return manifest as unknown as Manifest
}

function isAskedFor(asked: Json): boolean {
  const { kind, exchange, now, after, before, from, to } = asked
  const time = (value: unknown) => value === undefined || Number.isSafeInteger(value)
  const known: Readonly<Record<string, readonly string[]>> = {
    exchange: ['exchange'],
    between: ['from', 'to'],
    ...{ query: ['now', 'after', 'before'], period: ['now', 'after', 'before'] },
  }
  const keys = typeof kind === 'string' && Object.hasOwn(known, kind) ? known[kind] : undefined
  if (!keys || !Object.keys(asked).every((key) => key === 'kind' || keys.includes(key))) return false
  if (kind === 'exchange') return typeof exchange === 'string'
  if (kind === 'between') return isCount(from) && isCount(to)
  return Number.isSafeInteger(now) && time(after) && time(before)
}

function isRange({ first, end, before, after, ...rest }: Json): boolean {
  const trees = (side: unknown) => Array.isArray(side) && side.length < 128 && side.every(isTree)
  return isCount(first) && isCount(end) && trees(before) && trees(after) && Object.keys(rest).length === 0
}

const isTree = (tree: unknown): boolean =>
  Array.isArray(tree) && tree.length === 2 && isCount(tree[0]) && typeof tree[1] === 'string'

/** Some, in the order of their sizes, none twice. */
function areKept(value: unknown): boolean {
  if (!isSome(value) || !value.every(isKept)) return false
  const rows = value as readonly { readonly size: number }[]
  return rows.every(({ size }, nth) => size > (rows[nth - 1]?.size ?? 0))
}

function isKept(value: unknown): boolean {
  const { size, root, proof, ...rest } = Object(value) as Json
  return isCount(size) && typeof root === 'string' && isTexts(proof) && Object.keys(rest).length === 0
}

/** Some, in the order of their names and sizes, none twice. */
function isAnchors(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > MOST_ANCHORS || !value.every(isAnchor)) return false
  const rows = value as readonly { readonly name: string; readonly size: number }[]
  return rows.every((row, nth) => {
    const last = rows[nth - 1]
    return !last || last.name < row.name || (last.name === row.name && last.size < row.size)
  })
}

function isAnchor(value: unknown): boolean {
  const { name, kind, size, digest, ...rest } = Object(value) as Json
  return (
    matches(name, /^[a-z0-9][a-z0-9-]{0,63}$/) &&
    ANCHORS.some((one) => one === kind) &&
    isCount(size) &&
    Number(size) > 0 &&
    matches(digest, /^[0-9a-f]{64}$/) &&
    Object.keys(rest).length === 0
  )
}

const matches = (value: unknown, form: RegExp): boolean => typeof value === 'string' && form.test(value)
