/** Secrets in files: where they stand, what is shown of them, and what is passed over. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile, maskText, RULES } from '#masking'
import { drives, HOSTILE } from '../entries.case.ts'
import { EXIT } from '../exit.ts'
import { folderFor, put, run, spawned } from '../house.case.ts'
import { Finder, type Found } from './found.ts'

const PAT = `gh${'p_'}${'A1b2C3'.repeat(6)}`
const PEM = `-----BEGIN ${'PRIVATE'} KEY-----\n${'MIIEvQ'.repeat(9)}\n-----END ${'PRIVATE'} KEY-----`
const engine = compile(RULES)

const texts = fc
  .array(
    fc.constantFrom(
      ` ${PAT}`,
      PEM,
      '\n',
      '\r\n',
      ' ',
      'x = "',
      '"',
      '\u{1f511}',
      'word '.repeat(30),
      '\n'.repeat(9000),
    ),
    {
      maxLength: 9,
    },
  )
  .map((parts) => parts.join(''))

/** A finder that is given parts of the given sizes, over and over. */
function sought(text: string, sizes: readonly number[]): Found[] {
  const finder = new Finder(engine, 'text')
  const out: Found[] = []
  for (let at = 0, nth = 0; at < text.length; nth++) {
    const size = sizes[nth % sizes.length] ?? 1
    out.push(...finder.push(text.slice(at, at + size)))
    at += size
  }
  return [...out, ...finder.end()]
}

test('however a text comes, its secrets stand where they stand, and no excerpt shows one', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }), (text, sizes) => {
      const found = sought(text, sizes)
      const lineOf = (at: number) => text.slice(0, at).split('\n').length
      const columnOf = (at: number) => at - text.lastIndexOf('\n', at - 1)
      assert.deepEqual(
        found.map(({ excerpt: _, ...each }) => each),
        maskText(engine, text, 'text').findings.map(({ rule, start, end, verified }) => ({
          ...{ rule, start, end, verified: verified === true, line: lineOf(start), column: columnOf(start) },
          ...{ endLine: lineOf(end), endColumn: columnOf(end) },
        })),
      )
      assert.deepEqual(found, sought(text, [text.length + 1]))
      for (const { excerpt, rule } of found) {
        assert.ok(excerpt.includes(`[masked:${rule}]`))
        assert.ok(!excerpt.includes('A1b2C3') && !excerpt.includes('MIIEvQ') && !/\n./.test(excerpt), excerpt)
      }
    }),
    { numRuns: 300 },
  )
})

test('an excerpt is the line, and not much of a long one', () => {
  const found = sought(`before\nkey: ${PAT}, other: ${PAT}; ${'x'.repeat(99)}\nafter`, [7])
  assert.equal(found[0]?.excerpt, `key: [masked:github-pat], other: [masked:github-pat]`)
  assert.equal(found[1]?.excerpt, `[masked:github-pat], other: [masked:github-pat]; ${'x'.repeat(38)}`)
})

test('human, JSON and SARIF say the same, and end with 5', async (t) => {
  const folder = folderFor(t)
  put(folder, 'a b.env', `X=1\nKEY=${PAT}\n`)
  put(folder, 'clean.txt', 'nothing here\n')
  writeFileSync(join(folder, 'image.png'), Buffer.from([137, 80, 78, 71, 0, 1, 2]))
  const files = ['a b.env', 'clean.txt', 'image.png']
  const human = await run(folder, ['scan', ...files])
  assert.deepEqual(human, {
    code: EXIT.evidence,
    out: 'a b.env:2:5 github-pat KEY=[masked:github-pat]\n',
    err: 'skipped: image.png: binary\n1 secret in 1 of 3 files\n',
  })
  const json = await run(folder, ['scan', '--json', ...files])
  const told = JSON.parse(json.out) as { findings: unknown[]; skipped: unknown[] }
  assert.equal(json.code, EXIT.evidence)
  assert.deepEqual(told.skipped, [{ file: 'image.png', why: 'binary', failed: false }])
  assert.deepEqual(told.findings, [
    {
      ...{ file: 'a b.env', rule: 'github-pat', line: 2, column: 5, endLine: 2, endColumn: 45, start: 8, end: 48 },
      ...{ verified: false, excerpt: 'KEY=[masked:github-pat]' },
    },
  ])
  const sarif = await run(folder, ['scan', '--sarif', ...files])
  const [only] = (JSON.parse(sarif.out) as { runs: [{ results: [{ ruleIndex: number; locations: unknown[] }] }] }).runs
  assert.equal(sarif.code, EXIT.evidence)
  assert.deepEqual(only.results[0].locations[0], {
    physicalLocation: {
      artifactLocation: { uri: 'a%20b.env' },
      region: {
        ...{ startLine: 2, startColumn: 5, endLine: 2, endColumn: 45, charOffset: 8, charLength: 40 },
        snippet: { text: 'KEY=[masked:github-pat]' },
      },
    },
  })
  for (const { out, err } of [human, json, sarif]) assert.ok(!(out + err).includes('A1b2C3'))
})

