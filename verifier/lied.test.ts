/** Bundles that whoever makes them made wholly anew, page and rows too: what is told is held against what was sealed, or is called his word. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { openTrail } from '../src/trail/index.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { checkBundle } from './bundle.ts'
import {
  bundled,
  type Change,
  ERASED,
  type Files,
  folder,
  HELD,
  type Json,
  keyring,
  onLines,
  PERIOD,
  remade,
  setUp,
  tearDown,
  vkey,
  zipped,
} from './evidence.case.ts'

let period: Files
before(async () => {
  await setUp()
  period = await bundled(PERIOD)
})
after(tearDown)

/** A copy that was changed, and made anew. */
function lied(change: Change): Files {
  const files = new Map(period)
  change(files)
  remade(files)
  return files
}

const numberOf = (line: Json): number => Number(line['index']) + 1
/** Something is done to each entry that is shown with its body. */
const eachBody = (change: (line: Json, files: Files) => unknown): Change => {
  return (files) =>
    onLines('entries.jsonl', (lines) => {
      for (const line of lines) if (files.has(`bodies/${numberOf(line)}`)) change(line, files)
    })(files)
}
const withoutSalt = (line: Json): unknown => delete (line['salts'] as Json)['body']

test('made anew without a change it is intact', () => {
  const checked = checkBundle(
    lied(() => undefined),
    vkey,
  )
  assert.deepEqual([checked.problems, checked.locked], [[], 0])
})

test('bodies exchanged under an erasure that says that it cut none', () => {
  const files = lied(
    eachBody((line, files) => {
      withoutSalt(line)
      line['anew'] = [{ by: ERASED }]
      files.set(`bodies/${numberOf(line)}`, Buffer.from('How do I sell the secrets?'))
    }),
  )
  assert.deepEqual(checkBundle(files, vkey).problems, [
    'entry 303 says that it cut 0 later exchanges, and 13 are said to be cut by it',
  ])
})

test('a body that is withheld because it was written anew, or by what wrote none', () => {
  const withheld = (by: string) =>
    lied(
      eachBody((line, files) => {
        if (numberOf(line) !== 9) return
        withoutSalt(line)
        line['anew'] = [{ by }]
        files.delete('bodies/9')
      }),
    )
  assert.deepEqual(checkBundle(withheld(ERASED), vkey).problems.slice(0, 1), [
    'entry 9: its body is left out, and nothing says why',
  ])
  assert.match(checkBundle(withheld(HELD), vkey).problems.join(), /entry 9: its body was written anew, and no entry/)
})

test('one entry named twice to have written a body anew, the second time with another salt', () => {
  const other = Buffer.alloc(32).toString('base64')
  const files = lied(
    eachBody((line) => {
      const anew = line['anew'] as Json[] | undefined
      if (anew) line['anew'] = [...anew, { ...anew[0], salt: other }]
    }),
  )
  assert.deepEqual(checkBundle(files, vkey).problems, [
    'entry 17: one entry is named twice to have written its body anew',
  ])
})

test('bodies that are withheld as locked are his word, and end with 7', () => {
  const files = lied(
    eachBody((line, files) => {
      withoutSalt(line)
      delete line['anew']
      line['locked'] = true
      files.delete(`bodies/${numberOf(line)}`)
    }),
  )
  const checked = checkBundle(files, vkey)
  assert.deepEqual([checked.problems, checked.locked], [[], 26])
  assert.match(checked.claims?.open[0] ?? '', /What the body of entries 9–12.* says: .* is the word of whoever made/)
  assert.match(checked.page?.() ?? '', /Not proven: What the body of entry 9 says/)
  const file = zipped(files)
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'verify.ts'), file, '--key', vkey], {
    encoding: 'utf8',
  })
  assert.deepEqual([run.status, run.stderr], [7, ''], run.stdout)
  assert.match(run.stdout, /not proven {2}What the body of[\s\S]*\nintact, and WITHHELD: 26 bodies that nobody/)
})

test('a body that is there is not locked, nor is one that nobody asked for', async () => {
  const here = lied(eachBody((line) => Object.assign(line, { locked: true })))
  assert.match(checkBundle(here, vkey).problems[0] ?? '', /entry 9: its body is said to be locked/)
  const bare = await bundled(PERIOD, { bodies: false })
  onLines('entries.jsonl', ([first = {}]) => Object.assign(first, { locked: true }))(bare)
  remade(bare)
  assert.match(
    checkBundle(bare, vkey).problems.join(),
    /^entry 9: its body is said to be locked[^,]*, and none[^,]*, or it is here$/,
  )
})

test('entries hidden behind an erasure: those behind it, and those that none takes', async () => {
  const hide = (files: Files, number: number) => {
    onLines('entries.jsonl', (lines) => {
      for (const line of lines) {
        if (numberOf(line) !== number) continue
        delete line['entry']
        delete line['salts']
        line['gone'] = ERASED
      }
    })(files)
    remade(files)
    return checkBundle(files, vkey).problems
  }
  for (const number of [304, 305])
    assert.deepEqual(
      hide(await bundled([300]), number),
      [`entry ${number}: the entry that is said to have taken it says nothing of it`],
      String(number),
    )
  assert.deepEqual(hide(await bundled([295]), 302), [
    'entry 302: the entry that is said to have taken it says nothing of it',
  ])
})

test('which entries an erasure took that does not say so is told as his word', () => {
  const told = checkBundle(period, vkey).claims?.open[0]
  assert.match(told ?? '', /^That entries 13–14 went by entry 303: it says how many it took, not which\./)
  assert.match(String(period.get('index.html')), /Not proven: That entry 13 went by entry 303/)
})

test('a place that nobody proved is told, and all around it is proven', async () => {
  const data = join(folder, 'unproven')
  const filled = await openTrail({ folder: data, keyring, now: () => NOON })
  for (const nth of [1, 2, 3]) {
    const at = NOON + nth * 1000
    await filled.append(opening(idOf(nth, at), { at, body: bodyOf('prompt') }))
    await filled.append(ending(idOf(nth, at), { at, body: bodyOf('reply') }))
  }
  await filled.close()
  const day = new DatabaseSync(join(data, 'days/2026-11-24.default.db'))
  day.prepare('UPDATE entries SET salt = zeroblob(32) WHERE seq = 4').run()
  day.close()
  await (await openTrail({ folder: data, keyring, now: () => NOON, signer: signerOf() })).close()
  const of = await openTrail({ folder: data, keyring, now: () => NOON })
  try {
    for (const what of ['after:2026-11-24T12:00:01Z before:2026-11-24T12:00:04Z', [0] as const, idOf(2, NOON + 2000)]) {
      const checked = checkBundle(await bundled(what, { of }), vkey)
      assert.deepEqual([checked.problems, checked.closed], [[], 1], String(what))
      assert.deepEqual(
        checked.manifest?.exceptions.map(({ what, entries }) => [what, entries]),
        [['unproven', '4']],
      )
      assert.match(checked.claims?.open[0] ?? '', /What stood in the place of entry 4, and when/)
    }
  } finally {
    await of.close()
  }
})
