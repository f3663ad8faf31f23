/** Nothing stands in a bundle that nobody looks at: neither a key more, nor an empty list, nor a salt of nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkBundle } from './bundle.ts'
import {
  bundled,
  type Change,
  type Files,
  type Json,
  onLines,
  onManifest,
  PERIOD,
  setUp,
  tearDown,
  vkey,
} from './evidence.case.ts'

let period: Files
before(async () => {
  await setUp()
  period = await bundled(PERIOD, { kept: [101] })
})
after(tearDown)

const HIDDEN = 'what nobody looks at '.repeat(30)
const MANIFEST = 'manifest.json says something that it cannot say'
const ENTRY = 'a line of entries.jsonl is none of an entry'
const CONTEXT = 'a line of context.jsonl is none of an entry'

const anewOf = (change: (anew: Json[]) => unknown): Change =>
  onLines('entries.jsonl', (lines) => {
    const found = lines.flatMap(({ anew }) => (anew ? [anew as Json[]] : []))
    assert.ok(found.length > 0)
    for (const anew of found) change(anew)
  })
/** Something more on each line that is shown, or is not. */
const onEntries = (isShown: boolean, more: Json): Change =>
  onLines('entries.jsonl', (lines) => {
    const some = lines.filter((line) => (line['entry'] !== undefined) === isShown && !('anew' in line))
    assert.ok(some.length > 0)
    for (const line of some) Object.assign(line, more)
  })
const onContext = (more: Json): Change =>
  onLines('context.jsonl', (lines) => {
    assert.ok(lines[0])
    Object.assign(lines[0], more)
  })
const onKept = (change: (kept: Json[]) => unknown): Change =>
  onManifest((manifest) => {
    const kept = manifest['kept'] as Json[]
    assert.equal(kept.length, 1)
    change(kept)
  })

const CHANGES: readonly [string, Change, string][] = [
  ['a key more beside who wrote a body anew', anewOf(([first]) => Object.assign(first!, { note: HIDDEN })), ENTRY],
  ['a body written anew by nobody', onEntries(true, { anew: [] }), ENTRY],
  ['salts of an entry that is not shown', onEntries(false, { salts: {} }), ENTRY],
  ['a context line that is said to be gone', onContext({ gone: HIDDEN }), CONTEXT],
  ['one whose body was written anew', onContext({ anew: [] }), CONTEXT],
  ['one whose body is locked', onContext({ locked: true }), CONTEXT],
  ['one that says nothing', onContext({ entry: undefined, salts: undefined }), CONTEXT],
  [
    'a key more in the range',
    onManifest((manifest) => Object.assign(manifest['range'] as Json, { hidden: HIDDEN })),
    MANIFEST,
  ],
  ['a key more of a checkpoint that was kept', onKept(([kept]) => Object.assign(kept!, { hidden: HIDDEN })), MANIFEST],
  ['one twice', onKept((kept) => kept.push({ ...kept[0] })), MANIFEST],
  ['none', onKept((kept) => kept.pop()), MANIFEST],
  ['a version that is none', onManifest((manifest) => Object.assign(manifest, { version: HIDDEN })), MANIFEST],
  ['a time that is none', onManifest((manifest) => Object.assign(manifest, { made: 8.64e15 + 1 })), MANIFEST],
]

test('before it is changed it is intact', () => assert.deepEqual(checkBundle(period, vkey).problems, []))

for (const [name, change, why] of CHANGES)
  test(name, () => {
    const files = new Map(period)
    change(files)
    assert.deepEqual(checkBundle(files, vkey).problems, [why])
  })

test('a salt of a body that was sealed without one, and one of another length', () => {
  const bodiless = new Map(period)
  onLines('entries.jsonl', (lines) => {
    const [line] = lines.filter(({ leaf, entry }) => entry && !String(leaf).includes('"body"'))
    assert.ok(line)
    Object.assign(line['salts'] as Json, { body: Buffer.from(HIDDEN).toString('base64') })
  })(bodiless)
  assert.match(
    checkBundle(bodiless, vkey).problems.join(),
    /^entry \d+: a salt of its body is shown, and it was sealed/,
  )
  const long = new Map(period)
  anewOf((anew) => Object.assign(anew.at(-1)!, { salt: Buffer.from(HIDDEN).toString('base64') }))(long)
  assert.match(
    checkBundle(long, vkey).problems.join(),
    /^entry \d+: a salt of a body that was written anew has not 32 b/,
  )
})
