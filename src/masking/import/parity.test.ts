/**
 * gitleaks' own rules, as gitleaks finds with them and as the engine does: over the labelled texts and over texts made from
 * every pattern. Needs ../shared/data, which is no part of the product; skipped where it is absent.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import { compile, type Engine } from '../engine.ts'
import { maskText } from '../mask.ts'
import { importGitleaks } from './gitleaks.ts'
import { randomOf, textFor } from './patterns.case.ts'
import { Reference, type Reported } from './reference.case.ts'
import { readGo } from './syntax.ts'

const DATA = join('..', 'shared', 'data')
const TOML = join(DATA, 'rules', 'gitleaks.toml')
const TEXTS = join(DATA, 'secrets', 'dev.jsonl')
const skip = existsSync(TOML) && existsSync(TEXTS) ? false : '../shared/data is absent'
const toml = skip ? '' : readFileSync(TOML, 'utf8')

/** Where a made secret stands. */
const PLACES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['const x = "', '";\n'],
  ['see ', ' and more'],
  ['- a: b\n- c: ', '\n- d: e'],
  ['x', 'y'],
]

interface Compared {
  readonly agreed: number
  readonly texts: number
  /** Secrets that gitleaks finds, and how many of them are masked from end to end. */
  readonly secrets: number
  readonly covered: number
  readonly differ: readonly string[]
}

function compare(engine: Engine, reference: Reference, texts: readonly string[]): Compared {
  let [agreed, secrets, covered] = [0, 0, 0]
  const differ: string[] = []
  for (const text of texts) {
    const expected = reference.find(text)
    const { findings } = maskText(engine, text, 'text')
    const isCovered = ({ start, end }: Reported) => findings.some((one) => one.start <= start && one.end >= end)
    secrets += expected.length
    covered += expected.filter(isCovered).length
    if (findings.length > 0 === expected.length > 0) agreed++
    else differ.push(`${expected.map(({ rule }) => rule)} / ${findings.map(({ rule }) => rule)}: ${text.slice(0, 200)}`)
  }
  return { agreed, texts: texts.length, secrets, covered, differ }
}

test('gitleaks.toml loads unmodified, whole', { skip }, () => {
  const { rules, problems } = importGitleaks(toml, 'gitleaks.toml')
  assert.deepEqual(problems, [])
  const { rules: tables } = parse(toml) as unknown as { rules: { id: string; regex?: string }[] }
  assert.deepEqual(
    [...new Set(rules.map(({ id }) => id))].sort(),
    tables.flatMap(({ id, regex }) => (regex ? [id] : [])).sort(),
  )
})

test('verdicts are those of gitleaks, and what it finds is masked', { skip }, (t) => {
  const engine = compile([], { foreign: importGitleaks(toml, 'gitleaks.toml').rules })
  const reference = new Reference(toml)
  const rows = readFileSync(TEXTS, 'utf8').trim().split('\n')
  const labelled = rows.map((row) => (JSON.parse(row) as { text: string }).text)
  const made = madeTexts()
  for (const [name, texts] of [
    ['labelled', labelled],
    ['made', made],
  ] as const) {
    const found = compare(engine, reference, texts)
    t.diagnostic(`${name}: ${found.agreed} of ${found.texts} verdicts, ${found.covered} of ${found.secrets} secrets`)
    assert.ok(found.agreed / found.texts >= 0.99, found.differ.slice(0, 20).join('\n'))
    assert.ok(found.covered / found.secrets >= 0.99)
  }
})

/** Matches of every rule, in several places. */
function madeTexts(): string[] {
  const { rules } = parse(toml) as unknown as { rules: { regex?: string }[] }
  const random = randomOf(20_260_726)
  return rules.flatMap(({ regex }) => {
    if (!regex) return []
    const { tree } = readGo(regex)
    return PLACES.map(([before, after]) => before + textFor(tree, random) + after)
  })
}

test('a Betterleaks file loads as far as it says the same, and tells the rest by line', { skip }, () => {
  const file = join(DATA, 'rules', 'betterleaks.toml')
  const { rules, notes, problems } = importGitleaks(readFileSync(file, 'utf8'), 'betterleaks.toml')
  assert.deepEqual(problems, [])
  assert.ok(new Set(rules.map(({ id }) => id)).size > 370)
  const left = notes.filter(({ message }) => message.startsWith('left out'))
  assert.ok(left.length < 8 && left.every(({ line }) => line > 1), left.map(({ message }) => message).join('\n'))
})
