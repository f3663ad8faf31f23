/** Evidence of a record of which much is gone: what expired, was cut or is locked says so and holds; what is missing does not. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Bundle } from '../src/cli/evidence/bundle.ts'
import type { Entry, Restored } from '../src/exchange/index.ts'
import { openTrail, parseQuery, type Trail } from '../src/trail/index.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, DAY, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { checkBundle } from './bundle.ts'
import type { Checked } from './checked.ts'
import { keyring, vkey } from './evidence.case.ts'
import { commitment } from './log.ts'
import { unzip } from './zip.ts'

const act = { at: NOON + 60_000, who: { value: 'ines', source: 'observed' }, why: 'why' } as const
const days = [{ day: '2026-11-23', entries: 4, exchanges: 2 }]
const PURGE: Entry = { kind: 'purge', exchange: idOf(91), ...act, days }
const ERASE: Entry = {
  ...{ kind: 'erase', exchange: idOf(92), ...act, basis: 'law', scope: {} },
  ...{ exchanges: 1, sessions: 1, later: 1, notes: 0 },
}

const RESTORED: Restored = {
  ...{ kind: 'restored', exchange: idOf(94), at: NOON + 60_000, reader: act.who, from: 'b', taken: NOON },
  ...{ last: 8, sealed: 8, known: 8, erasures: 0, holds: 0, purges: 0, revocations: 0, voided: 0 },
}

/** Entries 1 to 4 of the day before, 5 to 8 of today, then the notes. */
async function recordOf(t: TestContext, notes: readonly Entry[]): Promise<{ folder: string; trail: Trail }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-fates-'))
  const sealing = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON, signer: signerOf() })
  for (const [nth, at] of [NOON - DAY, NOON - DAY, NOON, NOON].entries()) {
    const id = idOf(nth + 1, at)
    await sealing.append(opening(id, { at, session: 's', body: bodyOf(`prompt ${nth}`) }))
    await sealing.append(ending(id, { at, body: bodyOf(`reply ${nth}`) }))
  }
  for (const note of notes) await sealing.append(note)
  await sealing.close()
  const trail = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON })
  t.after(() => trail.close().then(() => rm(folder, { recursive: true })))
  return { folder, trail }
}

async function prove(
  { folder, trail }: { folder: string; trail: Trail },
  bodies = true,
): Promise<Checked & { readonly said: readonly string[] }> {
  const [file, question] = [join(folder, 'e.zip'), 'after:2026-11-20']
  const bundle = new Bundle(file, { question, made: NOON, version: '0', bodies })
  for await (const line of trail.prove({ query: parseQuery(question, NOON), now: NOON }, { bodies })) bundle.take(line)
  bundle.finish()
  bundle.close()
  return { ...checkBundle(unzip(await readFile(file)), vkey), said: bundle.open }
}

const exceptions = ({ manifest }: Checked) => manifest?.exceptions.map(({ what, entries, by }) => [what, entries, by])

test('what expired has its places, and the purge that took it', async (t) => {
  const record = await recordOf(t, [PURGE])
  await record.trail.dayFiles.remove(['2026-11-23.default.db'])
  const checked = await prove(record)
  assert.deepEqual([checked.problems, exceptions(checked)], [[], [['expired', '1–4', 9]]])
})

test('what is gone, and no entry says why, is not intact; nor where a purge took another day', async (t) => {
  const other: Entry = { ...PURGE, days: [{ ...days[0]!, day: '2026-11-22' }] }
  const record = await recordOf(t, [other])
  await record.trail.dayFiles.remove(['2026-11-23.default.db'])
  const checked = await prove(record)
  assert.deepEqual(exceptions(checked)?.[0], ['missing', '1–4', undefined])
  assert.match(checked.said.join(), /^the verifier will refuse it: entries 1–4: nothing is left of them/)
  assert.equal(checked.problems[0], 'entry 1: nothing is left of it in the record, and no entry that is here says why')
})

test('a purge that took less than is gone by it', async (t) => {
  const record = await recordOf(t, [{ ...PURGE, days: [{ ...days[0]!, entries: 3 }] }])
  await record.trail.dayFiles.remove(['2026-11-23.default.db'])
  const told = 'entry 9 says that it took 3 entries of 2026-11-23, and 4 are said to be gone by it'
  assert.deepEqual((await prove(record)).problems, [told])
})

test('what was purged of a day in two times is counted together', async (t) => {
  const [one, other] = ['short', 'long'].map((retain) => [{ ...days[0]!, retain, entries: 2 }])
  const record = await recordOf(t, [
    { ...PURGE, days: one ?? [] },
    { ...PURGE, exchange: idOf(93), days: other ?? [] },
  ])
  await record.trail.dayFiles.remove(['2026-11-23.default.db'])
  const checked = await prove(record)
  assert.deepEqual([checked.problems, exceptions(checked)?.[0]], [[], ['expired', '1–4', 10]])
})

