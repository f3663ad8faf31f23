/** The verifier holds what the server proved, and finds every change of it. It shares no line with the server; this test joins them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { zipSync } from 'fflate'
import { Bundle } from '../src/cli/evidence/bundle.ts'
import type { Keyring } from '../src/exchange/index.ts'
import { openTrail, parseQuery, type Trail } from '../src/trail/index.ts'
import { age, signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { checkBundle, checkProof } from './check.ts'
import { unzip } from './zip.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const { vkey } = signerOf()
const HOSTILE = '<script>alert(1)</script>\u001b[31m\u202e'
let folder = ''
let trail: Trail

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelog-verifier-'))
  const sealing = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON, signer: signerOf() })
  for (let nth = 1; nth <= 150; nth++) {
    const at = NOON + nth * 1000
    const said = { actor: { id: 'ana', name: HOSTILE } as never, session: 's', model: 'm', connection: 'c' }
    await sealing.append(opening(idOf(nth, at), { ...said, at, body: bodyOf(`prompt ${nth} ${HOSTILE}`) }))
    await sealing.append(ending(idOf(nth, at), { at, body: bodyOf(`reply ${nth}`) }))
  }
  const by = { by: idOf(999), bodies: [], taken: [], notes: [] }
  await sealing.close()
  trail = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON })
  await trail.dayFiles.revise({ ...by, erased: [idOf(7, NOON + 7000)] })
})
after(async () => {
  await trail.close()
  await rm(folder, { recursive: true })
})

async function bundleOf(what: { exchange: string } | string, bodies = true, of = trail): Promise<Bundle> {
  const bundle = new Bundle({ question: 'q', made: NOON, version: '0' })
  const question = typeof what === 'string' ? { query: parseQuery(what, NOON) } : what
  for await (const line of of.prove(question, bodies)) bundle.take(line)
  return bundle
}

const filesOf = (bundle: Bundle) => unzip(Buffer.from(bundle.zip()))
const PERIOD = 'after:2026-11-24T12:00:05Z before:2026-11-24T12:00:20Z'

test('an exchange, what a query finds and a period are proven; an erased entry has its place alone', async () => {
  const one = checkBundle(filesOf(await bundleOf({ exchange: idOf(3, NOON + 3000) })), vkey)
  assert.deepEqual([one.problems, one.entries, one.disclosed, one.size], [[], 2, 9, 300])
  const found = checkBundle(filesOf(await bundleOf('user:ana')), vkey)
  assert.deepEqual([found.problems, found.entries, found.closed], [[], 298, 0])
  const period = checkBundle(filesOf(await bundleOf(PERIOD)), vkey)
  assert.deepEqual([period.problems, period.entries, period.closed, period.range], [[], 30, 2, { first: 9, last: 38 }])
  const bare = filesOf(await bundleOf({ exchange: idOf(3, NOON + 3000) }, false))
  assert.ok(![...bare.keys()].some((name) => name.startsWith('bodies/')))
  assert.deepEqual(checkBundle(bare, vkey).problems, [])
  assert.doesNotMatch(String(bare.get('entries.jsonl')), /"salts":\{[^}]*"body"/)
})

test('a record that was upgraded is proven in both versions of its leaves', async (t) => {
  const copy = join(folder, 'aged')
  await cp(join(folder, 'data'), copy, { recursive: true })
  await age(copy, '2026-11-24.default.db', 12)
  const old = await openTrail({ folder: copy, keyring, now: () => NOON })
  t.after(() => old.close())
  const files = filesOf(await bundleOf(PERIOD, true, old))
  assert.match(String(files.get('leaves.jsonl')), /"connection\\":\\"c\\".*\\"v\\":1\}.*\n.*\n.*\n.*\n.*\\"v\\":2\}/)
  assert.deepEqual(checkBundle(files, vkey).problems, [])
  onLines('entries.jsonl', (lines) => Object.assign(entryOf(lines, 0), { connection: 'd' }))(files)
  assert.match(checkBundle(files, vkey).problems[0] ?? '', /entry 9: connection is not what was sealed/)
})

test('another key, and a bundle that another key signed', async () => {
  const files = filesOf(await bundleOf({ exchange: idOf(3, NOON + 3000) }))
  assert.match(checkBundle(files, signerOf(2).vkey).problems[0] ?? '', /not signed by this key/)
  assert.match(checkBundle(files, 'nonsense').problems[0] ?? '', /verifier key/)
})

type Line = Record<string, unknown>
const onLines = (name: string, change: (lines: Line[]) => void) => (files: Map<string, Buffer>) => {
  const lines = String(files.get(name))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
  change(lines)
  files.set(name, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
}
const entryOf = (lines: Line[], at: number) => lines[at]?.['entry'] as Line
const flip = (name: string) => (files: Map<string, Buffer>) => {
  const bytes = Buffer.from(files.get(name) ?? '')
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  files.set(name, bytes)
}

const CHANGES: readonly [string, (files: Map<string, Buffer>) => void][] = [
  [
    'a name',
    onLines('entries.jsonl', (lines) => Object.assign(entryOf(lines, 0), { actor: { id: 'bea', name: 'b' } })),
  ],
  ['a key left out', onLines('entries.jsonl', (lines) => void delete entryOf(lines, 0)['actor'])],
  ['the model left out', onLines('entries.jsonl', (lines) => void delete entryOf(lines, 0)['model'])],
  ['the model', onLines('entries.jsonl', (lines) => Object.assign(entryOf(lines, 0), { model: 'x' }))],
  ['a key that the leaf tells left out', onLines('entries.jsonl', (lines) => void delete entryOf(lines, 0)['at'])],
  ['a key that the leaf tells', onLines('entries.jsonl', (lines) => Object.assign(entryOf(lines, 0), { at: 1 }))],
  ['a key added', onLines('entries.jsonl', (lines) => Object.assign(entryOf(lines, 0), { more: 1 }))],
  [
    'a salt',
    onLines('entries.jsonl', (lines) =>
      Object.assign(lines[0]!['salts'] as Line, { who: Buffer.alloc(32).toString('base64') }),
    ),
  ],
  ['a salt left out', onLines('entries.jsonl', (lines) => void delete (lines[0]!['salts'] as Line)['who'])],
  ['an index', onLines('entries.jsonl', (lines) => Object.assign(lines[0] ?? {}, { index: 3 }))],
  [
    'a hash of a proof',
    onLines(
      'entries.jsonl',
      (lines) => void (lines[1]!['proof'] as string[]).splice(2, 1, Buffer.alloc(32).toString('base64')),
    ),
  ],
  [
    'a leaf',
    onLines('entries.jsonl', (lines) =>
      Object.assign(lines[0] ?? {}, { leaf: String(lines[0]?.['leaf']).replace('asked', 'denied') }),
    ),
  ],
  [
    'two entries’ contents swapped',
    onLines('entries.jsonl', (lines) => {
      const [one, other] = [lines[0]!, lines[2]!]
      ;[one['entry'], other['entry']] = [other['entry'], one['entry']]
    }),
  ],
  ['an entry left out', onLines('entries.jsonl', (lines) => lines.splice(4, 1))],
  [
    'an entry and its leaf left out',
    (files) => {
      onLines('entries.jsonl', (lines) => lines.splice(4, 1))(files)
      onLines('leaves.jsonl', (lines) => lines.splice(4, 1))(files)
      files.set(
        'manifest.json',
        Buffer.from(String(files.get('manifest.json')).replace('"entries": 30', '"entries": 29')),
      )
    },
  ],
  ['an entry twice', onLines('entries.jsonl', (lines) => lines.push(lines[0]!))],
  ['leaves swapped', onLines('leaves.jsonl', (lines) => lines.splice(0, 2, lines[1]!, lines[0]!))],
  ['a leaf of the period', onLines('leaves.jsonl', (lines) => Object.assign(lines[0]!, { leaf: '{}' }))],
  ['a body', flip('bodies/9')],
  [
    'bodies swapped',
    (files) => {
      const [one, other] = [files.get('bodies/9')!, files.get('bodies/11')!]
      files.set('bodies/9', other).set('bodies/11', one)
    },
  ],
  ['a body of no entry', (files) => void files.set('bodies/999', Buffer.from('x'))],
  ['the checkpoint', flip('checkpoint')],
  [
    'a longer period',
    (files) =>
      void files.set(
        'manifest.json',
        Buffer.from(String(files.get('manifest.json')).replace('"end": 38', '"end": 39')),
      ),
  ],
  ['the manifest gone', (files) => void files.delete('manifest.json')],
  ['the entries gone', (files) => void files.delete('entries.jsonl')],
]

for (const [name, change] of CHANGES)
  test(`changed: ${name}`, async () => {
    const files = filesOf(await bundleOf(PERIOD))
    assert.deepEqual(checkBundle(files, vkey).problems, [])
    change(files)
    assert.notDeepEqual(checkBundle(files, vkey).problems, [])
  })

test('the proof of one entry stands for itself, and no line of it can be changed', async () => {
  const proof = (await bundleOf({ exchange: idOf(3, NOON + 3000) })).proof ?? ''
  const { problems, origin } = checkProof(proof, vkey)
  assert.deepEqual([problems, origin], [[], 'gatelog.example/log'])
  const lines = proof.split('\n')
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const middle = line.length >> 1
    const other = line[middle] === 'A' ? 'B' : 'A'
    const changed = lines.with(at, line.slice(0, middle) + other + line.slice(middle + 1)).join('\n')
    assert.notDeepEqual(checkProof(changed, vkey).problems, [], line)
  }
})

test('a zip file that is damaged, cut short or odd is refused', async () => {
  const zip = Buffer.from((await bundleOf({ exchange: idOf(3, NOON + 3000) })).zip())
  for (const cut of [0, 10, zip.length - 30]) assert.throws(() => unzip(zip.subarray(0, cut)))
  let found = 0
  for (let at = 0; at < zip.length; at += 97) {
    const bytes = Buffer.from(zip)
    bytes[at] = (bytes[at] ?? 0) ^ 255
    try {
      if (checkBundle(unzip(bytes), vkey).problems.length > 0) found += 1
    } catch {
      found += 1
    }
  }
  assert.ok(found > 0)
  assert.equal(String(unzip(Buffer.from(zipSync({ a: Buffer.from('text') }))).get('a')), 'text')
})

test('the page runs nothing, loads nothing and escapes what came from outside', async () => {
  const page = String(filesOf(await bundleOf({ exchange: idOf(3, NOON + 3000) })).get('index.html'))
  assert.match(page, /default-src 'none'/)
  assert.doesNotMatch(page, /<script|\u001b|\u202e|https?:\/\/(?!www\.w3)/)
  assert.match(page, /&lt;script&gt;alert\(1\)/)
})

test('the command: 0 where it holds, 5 where not, 2 without a key; it imports nothing of the server', async () => {
  const files = { zip: join(folder, 'e.zip'), proof: join(folder, 'e.tlog-proof'), bad: join(folder, 'bad.zip') }
  const bundle = await bundleOf(PERIOD)
  await writeFile(files.zip, bundle.zip())
  await writeFile(files.proof, bundle.proof ?? '')
  await writeFile(files.bad, 'no zip')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'verify.ts'), ...args], { encoding: 'utf8' })
  const held = run(files.zip, '--key', vkey)
  assert.deepEqual([held.status, /without a hole\nintact\n$/.test(held.stdout)], [0, true], held.stdout)
  assert.equal(JSON.parse(run(files.proof, '--key', vkey, '--json').stdout).problems.length, 0)
  assert.deepEqual(
    [run(files.bad, '--key', vkey).status, run(files.zip, '--key', signerOf(2).vkey).status, run(files.zip).status],
    [5, 5, 2],
  )
  for (const name of globSync('*.ts', { cwd: import.meta.dirname }))
    if (!name.includes('.test.'))
      assert.doesNotMatch(readFileSync(join(import.meta.dirname, name), 'utf8'), /from '(\.\.|#|[a-z])(?!ode:)/)
})
