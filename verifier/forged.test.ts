/** Bundles that somebody changed, by a byte or with all that he knows: each is found, and it is said what is wrong with it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkBundle } from './bundle.ts'
import {
  bundled,
  type Change,
  ERASED,
  exchange,
  type Files,
  HELD,
  heads,
  type Json,
  onLines,
  onManifest,
  PERIOD,
  setUp,
  tearDown,
  vkey,
} from './evidence.case.ts'
import { unheld } from './question.ts'

/** The bundle of a period, which each change gets a copy of. */
let period: Files
before(async () => {
  await setUp()
  period = await bundled(PERIOD)
})
after(tearDown)

const told = (files: Files, kept: readonly string[] = []): string => checkBundle(files, vkey, kept).problems.join('\n')
const entryOf = (lines: Json[], at: number) => lines[at]?.['entry'] as Json
const saltsOf = (lines: Json[], at: number) => lines[at]?.['salts'] as Json
const entries = (change: (lines: Json[]) => unknown) => onLines('entries.jsonl', change)
const both =
  (...changes: Change[]): Change =>
  (files) =>
    changes.map((change) => change(files))
const ZERO = Buffer.alloc(32).toString('base64')
const replace =
  (name: string, from: string, to: string): Change =>
  (files) => {
    const text = String(files.get(name))
    assert.ok(text.includes(from), `${name} has no ${from}`)
    files.set(name, Buffer.from(text.replaceAll(from, to)))
  }