test('an erasure that says which entries it took takes no other, and nothing of it is a word alone', async (t) => {
  for (const [took, problems] of [
    [[4, 2], []],
    [[4, 1, 1, 2], ['entry 6: the entry that is said to have taken it says nothing of it']],
    [[0, 4, 2, 2], [5, 6].map((nth) => `entry ${nth}: the entry that is said to have taken it says nothing of it`)],
    [[4, '2'], [5, 6].map((nth) => `entry ${nth}: the entry that is said to have taken it says nothing of it`)],
  ] as const) {
    const record = await recordOf(t, [{ ...ERASE, ...{ took } } as Entry])
    await record.trail.dayFiles.revise({ by: idOf(92), notes: [], erased: [idOf(3, NOON)], bodies: [] })
    const checked = await prove(record)
    assert.deepEqual([checked.problems, exceptions(checked)], [problems, [['erased', '5–6', 9]]], String(took))
    if (problems.length === 0) assert.deepEqual(checked.said, [])
  }
})

test('of a purge each entry that is gone is named by one, where it names them', async (t) => {
  const purged = (took: readonly unknown[]) => [{ ...days[0]!, ...{ took } }] as never
  for (const [notes, problems, said] of [
    [[{ ...PURGE, days: purged([0, 4]) }], [], 0],
    [
      [
        { ...PURGE, days: purged([0, 2]) },
        { ...PURGE, exchange: idOf(93), days: purged([2, 2]) },
      ],
      [],
      0,
    ],
    [[PURGE, { ...PURGE, exchange: idOf(93), days: [...purged([2, 2]), ...days] }], [], 1],
    [[{ ...PURGE, days: purged([0, 3]) }], ['entry 4: the entry that is said to have taken it says nothing of it'], 2], // who makes it is told
  ] as const) {
    const record = await recordOf(t, notes as readonly Entry[])
    await record.trail.dayFiles.remove(['2026-11-23.default.db'])
    const checked = await prove(record)
    assert.deepEqual([checked.problems, checked.said.length], [problems, said])
  }
})

test('a body that an erasure cut says so and proves nothing; one that is locked says so', async (t) => {
  const record = await recordOf(t, [ERASE])
  const body = {
    exchange: idOf(4, NOON),
    part: 'prompt',
    bytes: Buffer.from('cut'),
    salt: Buffer.alloc(32, 3),
    findings: [],
  } as const
  const none = { by: idOf(92), notes: [] }
  await record.trail.dayFiles.revise({ ...none, erased: [idOf(3, NOON)], bodies: [body] })
  const cut = await prove(record)
  const said = [
    ['erased', '5–6', 9],
    ['cut by an erasure', '7', 9],
  ]
  assert.deepEqual([cut.problems, exceptions(cut)], [[], said])
  assert.deepEqual(
    cut.said,
    cut.claims?.open.slice(0, 2).map((told) => `not proven: ${told}`),
  )
  assert.match(cut.claims?.open[1] ?? '', /What the body of entry 7 says: entry 9 cut it, and does not say/)
  await record.trail.keys.shred('2026-11-24.default.db')
  const locked = await prove(record)
  assert.deepEqual([locked.problems, exceptions(locked)?.at(-1)], [[], ['body locked', '7–8', undefined]])
  const bare = await prove(record, false)
  assert.deepEqual([bare.problems, exceptions(bare)], [[], said])
})

test('of bodies that were put back without their keys an entry says so; of more than it names that is a word', async (t) => {
  const word = /^What the body of entries 5–8 says: that its key .* is the word of whoever made this bundle\.$/
  for (const [locked, told, row] of [
    [
      [4, 4],
      /^What the body of entries 5–8 says: the record was put back without its key, says entry 9\.$/,
      /, 4 of which/,
    ],
    [[4, 3], word, /, 3 of which/],
    [undefined, word, /, and 8 had been sealed$/],
  ] as const) {
    const record = await recordOf(t, [{ ...RESTORED, ...(locked && { locked, keys: 'none' }) }])
    await record.trail.keys.shred('2026-11-24.default.db')
    const checked = await prove(record)
    assert.deepEqual([checked.problems, checked.locked], [[], 4])
    assert.deepEqual(exceptions(checked), [['body locked', '5–8', undefined]])
    assert.match(checked.claims?.open[0] ?? '', told)
    assert.match(checked.manifest?.gaps[0]?.told ?? '', row)
  }
})

test('a body that an erasure cut, and of which it says what it is now, is held to that', async (t) => {
  const salt = Buffer.alloc(32, 3)
  const body = { exchange: idOf(4, NOON), part: 'prompt', bytes: Buffer.from('cut'), salt, findings: [] } as const
  const cuts = (commitment: string): Entry => ({
    ...(ERASE as Extract<Entry, { kind: 'erase' }>),
    ...{ exchanges: 0, cut: [{ exchange: body.exchange, part: 'prompt', commitment }] },
  })
  for (const [text, problems] of [
    ['cut', []],
    ['another', ['entry 7: its body is not what it was masked anew to']],
  ] as const) {
    const record = await recordOf(t, [cuts(commitment('body', salt, Buffer.from(text)))])
    await record.trail.dayFiles.revise({ by: idOf(92), notes: [], erased: [], bodies: [body] })
    const checked = await prove(record)
    assert.deepEqual(checked.problems, problems)
  }
})
