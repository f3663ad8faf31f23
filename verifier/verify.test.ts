/** The verifier holds what the server proved. It shares with it the form of a bundle and no line that proves; this test joins them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openTrail, printLeafProof } from '../src/trail/index.ts'
import { age, signerOf } from '../src/trail/seal/made.ts'
import { printNote } from '../src/trail/seal/note.ts'
import { NOON } from '../src/trail/stores/made.ts'
import { checkBundle } from './bundle.ts'
import {
  bundled,
  COUNT,
  exchange,
  folder,
  heads,
  keyring,
  made,
  onLines,
  PERIOD,
  POLICY,
  setUp,
  tearDown,
  trail,
  vkey,
} from './evidence.case.ts'
import { checkProof } from './proof.ts'

before(setUp)
after(tearDown)

const NOTES = 5
const ALL = 2 * COUNT + NOTES

test('an exchange is proven, with all that is on the record of it', async () => {
  const one = checkBundle(await bundled(exchange(3)), vkey)
  assert.deepEqual([one.problems, one.entries, one.disclosed, one.size], [[], 2, 9, ALL])
  assert.deepEqual(one.claims?.asked, `The exchange ${exchange(3)}`)
})

test('of an exchange that was erased its places are proven, and by whom it was erased', async () => {
  const gone = checkBundle(await bundled(exchange(7)), vkey)
  assert.deepEqual([gone.problems, gone.entries, gone.disclosed, gone.closed], [[], 2, 0, 2])
  assert.deepEqual(gone.manifest?.exceptions.map(({ what, entries, by }) => [what, entries, by]).slice(0, 1), [
    ['erased', '13–14', 303],
  ])
})

test('what a query finds is proven, and that it does not show that this is all', async () => {
  const found = checkBundle(await bundled('user:ana'), vkey)
  assert.deepEqual([found.problems, found.entries, found.closed], [[], 298, 0])
  assert.match(found.claims?.open.join('\n') ?? '', /That the query found all there is/)
  assert.doesNotMatch(found.claims?.proven.join('\n') ?? '', /left out/)
})

test('what a streamed reply says is put together on the page, escaped, and its events stay beside it', async () => {
  const files = await bundled(exchange(13))
  const checked = checkBundle(files, vkey)
  assert.deepEqual(checked.problems, [])
  const said = '<pre>a lighthouse &lt;script&gt;alert(1)&lt;/script&gt;\\u{1b}[31m\\u{202e}</pre>'
  for (const page of [String(files.get('index.html')), checked.page?.() ?? '']) {
    const whole = 'what one of them gives as a whole is in the events alone'
    assert.ok(
      page.includes(
        `piece by piece from its events as they came; ${whole} (those are what is on the record)</summary>${said}`,
      ),
    )
    assert.match(page, /its events, as they are on the record<\/summary><pre>data: \{&quot;choices&quot;/)
    assert.doesNotMatch(page, /<script>/)
  }
  const lied = new Map(files)
  lied.set('index.html', Buffer.from(String(files.get('index.html')).replace('a lighthouse', 'a lamp')))
  assert.match(checkBundle(lied, vkey).problems.join(), /index\.html is not the page that these entries make/)
  const closed = String((await bundled(exchange(13), { bodies: false })).get('index.html'))
  assert.doesNotMatch(closed, /lighthouse/)
})

test('a period that is not over is told so, and is not said to be without a hole', async () => {
  const ahead = checkBundle(await bundled('after:2026-11-25T12:00:00Z before:2026-11-26T12:00:00Z'), vkey)
  assert.deepEqual([ahead.problems, ahead.entries], [[], 0])
  assert.match(
    ahead.claims?.proven.join('\n') ?? '',
    /left out of what there was of the period when this was made: .*in it by then\./,
  )
  const ends = 'it was asked for at 2026-11-24 12:00:00 UTC, and ends at 2026-11-26 12:00:00 UTC.'
  assert.deepEqual(ahead.claims?.open[0], `The rest of the period: ${ends}`)
})

test('a period is proven to be whole, with what was done to it since', async () => {
  const period = checkBundle(await bundled(PERIOD), vkey)
  assert.deepEqual([period.problems, period.entries, period.closed], [[], 30, 2])
  assert.match(
    period.claims?.proven.join('\n') ?? '',
    /Nothing is left out of the period: every leaf of the log from the first/,
  )
  const { gaps, exceptions } = period.manifest ?? assert.fail()
  assert.deepEqual(
    gaps.map(({ what, entries, by }) => [what, entries, by]),
    [
      ['gap', '', 302],
      ['interrupted', '24', undefined],
    ],
  )
  assert.match(
    gaps[0]?.told ?? '',
    /3 exchanges passed unrecorded from 2026-11-24T12:00:18.000Z to 2026-11-24T12:00:19.000Z: full/,
  )
  assert.deepEqual(
    exceptions.map(({ what, entries, by }) => [what, entries, by]),
    [
      ['erased', '13–14', 303],
      ['masked anew', '17', 304],
      ['kept as metadata', '21', undefined],
      ['hold', '', 305],
    ],
  )
})

test('the rules in force are told by their version, with their text', async () => {
  const files = await bundled('after:2026-11-24T12:00:49Z before:2026-11-24T12:00:53Z')
  const ruled = checkBundle(files, vkey)
  const { rules } = ruled.manifest ?? assert.fail()
  assert.deepEqual(
    [ruled.problems, rules.map(({ entries, by, told }) => [entries, by, told])],
    [
      [],
      [
        ['97–100', undefined, 'their entries do not tell which rules were in force'],
        ['102–105', 101, `version ${POLICY}`],
      ],
    ],
  )
  assert.match(String(files.get('index.html')), /the text of version [\s\S]*&lt;b&gt;no&lt;\/b&gt;/)
  const later = await bundled(exchange(60))
  assert.deepEqual(
    checkBundle(later, vkey).manifest?.rules.map(({ by }) => by),
    [101],
  )
  onLines('context.jsonl', (lines) => Object.assign(lines[0]?.['entry'] as object, { text: '{}' }))(later)
  assert.match(
    checkBundle(later, vkey).problems.join(),
    /entry 101: about is not[\s\S]*entry 101: its text is not that of the version/,
  )
})

test('a period in which nothing was recorded is proven to be empty', async () => {
  const empty = checkBundle(await bundled('after:2026-11-24T12:00:05.100Z before:2026-11-24T12:00:05.900Z'), vkey)
  assert.deepEqual([empty.problems, empty.entries], [[], 0])
  assert.match(empty.claims?.proven.join('\n') ?? '', /none of them lies in the period/)
  for (const other of ['after:2026-11-20 before:2026-11-21', 'after:2026-11-28', 'before:2026-11-20'])
    assert.deepEqual(checkBundle(await bundled(other), vkey).problems, [], other)
})

test('a query that finds nothing is told as one, and proves nothing', async () => {
  const none = checkBundle(await bundled('user:nobody'), vkey)
  assert.deepEqual([none.problems, none.entries, none.claims?.proven], [[], 0, []])
})

test('leaves are shown until they are a minute off the period, and the log’s own end is told', async () => {
  const later = checkBundle(await bundled('after:2026-11-24T12:02:00Z before:2026-11-24T12:02:05Z'), vkey)
  assert.match(
    later.claims?.proven.join('\n') ?? '',
    /from number 119 \(2026-11-24 12:00:59 UTC\) to number 303 \(2026-11-24 12:03:20 UTC\)/,
  )
  assert.match(later.claims?.open.join('\n') ?? '', /more than 61 s off .* step back by at most 120 s/)
  const open = checkBundle(await bundled('after:2026-11-24T12:02:28Z'), vkey)
  assert.deepEqual([open.problems, open.entries], [[], 9])
  assert.match(open.claims?.open.join('\n') ?? '', /What came after number 305/)
})

test('without bodies neither a body nor the salt of one is shown', async () => {
  const bare = await bundled(PERIOD, { bodies: false })
  assert.ok(![...bare.keys()].some((name) => name.startsWith('bodies/')))
  const checked = checkBundle(bare, vkey)
  assert.deepEqual(checked.problems, [])
  assert.match(checked.claims?.open.join('\n') ?? '', /What prompts and replies said/)
  assert.doesNotMatch(String(bare.get('entries.jsonl')), /"salts":\{[^}]*"body"|"anew":\[\{"by":"[^"]*","salt/)
  assert.doesNotMatch([...bare.values()].join(''), /prompt \d+/)
})

test('all between two checkpoints that somebody kept is proven, and that the log goes on from both', async () => {
  const [old = '', later = ''] = heads
  const files = await bundled([101, 201], { kept: [101, 201] })
  const between = checkBundle(files, vkey, [old, later])
  assert.deepEqual([between.problems, between.entries, between.also.length], [[], 100, 2])
  assert.match(
    between.claims?.proven.join('\n') ?? '',
    /Nothing is left out between the two checkpoints, of 101 and of 201 entries/,
  )
  assert.match(between.claims?.open.join() ?? '', /the only log past the 201 entries/)
  const bare = await bundled([101, 201])
  assert.match(checkBundle(bare, vkey, [old]).problems.join(), /have it made with --checkpoint/)
  const forged = signerOf(2)
  assert.match(checkBundle(files, vkey, [old.replace('101', '99')]).problems.join(), /not signed by this key/)
  assert.match(checkBundle(files, forged.vkey, [old]).problems.join(), /not signed by this key/)
  const newest = await bundled([201], { kept: [201] })
  assert.deepEqual(checkBundle(newest, vkey, [heads.at(-1) ?? '', later]).problems, [])
})

test('a checkpoint that is newer than the log here is not proven from', async () => {
  await assert.rejects(bundled([100], { kept: [1000] }), /seal.behind|rolled back/)
})

test('a record that was upgraded is proven in both versions of its leaves', async (t) => {
  const copy = join(folder, 'aged')
  await cp(join(folder, 'data'), copy, { recursive: true })
  await age(copy, '2026-11-24.default.db', 12)
  const old = await openTrail({ folder: copy, keyring, now: () => NOON })
  t.after(() => old.close())
  const files = await bundled(PERIOD, { of: old })
  assert.match(String(files.get('leaves.jsonl')), /"connection\\":\\"c\\".*\\"v\\":1\}[\s\S]*\\"v\\":2\}/)
  assert.deepEqual(checkBundle(files, vkey).problems, [])
  onLines('entries.jsonl', (lines) => Object.assign(lines[0]?.['entry'] as object, { connection: 'd' }))(files)
  assert.match(checkBundle(files, vkey).problems.join(), /entry 9: connection is not what was sealed/)
})

test('a checkpoint of the name that the log had before is held with the key of that, and without it is told as what it is', async () => {
  const name = 'before.example/log'
  const former = signerOf(2, name).vkey
  const kept = async (size: number, root: string, seed = 2) => {
    const text = `${name}\n${size}\n${root}\n`
    const bytes = await signerOf(seed).sign(Buffer.from(text))
    return printNote({ text, signatures: [{ name, id: former.split('+')[1] ?? '', bytes }] })
  }
  const [, size = '', root = ''] = (heads[0] ?? '').split('\n')
  const note = await kept(Number(size), root)
  const files = await bundled(PERIOD, { kept: [Number(size)] })
  const held = checkBundle(files, vkey, [note, heads[0] ?? ''], { formers: [former] })
  assert.deepEqual(held.problems, [])
  assert.match(
    held.also.join(' '),
    new RegExp(`begins with the ${size} entries of the checkpoint that you kept, of the log ${name}`),
  )
  for (const [notes, formers, why] of [
    [[note], [], /it is of another log, before\.example\/log: .*--former/],
    [[await kept(Number(size), Buffer.alloc(32).toString('base64'))], [former], /this log does not go on from it/],
    [[await kept(Number(size), root, 3)], [former], /is not signed by this key/],
    [[heads[0] ?? ''], [former], /no checkpoint that was given is of the log before/],
    [[note], [signerOf(3).vkey], /it is of another log/],
    [[await kept(Number(size), root, 3)], [former, signerOf(4, name).vkey], /is not signed by this key/],
  ] as const)
    assert.match(checkBundle(files, vkey, notes, { formers }).problems.join('\n'), why)
  const other = signerOf(4, name).vkey
  for (const formers of [
    [other, former],
    [former, other],
  ])
    assert.deepEqual(checkBundle(files, vkey, [note], { formers }).problems, [], 'a log of one name had two keys')
})

test('the proof of one entry stands for itself, and no character of it can be another', async () => {
  const proof = String((await bundled(exchange(3))).get('proofs/5.tlog-proof'))
  const { problems, origin } = checkProof(proof, vkey)
  assert.deepEqual([problems, origin], [[], 'gatelog.example/log'])
  for (let at = 0; at < proof.length; at++) {
    const changed = proof.slice(0, at) + (proof[at] === 'A' ? 'B' : 'A') + proof.slice(at + 1)
    assert.notDeepEqual(checkProof(changed, vkey).problems, [], `${at}`)
  }
  for await (const line of trail.prove({ exchange: exchange(3) }, { bodies: false }))
    if ('entry' in line && line.entry.index === 4)
      assert.ok(proof.startsWith(printLeafProof({ ...line.entry, checkpoint: '' })))
})

test('the page runs nothing, loads nothing and escapes what came from outside', async () => {
  const files = await bundled(PERIOD)
  for (const page of [String(files.get('index.html')), checkBundle(files, vkey).page?.() ?? '']) {
    assert.match(page, /default-src 'none'/)
    assert.doesNotMatch(page, /<script|\u001b|\u202e|https?:\/\/(?!www\.w3)/)
    assert.match(page, /&lt;script&gt;alert\(1\)/)
  }
})

test('the verifier’s own page says what it found, and the one within that nobody looked', async () => {
  const files = await bundled(PERIOD)
  assert.match(String(files.get('index.html')), /Not checked yet/)
  assert.match(checkBundle(files, vkey).page?.() ?? '', /<strong>Intact<\/strong>/)
  files.set('index.html', Buffer.from('<h1>nothing happened</h1>'))
  const lied = checkBundle(files, vkey)
  assert.deepEqual(lied.problems, ['index.html is not the page that these entries make'])
  assert.match(lied.page?.() ?? '', /Not intact: 1 problem[\s\S]*<h2>Claimed, and not proven<\/h2>/)
})

test('it runs from an empty folder with nothing but Node; 0 where it holds, 5 where not, 2 where it could not look', async () => {
  const alone = join(folder, 'alone')
  await mkdir(alone)
  for (const name of globSync('*.ts', { cwd: import.meta.dirname }))
    if (!/\.(test|case)\./.test(name)) await cp(join(import.meta.dirname, name), join(alone, name))
  const zip = await made(PERIOD)
  const kept = {
    key: join(alone, 'vkey'),
    head: join(alone, 'kept.txt'),
    bad: join(alone, 'bad.zip'),
    html: join(alone, 'out.html'),
  }
  await writeFile(kept.key, `${vkey}\n`)
  await writeFile(kept.head, heads.at(-1) ?? '')
  await writeFile(kept.bad, 'no zip')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['verify.ts', ...args], { encoding: 'utf8', cwd: alone, env: {} })
  const held = run(zip, '--key', kept.key, '--checkpoint', kept.head, '--html', kept.html)
  assert.deepEqual([held.status, held.stderr], [0, ''], held.stdout)
  assert.match(
    held.stdout,
    /^question {4}after:2026[\s\S]*asked for {3}Everything recorded from 2026-11-24 12:00:05 UTC until[\s\S]*\nintact\n$/,
  )
  assert.match(readFileSync(kept.html, 'utf8'), /<strong>Intact/)
  assert.equal(JSON.parse(run(zip, '--key', vkey, '--json').stdout).found, 0)
  assert.equal(run(kept.bad, '--key', vkey).status, 5)
  assert.equal(run(zip, '--key', signerOf(2).vkey).status, 5)
  for (const args of [
    [zip],
    [],
    ['none.zip', '--key', vkey],
    [zip, '--key', 'none'],
    [zip, '--key', vkey, '--what'],
    [alone, zip, '--key', vkey],
  ])
    assert.deepEqual([run(...args).status, run(...args).stdout], [2, ''], args.join(' '))
  assert.match(run(zip).stderr, /^--key is missing: .*\n\nnode verifier\/verify\.ts/)
  assert.match(run().stderr, /^Say which file/)
  assert.match(run(zip, zip, '--key', vkey).stderr, /^One file at a time/)
  assert.ok((await readdir(alone)).every((name) => name !== 'node_modules'))
})

test('nothing of the verifier imports anything but itself and Node', () => {
  for (const name of globSync('*.ts', { cwd: import.meta.dirname }))
    if (!/\.(test|case)\./.test(name))
      assert.doesNotMatch(
        readFileSync(join(import.meta.dirname, name), 'utf8'),
        /(from|import\(?) ?'(\.\.|#|(?!node:|\.\/)[a-z])/,
      )
})
