/** A record that is held against its log: what fits is counted, what does not is named. `npm run test:seal` tries every change. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail, type ProveAnchor, type Proven, standingOf, type Trail } from '../index.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../stores/made.ts'
import { keepAnchored } from './anchor.ts'
import { keptSizes } from './before.ts'
import { headIn, LogFiles, sealIn } from './files.ts'
import { rangeHash, sha256 } from './hashes.ts'
import { commitmentsOf, parseLeaf } from './leaf.ts'
import { age, signerOf } from './made.ts'
import { parseVerifier, printCheckpoint, printNote } from './note.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const signer = signerOf()

async function open(t: TestContext, folder: string, sealing: boolean) {
  const trail = await openTrail({ folder, keyring, now: () => NOON, ...(sealing && { signer }) })
  t.after(() => trail.close())
  return trail
}

async function filled(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gatelog-verify-'))
  t.after(() => rm(parent, { recursive: true, force: true }))
  const folder = join(parent, 'data')
  const trail = await open(t, folder, true)
  for (let nth = 1; nth <= 5; nth++) {
    await trail.append(
      opening(idOf(nth), {
        session: 's',
        body: bodyOf(`prompt ${nth}`),
        actor: { id: 'ana', kind: 'person', name: 'Ana', groups: [] },
      }),
    )
    await trail.append(ending(idOf(nth), { body: bodyOf(`reply ${nth}`) }))
  }
  await trail.close()
  return folder
}

function sql(folder: string, statement: string): void {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  db.exec(statement)
  db.close()
}

async function look(t: TestContext, folder: string, more: Parameters<Trail['verify']>[0] = {}) {
  const trail = await open(t, folder, false)
  const report = await trail.verify({ vkey: signer.vkey, ...more })
  await trail.close()
  assert.ok(report)
  return report
}

test('what is as it was sealed, and what was changed or taken out', async (t) => {
  const folder = await filled(t)
  const { ok, sealed, counts, alarms } = await look(t, folder)
  assert.deepEqual([ok, sealed, counts, alarms], [true, 10, { verified: 10, erased: 0, expired: 0, redacted: 0 }, []])
  sql(
    folder,
    `UPDATE entries SET json = replace(json, '"ana"', '"bea"') WHERE seq = 3; DELETE FROM entries WHERE seq = 6`,
  )
  const report = await look(t, folder)
  assert.deepEqual(
    report.alarms.map(({ harm, seq }) => [harm, seq]),
    [
      ['changed', 3],
      ['dropped', 6],
    ],
  )
  assert.equal(report.counts.verified, 8)
  const trail = await open(t, folder, false)
  const states = async (nth: number) => (await trail.standing(idOf(nth)))?.map(({ seq, state }) => [seq, state])
  assert.deepEqual(
    [await states(1), await states(2)],
    [
      [
        [1, 'verified'],
        [2, 'verified'],
      ],
      [
        [3, 'changed'],
        [4, 'verified'],
      ],
    ],
  )
  await trail.append(opening(idOf(50)))
  assert.deepEqual(await states(50), [[11, 'not sealed yet']])
  await trail.close()
})

test('a log that was begun before leaves were of version 2 verifies, goes on, and hides no change', async (t) => {
  const folder = await filled(t)
  await age(folder, '2026-11-24.default.db', 5)
  const trail = await open(t, folder, true)
  await trail.append(opening(idOf(6), { session: 's', model: 'm', connection: 'c', body: bodyOf('prompt 6') }))
  const states = async (nth: number) => (await trail.standing(idOf(nth)))?.map(({ state }) => state)
  assert.deepEqual(await states(3), ['verified', 'verified'])
  await trail.close()
  const leaves = new LogFiles(sealIn(folder), 11)
  assert.deepEqual(
    [0, 4, 5, 10].map((at) => parseLeaf(String(leaves.leaf(at)))?.v),
    [1, 1, 2, 2],
  )
  assert.deepEqual((await look(t, folder)).counts, { verified: 11, erased: 0, expired: 0, redacted: 0 })
  sql(folder, `UPDATE entries SET json = replace(json, '"session":"s"', '"session":"t"') WHERE seq IN (5, 11)`)
  assert.deepEqual(
    (await look(t, folder)).alarms.map(({ seq, told }) => [seq, told]),
    [
      [5, 'who differ'],
      [11, 'who differ'],
    ],
  )
})

test('what was erased and redacted by an entry of the record is no alarm; what nobody vouches for is', async (t) => {
  const folder = await filled(t)
  const trail = await open(t, folder, true)
  const act = { at: NOON, who: { value: 'root', source: 'observed' }, why: 'asked for' } as const
  const erase = {
    kind: 'erase',
    ...act,
    basis: 'law',
    scope: {},
    exchanges: 1,
    sessions: 0,
    later: 0,
    notes: 0,
  } as const
  await trail.append({ ...erase, exchange: idOf(100) })
  const commitment = commitmentsOf({}, { body: Buffer.alloc(32) }, sha256(Buffer.from('masked'))).body ?? ''
  const told = { exchange: idOf(3), part: 'prompt', rules: ['r'], commitment } as const
  await trail.append({ kind: 'redact', ...act, bodies: [told], exchange: idOf(101) })
  const anew = {
    exchange: idOf(3),
    part: 'prompt',
    bytes: Buffer.from('masked'),
    salt: Buffer.alloc(32),
    findings: [],
  } as const
  const none = { notes: [] }
  await trail.dayFiles.revise({ by: idOf(100), erased: [idOf(2)], bodies: [], ...none })
  await trail.dayFiles.revise({ by: idOf(101), erased: [], bodies: [anew], ...none })
  const seqs = Array.from({ length: 12 }, (_, at) => at + 1)
  assert.deepEqual(await trail.marks(seqs, true), [])
  await trail.close()
  const report = await look(t, folder)
  assert.deepEqual(
    [report.alarms, report.counts],
    [[], { verified: 9, erased: 2, counted: 2, expired: 0, redacted: 1 }],
  )
  sql(folder, `INSERT INTO erased VALUES (7, '${idOf(4)}', '${idOf(100)}'); UPDATE entries SET json = '' WHERE seq = 7`)
  const excess = await look(t, folder)
  assert.match(excess.alarms[0]?.told ?? '', /says that 1 exchanges were erased, and 2 are marked so/)
})

test('an anchor that is kept is told as what it claims: anybody may have put it there', async (t) => {
  const folder = await filled(t)
  assert.equal(standingOf(await look(t, folder)), 'internally consistent')
  const note = headIn(sealIn(folder))?.printed ?? ''
  await keepAnchored(sealIn(folder), { name: 'tsa', kind: 'rfc3161' }, note, { at: NOON, proof: Buffer.of(1) })
  const told = 'internally consistent; anchor of tsa claimed, not checked (nobody looked at its proof; gatelog verify)'
  assert.equal(standingOf(await look(t, folder)), told)
})

test('only a proof that was checked says anchored, by the time in it; a false one is an alarm', async (t) => {
  const folder = await filled(t)
  const note = headIn(sealIn(folder))?.printed ?? ''
  for (const name of ['a', 'b', 'c', 'd'])
    await keepAnchored(sealIn(folder), { name, kind: 'k' }, note, { at: Date.UTC(2100, 0), proof: Buffer.from(name) })
  const proven: Readonly<Record<string, Proven>> = {
    a: { state: 'checked', at: NOON },
    b: { state: 'checked', at: NOON + 1000, clock: 'own' },
    c: { state: 'checked', at: NOON - 1000 },
    d: { state: 'claimed', why: 'no key', how: 'have one' },
  }
  const prove: ProveAnchor = async ({ name }) => proven[name] ?? assert.fail(name)
  const report = await look(t, folder, { prove })
  assert.deepEqual(
    [report.ok, standingOf(report)],
    [
      true,
      'anchored until 2026-11-24T12:00:00.000Z by a, 10 entries; anchor of d claimed, not checked (no key; have one)',
    ],
  )
  const { b, d } = proven
  const own = await look(t, folder, { prove: async ({ name }) => (name === 'b' ? b : d) ?? assert.fail(name) })
  assert.match(
    standingOf(own),
    /^anchored until 2026-11-24T12:00:01.000Z by b, 10 entries \(the time is the gateway’s own\); /,
  )
  const forged = await look(t, folder, { prove: async () => ({ state: 'false', why: 'it is of something else' }) })
  assert.deepEqual([forged.ok, forged.anchors], [false, []])
  assert.deepEqual(forged.alarms[0], { harm: 'forged', told: 'a: its proof is false: it is of something else' })
})

test('a head that the outside shows must be a beginning; one of another log counts for nothing', async (t) => {
  const folder = await filled(t)
  const shown = (size: number, own = signer) => {
    const text = printCheckpoint({ origin: own.vkey.split('+')[0] ?? '', size, root: Buffer.alloc(32, size) })
    return own.sign(Buffer.from(text)).then((bytes) => {
      const { name, id } = parseVerifier(own.vkey) ?? assert.fail()
      return { name: 'out', note: printNote({ text, signatures: [{ name, id, bytes }] }) }
    })
  }
  const told = async (outside: Awaited<ReturnType<typeof shown>>) =>
    (await look(t, folder, { outside: [outside] })).alarms.map(({ harm, told: why }) => `${harm}: ${why}`)
  assert.deepEqual(await told(await shown(20)), ['rolled back: out: 20 entries were sealed, the log has 10'])
  assert.deepEqual(await told(await shown(5)), ['rolled back: out: the first 5 entries are not those that were sealed'])
  assert.deepEqual(await told(await shown(20, signerOf(2))), [])
  assert.deepEqual(await told({ name: 'out', note: 'no note' }), [])
  assert.deepEqual(await told({ name: 'out', note: headIn(sealIn(folder))?.printed ?? '' }), [])
})

/** A head as whoever signs remembers it. */
async function headOf(size: number, root: Uint8Array, own = signer): Promise<string> {
  const text = printCheckpoint({ origin: own.vkey.split('+')[0] ?? '', size, root: Buffer.from(root) })
  const { name, id } = parseVerifier(own.vkey) ?? assert.fail()
  return printNote({ text, signatures: [{ name, id, bytes: await own.sign(Buffer.from(text)) }] })
}

