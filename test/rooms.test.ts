// The order of rooms, lowest first. A room imports only rooms of a lower level, by `#room`, never a file inside one.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const LEVELS = [
  ['exchange'],
  ['wire', 'masking', 'policy', 'identity', 'trail'],
  ['approval', 'provenance', 'export', 'relay'],
  ['gateway', 'console', 'agent'],
  ['app'],
  ['cli'],
]
const level = new Map(LEVELS.flatMap((row, at) => row.map((room) => [room, at] as const)))
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)(['"`])([#.][^'"`\n]*)\1/g

interface Edge {
  readonly file: string
  readonly room: string
  readonly spec: string
  readonly to: string
  readonly inside: boolean
}

/** Every import of a source text: plain, type-only, dynamic, re-exports and workers. */
function edgesOf(file: string, source: string): Edge[] {
  const room = file.split('/')[1] ?? ''
  return [...source.matchAll(SPECIFIER)].map(([, , spec = '']) => {
    if (spec.startsWith('#'))
      return { file, room, spec, to: spec.slice(1).split('/')[0] ?? '', inside: spec.includes('/') }
    const path = normalize(join(dirname(file), spec)).split('/')
    return { file, room, spec, to: path[0] === 'src' ? (path[1] ?? '') : `outside src: ${path[0]}`, inside: true }
  })
}

const upward = (edge: Edge) => edge.to !== edge.room && !((level.get(edge.to) ?? 99) < (level.get(edge.room) ?? -1))
const inside = (edge: Edge) => edge.to !== edge.room && edge.inside
/** `verifier` imports nothing of src: it has the form of a bundle, which the command line writes by it. */
const isForm = ({ room, to }: Edge) => room === 'cli' && to === 'outside src: verifier'
const allowed = (edge: Edge) =>
  edge.to === 'outside src: package.json' || edge.to === 'outside src: schema' || isForm(edge)
const edges = () =>
  globSync('src/**/*.ts')
    .flatMap((file) => edgesOf(file, readFileSync(file, 'utf8')))
    .filter((edge) => !allowed(edge))
const told = (list: Edge[]) => list.map((edge) => `${edge.file} -> ${edge.spec}`)

test('rooms import downwards only', () => assert.deepEqual(told(edges().filter(upward)), []))
test('a room is entered only by its #name', () => assert.deepEqual(told(edges().filter(inside)), []))
test('every folder under src is a room with a level', () => {
  const rooms = new Set(globSync('src/*/').map((path) => path.split('/')[1] ?? ''))
  assert.deepEqual(
    [...rooms].filter((room) => !level.has(room)),
    [],
  )
})
test('the test sees type-only, dynamic and worker imports', () => {
  const planted = [
    "import type { Trail } from '#trail'",
    "await import('#gateway')",
    "export * from '../app/index.ts'",
    "new Worker(new URL('../gateway/x.ts', import.meta.url))",
    "let x: import('#cli').Cli",
  ]
  for (const line of planted) assert.equal(edgesOf('src/wire/a.ts', line).filter(upward).length, 1, line)
})