/** What is done to the bundle of a period, and what must be said of it. */
const CHANGES: readonly [string, RegExp, Change][] = [
  [
    'a name',
    /entry 9: who is not what was sealed/,
    entries((lines) => Object.assign(entryOf(lines, 0), { actor: { id: 'bea' } })),
  ],
  ['a key left out', /entry 9: who is not/, entries((lines) => delete entryOf(lines, 0)['actor'])],
  ['the model left out', /entry 9: model is left out/, entries((lines) => delete entryOf(lines, 0)['model'])],
  ['what the leaf tells left out', /entry 9: at is left out/, entries((lines) => delete entryOf(lines, 0)['at'])],
  ['what the leaf tells', /entry 9: at is not/, entries((lines) => Object.assign(entryOf(lines, 0), { at: 1 }))],
  ['a key added', /entry 9: about is not/, entries((lines) => Object.assign(entryOf(lines, 0), { more: 1 }))],
  ['a salt', /entry 9: who is not/, entries((lines) => Object.assign(saltsOf(lines, 0), { who: ZERO }))],
  ['a salt left out', /entry 9: who is shown without its salt/, entries((lines) => delete saltsOf(lines, 0)['who'])],
  ['a salt of a body that is not shown', /entry 9: a salt of its body/, (files) => files.delete('bodies/9')],
  [
    'a body and its salt left out',
    /entry 9: its body is left out/,
    both(
      (files) => files.delete('bodies/9'),
      entries((lines) => delete saltsOf(lines, 0)['body']),
    ),
  ],
  [
    'a body without its salt',
    /entry 9: body is shown without its salt/,
    entries((lines) => delete saltsOf(lines, 0)['body']),
  ],
  [
    'a salt of a part that is not there',
    /entry 9: a salt is shown of x/,
    entries((lines) => Object.assign(saltsOf(lines, 0), { x: ZERO })),
  ],
  ['an index', /not in the order of the log/, entries((lines) => Object.assign(lines[1]!, { index: 3 }))],
  [
    'a hash of a proof',
    /entry 10: its leaf does not stand there/,
    entries((lines) => (lines[1]!['proof'] as string[]).splice(2, 1, ZERO)),
  ],
  [
    'a proof in another form',
    /entry 10: what should be base64/,
    entries((lines) => (lines[1]!['proof'] as string[]).splice(2, 1, 'x')),
  ],
  [
    'a leaf',
    /entry 9: its leaf does not stand/,
    entries((lines) => Object.assign(lines[0]!, { leaf: String(lines[0]!['leaf']).replace('asked', 'denied') })),
  ],
  [
    'contents of two entries swapped',
    /entry 9: exchange is not what was sealed/,
    entries((lines) => {
      const [one, other] = [lines[0]!, lines[2]!]
      ;[one['entry'], other['entry']] = [other['entry'], one['entry']]
    }),
  ],
  [
    'two entries in another order',
    /not in the order of the log, at entry 9/,
    entries((lines) => lines.splice(0, 2, lines[1]!, lines[0]!)),
  ],
  ['an entry left out', /entry 13 of the period is left out/, entries((lines) => lines.splice(4, 1))],
  [
    'an entry and its leaf left out, and the count changed',
    /leaves of the period are not all there/,
    both(
      entries((lines) => lines.splice(4, 1)),
      onLines('leaves.jsonl', (lines) => lines.splice(12, 1)),
      onManifest((manifest) => Object.assign(manifest, { entries: 29 })),
    ),
  ],
  ['an entry twice', /not in the order of the log/, entries((lines) => lines.splice(1, 0, lines[0]!))],
  [
    'leaves swapped',
    /leaf 1 stands in another place/,
    onLines('leaves.jsonl', (lines) => lines.splice(0, 2, lines[1]!, lines[0]!)),
  ],
  [
    'a leaf',
    /leaf is that of another place/,
    onLines('leaves.jsonl', (lines) => Object.assign(lines[0]!, { leaf: '{}' })),
  ],
  [
    'bodies swapped',
    /entry 9: body is not what was sealed/,
    (files) => {
      const [one, other] = [files.get('bodies/9')!, files.get('bodies/11')!]
      files.set('bodies/9', other).set('bodies/11', one)
    },
  ],
  ['a body of no entry', /bodies\/999 is no file of this bundle/, (files) => files.set('bodies/999', Buffer.from('x'))],
  [
    'a proof of no entry',
    /proofs\/999.tlog-proof is no file/,
    (files) => files.set('proofs/999.tlog-proof', Buffer.from('x')),
  ],
  [
    'a body under another name',
    /bodies\/9.tlog-proof is no file/,
    (files) => files.set('bodies/9.tlog-proof', files.get('bodies/9')!),
  ],
  ['a file more', /readme.txt is no file of this bundle/, (files) => files.set('readme.txt', Buffer.from('x'))],
  [
    'a body that was masked anew',
    /entry 17: its body is not what it was masked anew to/,
    (files) => files.set('bodies/17', Buffer.from('x')),
  ],
  ['that it was masked anew', /entry 17: body is shown without its salt/, entries((lines) => delete lines[8]!['anew'])],
  [
    'who masked it anew',
    /entry 17: its body was written anew, and no entry/,
    entries((lines) => Object.assign(lines[8]!, { anew: [{ by: HELD, salt: ZERO }] })),
  ],
  [
    'a word for why it is gone',
    /entry 13: the entry that is said to have taken it/,
    entries((lines) => Object.assign(lines[4]!, { gone: HELD })),
  ],
  [
    'why it is gone left out',
    /entry 13: nothing is left of it in the record/,
    entries((lines) => delete lines[4]!['gone']),
  ],
  [
    'contents left out, as if they were erased',
    /entry 303 says that it took 1 exchanges, and 2 are said to be gone by it/,
    entries((lines) => Object.assign(lines[0]!, { entry: undefined, salts: undefined, gone: ERASED })),
  ],
  [
    'contents of an entry, and that it is gone',
    /entry 9: it is there, and is said to be gone/,
    entries((lines) => Object.assign(lines[0]!, { gone: ERASED })),
  ],
  [
    'who erased',
    /entry 303: about is not/,
    onLines('context.jsonl', (lines) => Object.assign(entryOf(lines, 1), { why: 'x' })),
  ],
  [
    'an erasure left out',
    /entry 13: nothing is left .* no entry that is here/,
    onLines('context.jsonl', (lines) => lines.splice(1, 1)),
  ],
  ['a gap left out', /the manifest tells other gaps/, onLines('context.jsonl', (lines) => lines.splice(0, 1))],
  [
    'an entry among those of context',
    /entry 9 is there twice/,
    (files) => {
      onLines('entries.jsonl', (lines) => onLines('context.jsonl', (context) => context.unshift(lines[0]!))(files))(
        files,
      )
    },
  ],
  ['gaps', /the manifest tells other gaps/, onManifest((manifest) => Object.assign(manifest, { gaps: [] }))],
  ['rules', /the manifest tells other rules/, onManifest((manifest) => Object.assign(manifest, { rules: [] }))],
  [
    'a longer range',
    /leaves of the period are not all there/,
    onManifest((manifest) => Object.assign(manifest['range'] as Json, { end: 300 })),
  ],
  ['the range left out', /the leaves are shown/, onManifest((manifest) => delete manifest['range'])],
  [
    'a key of the manifest more',
    /manifest.json says something that it cannot say/,
    onManifest((manifest) => Object.assign(manifest, { more: 1 })),
  ],
  [
    'another form',
    /knows gatelog-evidence\/4 alone/,
    onManifest((manifest) => Object.assign(manifest, { format: 'x' })),
  ],
  ['when it was made', /index.html is not the page/, onManifest((manifest) => Object.assign(manifest, { made: 1 }))],
  [
    'the question',
    /the question names another time/,
    onManifest((manifest) => Object.assign(manifest, { question: 'after:2026-11-01' })),
  ],
  [
    'the question is of a person too',
    /asks for more than a time/,
    onManifest((manifest) => Object.assign(manifest, { question: `${PERIOD} user:ana` })),
  ],
  [
    'a longer period, in question and time',
    /entry 7 of the period is left out/,
    both(
      onManifest((manifest) => Object.assign(manifest, { question: PERIOD.replace(':05', ':04') })),
      onManifest((manifest) => Object.assign(manifest['asked'] as Json, { after: Date.parse('2026-11-24T12:00:04Z') })),
    ),
  ],
  [
    'a period that ends later than what is shown',
    /the last leaf that is shown, .* is not behind the period/,
    both(
      onManifest((manifest) => Object.assign(manifest, { question: PERIOD.replace('12:00:20', '13:00:20') })),
      onManifest((manifest) =>
        Object.assign(manifest['asked'] as Json, { before: Date.parse('2026-11-24T13:00:20Z') }),
      ),
    ),
  ],
  [
    'a shorter period',
    /entry 9: it is none of what was asked for/,
    both(
      onManifest((manifest) => Object.assign(manifest, { question: PERIOD.replace(':05', ':06') })),
      onManifest((manifest) => Object.assign(manifest['asked'] as Json, { after: Date.parse('2026-11-24T12:00:06Z') })),
    ),
  ],
  [
    'a query in the place of the period, so that it need not be whole',
    /the leaves are shown/,
    both(
      onManifest((manifest) => Object.assign(manifest, { question: `${PERIOD} user:ana` })),
      onManifest((manifest) => Object.assign(manifest['asked'] as Json, { kind: 'query' })),
    ),
  ],
  [
    'a line with blanks',
    /line 1 of entries.jsonl is not written/,
    replace('entries.jsonl', '{"index":8,', '{"index": 8,'),
  ],
  [
    'a key twice',
    /line 1 of entries.jsonl is not written/,
    replace('entries.jsonl', '{"index":8,', '{"index":8,"index":8,'),
  ],
  [
    'the last line feed',
    /entries.jsonl does not end with a line feed/,
    (files) => files.set('entries.jsonl', files.get('entries.jsonl')!.subarray(0, -1)),
  ],
  [
    'a sea of brackets',
    /line 1 of context.jsonl/,
    (files) => files.set('context.jsonl', Buffer.from(`${'['.repeat(1e5)}\n`)),
  ],
]