test('what was signed last is a beginning of the log, whoever put the folder back', async (t) => {
  const folder = await filled(t)
  const log = sealIn(folder)
  const told = async (...known: string[]) =>
    (await look(t, folder, { known })).alarms.map(({ harm, told: why }) => `${harm}: ${why}`)
  const begins = `rolled back: what was signed last:`
  assert.deepEqual(await told(headIn(log)?.printed ?? ''), [])
  assert.deepEqual(await told(await headOf(10, Buffer.alloc(32, 7))), [
    `${begins} the first 10 entries are not those that were sealed`,
  ])
  const more = await headOf(20, Buffer.alloc(32, 20))
  assert.deepEqual(await told(more, more), [`${begins} 20 entries were sealed, the log has 10`])
  assert.deepEqual(await told(await headOf(5, Buffer.alloc(32), signerOf(1, 'x.example/other'))), [
    `${begins} it is of another log, x.example/other`,
  ])
  assert.deepEqual(await told(await headOf(5, Buffer.alloc(32), signerOf(2))), [
    `${begins} it is not signed by this log’s key`,
  ])
  assert.deepEqual(await told('no note'), [`${begins} it is none`])
})

test('a checkpoint that was kept is another log’s or forged, or this log does not go on from it: told apart', async (t) => {
  const folder = await filled(t)
  const told = async (...heads: string[]) =>
    (await look(t, folder, { heads })).alarms.map(({ harm, told: why }) => `${harm}: ${why}`)
  const own = headIn(sealIn(folder))?.printed ?? ''
  const kept = 'a checkpoint that was kept:'
  assert.deepEqual(await told(own), [])
  const foreign = await headOf(5, Buffer.alloc(32), signerOf(1, 'x.example/other'))
  const false_ = own.replace(/\n10\n/, '\n99999\n')
  const ahead = await headOf(20, Buffer.alloc(32, 20))
  assert.deepEqual(await told(foreign), [`forged: ${kept} it is of another log, x.example/other`])
  assert.deepEqual(await told(false_), [`forged: ${kept} it is not signed by this log’s key`])
  assert.deepEqual(await told(ahead), [`rolled back: ${kept} 20 entries were sealed, the log has 10`])
  assert.deepEqual(keptSizes(sealIn(folder), [own, own]), [10, 10])
  for (const [note, code] of [
    [foreign, 'usage.input'],
    [false_, 'usage.input'],
    ['no note', 'usage.input'],
    [ahead, 'seal.behind'],
    [await headOf(5, Buffer.alloc(32)), 'seal.behind'],
  ] as const)
    assert.throws(() => keptSizes(sealIn(folder), [note]), { code })
})

