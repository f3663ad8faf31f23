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

const LINE = ['index', 'leaf', 'proof', 'entry', 'salts', 'gone', 'anew', 'locked']

/** A line of entries. @throws Error for one that is none */
export function lineOf(name: string, line: Json): Line {
  const { index, leaf, proof, entry, salts, gone, anew, locked } = line
  const good =
    Number.isSafeInteger(index) &&
    typeof leaf === 'string' &&
    isTexts(proof) &&
    (entry === undefined || isObject(entry)) &&
    (salts === undefined || (isObject(salts) && isTexts(Object.values(salts)))) &&
    (gone === undefined || typeof gone === 'string') &&
    (anew === undefined || (Array.isArray(anew) && anew.every(isAnew))) &&
    (locked === undefined || locked === true) &&
    Object.keys(line).every((key) => LINE.includes(key))
  if (!good) throw new Error(`a line of ${name} is none of an entry`)
  return line as unknown as Line
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

function isAnew(value: unknown): boolean {
  const { by, salt } = Object(value) as Json
  return typeof by === 'string' && (salt === undefined || typeof salt === 'string')
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
    Number.isSafeInteger(made) &&
    typeof version === 'string' &&
    typeof bodies === 'boolean' &&
    isCount(entries) &&
    isCount(unsealed) &&
    (range === undefined || (isObject(range) && isRange(range))) &&
    (kept === undefined || (Array.isArray(kept) && kept.every(isKept))) &&
    (anchors === undefined || isAnchors(anchors)) &&
    Object.keys(manifest).every((key) => MANIFEST.includes(key))
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

function isRange({ first, end, before, after }: Json): boolean {
  const trees = (side: unknown) => Array.isArray(side) && side.length < 128 && side.every(isTree)
  return isCount(first) && isCount(end) && trees(before) && trees(after)
}

const isTree = (tree: unknown): boolean =>
  Array.isArray(tree) && tree.length === 2 && isCount(tree[0]) && typeof tree[1] === 'string'

function isKept(value: unknown): boolean {
  const { size, root, proof } = Object(value) as Json
  return isCount(size) && typeof root === 'string' && isTexts(proof)
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