test('before it is changed it is intact', () => assert.equal(told(period), ''))

for (const [name, why, change] of CHANGES)
  test(`changed: ${name}`, () => {
    const files = new Map(period)
    change(files)
    assert.match(told(files), why)
  })

test('a period without the leaves beside it is not held to be whole', async () => {
  const narrow = await bundled('after:2026-11-24T12:02:00Z before:2026-11-24T12:02:05Z')
  both(
    onManifest((manifest) =>
      Object.assign(manifest, { question: 'after:2026-11-24T12:00:30Z before:2026-11-24T12:02:05Z' }),
    ),
    onManifest((manifest) => Object.assign(manifest['asked'] as Json, { after: Date.parse('2026-11-24T12:00:30Z') })),
  )(narrow)
  assert.match(told(narrow), /the first leaf that is shown, 119 of 2026-11-24T12:00:59.000Z, is not before the period/)
})

test('an exchange under another name, or with entries of another', async () => {
  const files = await bundled(exchange(3))
  const of = (id: string) => onManifest((manifest) => Object.assign(manifest, { question: id }))
  of(exchange(4))(files)
  assert.match(told(files), /the question names another exchange/)
  onManifest((manifest) => Object.assign(manifest['asked'] as Json, { exchange: exchange(4) }))(files)
  assert.match(told(files), /entry 5: it is none of what was asked for/)
})