test('a checkpoint that cannot be read is an alarm, and all is held against what was signed last', async (t) => {
  const folder = await filled(t)
  const file = join(sealIn(folder), 'checkpoint')
  const whole = headIn(sealIn(folder))?.printed ?? ''
  await writeFile(file, 'garbage')
  sql(folder, 'DELETE FROM entries WHERE seq = 9')
  const damaged = { harm: 'log changed', told: 'The log that seals the record is damaged: checkpoint' }
  const { sealed, alarms } = await look(t, folder, { known: [whole] })
  assert.deepEqual([sealed, alarms[0]?.harm, alarms[0]?.told], [10, damaged.harm, alarms[0]?.told])
  assert.ok(alarms.some(({ harm, seq }) => harm === 'dropped' && seq === 9))
  assert.deepEqual(
    (await look(t, folder)).alarms.map(({ harm }) => harm),
    ['log changed'],
  )
})

test('a head that was signed and not shown before the process died is no alarm, and covers what it was signed over', async (t) => {
  const folder = await filled(t)
  const log = sealIn(folder)
  const [whole, file] = [headIn(log)?.printed ?? '', join(log, 'checkpoint')]
  const root = rangeHash(new LogFiles(log, 10).node, 0, 6)
  const beginning = await headOf(6, root)
  await writeFile(file, beginning)
  sql(folder, 'DELETE FROM entries WHERE seq = 9')
  const shown = await look(t, folder)
  assert.equal(shown.sealed, 6)
  const { sealed, alarms } = await look(t, folder, { known: [whole, beginning] })
  assert.deepEqual([sealed, alarms.some(({ harm, seq }) => harm === 'dropped' && seq === 9)], [10, true])
})

test('a folder without a log is missed by who has a head of it', async (t) => {
  const folder = await filled(t)
  const known = [headIn(sealIn(folder))?.printed ?? '']
  const never = await mkdtemp(join(tmpdir(), 'gatelog-verify-'))
  t.after(() => rm(never, { recursive: true, force: true }))
  const trail = await open(t, join(never, 'data'), false)
  await trail.append(opening(idOf(1), { session: 's' }))
  await trail.close()
  for (const by of [{ known }, { heads: known }])
    assert.deepEqual((await look(t, join(never, 'data'), by)).alarms, [
      { harm: 'rolled back', told: '10 entries were sealed, and there is no log' },
    ])
  assert.equal((await look(t, join(never, 'data'))).ok, true)
})
