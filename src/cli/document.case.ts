/** docs/commands.md as data, for the tests that hold it to the commands. Reads one file. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const TEXT = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')

/** The cells of the tables below a heading, without head and rule. */
export function tableOf(heading: string): string[][] {
  const from = TEXT.indexOf(`${heading}\n`)
  assert.ok(from >= 0, `docs/commands.md lacks ${heading}`)
  const below = TEXT.slice(from + heading.length + 1).split(/\n##+ /)[0] ?? ''
  const rows = below.split('\n').filter((row) => row.startsWith('|'))
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** The headings that describe JSON. */
export const headings = (): string[] =>
  [...TEXT.matchAll(/^### (`gatelog [^`]+`|type \w+)$/gm)].map(([, name]) => name ?? '')

const seen = new Set<string>()
/** Documented fields that no value has shown so far, as `heading field`. */
export const unseen = (): string[] =>
  headings()
    .flatMap((heading) => tableOf(`### ${heading}`).map(([field]) => `${heading} ${field}`))
    .filter((field) => !seen.has(field))

const PRIMITIVES: Readonly<Record<string, string>> = {
  text: 'string',
  number: 'number',
  time: 'number',
  ms: 'number',
  bool: 'boolean',
}

/** Holds a value to a heading's table: no field that is not described, none missing, each of its type. */
export function holds(value: unknown, heading: string): void {
  const rows = tableOf(`### ${heading}`).map(([field = '', type = '']) => ({ field, type, steps: stepsOf(field) }))
  check(value, rows, heading)
}

interface Row {
  readonly field: string
  readonly type: string
  readonly steps: readonly string[]
}

/** `a.b[]?` as a, b, []; whether it may be absent is said by its last step. */
const stepsOf = (field: string): string[] =>
  field
    .replace(/[`?]/g, '')
    .split(/\.|(?=\[\])/)
    .filter(Boolean)

function check(value: unknown, rows: readonly Row[], at: string, heading = at): void {
  const leaf = rows.find(({ steps }) => steps.length === 0)
  if (leaf) checkType(value, leaf, at, heading)
  else if (rows.some(({ steps }) => steps[0] === '[]')) {
    assert.ok(Array.isArray(value), `${at} is no list`)
    for (const each of value) check(each, rows.map(rest), `${at}[]`, heading)
  } else checkObject(value, rows, at, heading)
}

function checkObject(value: unknown, rows: readonly Row[], at: string, heading: string): void {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${at} is no object`)
  const named = Object.groupBy(rows, ({ steps: [first = ''] }) => first)
  for (const [key, each] of Object.entries(value)) {
    const below = named[key] ?? named['*']
    assert.ok(below, `${at}.${key} is not in docs/commands.md`)
    check(each, below.map(rest), `${at}.${key}`, heading)
  }
  for (const [key, below = []] of Object.entries(named))
    assert.ok(key === '*' || key in value || below.every(({ field }) => field.includes('?')), `${at}.${key} is missing`)
}

const rest = (row: Row): Row => ({ ...row, steps: row.steps.slice(1) })

function checkType(value: unknown, { field, type }: Row, at: string, heading: string): void {
  seen.add(`${heading} ${field}`)
  const types = [...type.matchAll(/\*(\w+)\*/g)].map(([, name = '']) => name)
  if (type === 'any') return
  if (types.length === 0) assert.equal(typeof value, PRIMITIVES[type], `${at} is no ${type}`)
  else if (types.length === 1) check(value, rowsOf(types[0] ?? ''), `type ${types[0]}`)
  else
    assert.ok(
      types.some((name) => fits(value, name)),
      `${at} is none of ${types.join(', ')}`,
    )
}

const rowsOf = (name: string): Row[] =>
  tableOf(`### type ${name}`).map(([field = '', type = '']) => ({ field, type, steps: stepsOf(field) }))

function fits(value: unknown, name: string): boolean {
  try {
    check(value, rowsOf(name), `type ${name}`)
    return true
  } catch (error) {
    if (error instanceof assert.AssertionError) return false
    throw error
  }
}