test('a query in which another person, time or model is named than its entries tell', async () => {
  const asked = 'user:ana -user:bea model:"M" connection:* lighthouse has:finding -has:x after:2026-11-24T12:02:20Z'
  const files = await bundled('user:ana -user:bea model:"M" connection:* after:2026-11-24T12:02:20Z')
  assert.equal(told(files), '')
  for (const [from, to] of [
    ['user:ana', 'user:bea'],
    ['user:ana', 'user:an?*'],
    ['-user:bea', '-user:a*'],
    ['model:', 'model:x'],
    ['connection:*', 'connection:d'],
    ['connection:*', 'session:S'],
  ] as const) {
    const other = new Map(files)
    onManifest((manifest) => Object.assign(manifest, { question: String(manifest['question']).replace(from, to) }))(
      other,
    )
    assert.match(told(other), /it does not answer the question|the question is none/, to)
  }
  onManifest((manifest) => {
    Object.assign(manifest, { question: asked.replace('12:02:20', '12:02:25') })
    Object.assign(manifest['asked'] as Json, { after: Date.parse('2026-11-24T12:02:25Z') })
  })(files)
  assert.match(told(files), /entry 280: it does not answer the question/)
  assert.deepEqual(unheld(asked), ['lighthouse', 'has:finding', '-has:x'])
})

test('a head that was kept is held against the log, and what the manifest says of it against the checkpoint', async () => {
  const [old = ''] = heads
  const files = () => bundled([101, 201], { kept: [101, 201] })
  const changed = async (change: (kept: Json[]) => unknown) => {
    const some = await files()
    onManifest((manifest) => change(manifest['kept'] as Json[]))(some)
    return told(some, [old])
  }
  assert.match(
    await changed((kept) => Object.assign(kept[0]!, { root: ZERO })),
    /does not begin with the 101 entries[\s\S]*two logs were signed/,
  )
  assert.match(await changed((kept) => Object.assign(kept[0]!, { size: 99 })), /does not begin with the 99 entries/)
  assert.match(await changed((kept) => (kept[0]!['proof'] as string[]).pop()), /does not begin with the 101 entries/)
  assert.match(await changed((kept) => kept.shift()), /have it made with --checkpoint/)
  const between = await files()
  onManifest((manifest) => Object.assign(manifest['asked'] as Json, { from: 90 }))(between)
  assert.match(told(between), /the question names other entries[\s\S]*not those between the places/)
})

test('a bundle that is older than a checkpoint that was kept is not held to be the newest', async () => {
  const files = await bundled(exchange(3))
  for (const name of files.keys()) if (name.endsWith('proof')) files.delete(name)
  files.set('checkpoint', Buffer.from(heads[0] ?? ''))
  assert.match(told(files, [heads[1] ?? '']), /it is over 201 entries, the bundle’s over 101/)
})