test('clean files end with 0, one that cannot be read with 1', async (t) => {
  const folder = folderFor(t)
  put(folder, 'clean.txt', 'nothing here\n')
  const clean = await run(folder, ['scan', 'clean.txt'])
  assert.deepEqual(clean, { code: EXIT.ok, out: '', err: '0 secrets in 0 of 1 file\n' })
  const failed = await run(folder, ['scan', 'clean.txt', 'none', '.'])
  assert.equal(failed.code, EXIT.error)
  assert.equal(failed.err, 'not read: none: ENOENT\nnot read: .: a folder; name its files\n0 secrets in 0 of 3 files\n')
  const sarif = await run(folder, ['scan', '--sarif', 'none'])
  assert.match(sarif.out, /"executionSuccessful":false.*not scanned: ENOENT/)
  for (const args of [['scan'], ['scan', '--jsonl', 'x', 'clean.txt'], ['scan', '--json', '--sarif', 'clean.txt']])
    assert.equal((await run(folder, args)).code, EXIT.usage, args.join(' '))
})

test('stdin, UTF-16 and a byte order mark are read', async (t) => {
  const folder = folderFor(t)
  const piped = await spawned(folder, ['scan', '-'], `\ufeffKEY=${PAT}`)
  assert.deepEqual([piped.code, piped.out], [EXIT.evidence, '-:1:5 github-pat KEY=[masked:github-pat]\n'])
  writeFileSync(join(folder, 'wide.txt'), Buffer.from(`\ufeff\nKEY=${PAT}`, 'utf16le'))
  const wide = await run(folder, ['scan', 'wide.txt'])
  assert.equal(wide.out, 'wide.txt:2:5 github-pat KEY=[masked:github-pat]\n')
})

test('a JSON document is read by its meaning, a large file as it comes', async (t) => {
  const folder = folderFor(t)
  put(folder, 'a.json', JSON.stringify({ a: PAT }).replace('ghp', '\\u0067hp'))
  const json = await run(folder, ['scan', 'a.json'])
  assert.match(json.out, /^a\.json:1:7 github-pat \{"a":"\[masked:github-pat\]"\}\n$/)
  put(folder, 'large.log', `${`${'x'.repeat(99)}\n`.repeat(90_000)}KEY=${PAT}\n`)
  const large = await run(folder, ['scan', 'large.log'])
  assert.equal(large.out, 'large.log:90001:5 github-pat KEY=[masked:github-pat]\n')
})

test('names and texts do not drive the terminal', async (t) => {
  const folder = folderFor(t)
  const name = HOSTILE.replace(/[/\0]/g, '')
  put(folder, name, `${HOSTILE} ${PAT} ${HOSTILE}`)
  for (const how of [[], ['--json'], ['--sarif']]) {
    const ran = await run(folder, ['scan', ...how, '--', name, `none${name}`])
    assert.equal(ran.code, EXIT.evidence, ran.err)
    assert.ok(!drives(ran.out + ran.err), JSON.stringify(ran))
  }
})

test('known values of the configuration are found, and a wrong one is told', async (t) => {
  const folder = folderFor(t)
  put(folder, 'gatelog.yaml', 'masking: { known: [{ id: our-own, value: "kangaroo-42" }] }\n')
  put(folder, 'a.txt', 'say kangaroo-42 twice')
  const found = await run(folder, ['scan', 'a.txt'])
  assert.deepEqual([found.code, found.out], [EXIT.evidence, 'a.txt:1:5 our-own say [masked:our-own] twice\n'])
  put(folder, 'gatelog.yaml', 'nokey: 1\n')
  assert.equal((await run(folder, ['scan', 'a.txt'])).code, EXIT.config)
})
