/** An old copy of a log is not signed on: whether its anchors answer at once, late, or not at all. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseCheckpoint, parseNote } from '#trail'
import { Anchors } from './anchoring.ts'
import { openAnchor } from './anchors/index.ts'
import { folderFor, git, grown, NO_GIT, ORIGIN, signerOf, witness } from './anchors/outside.case.ts'
import { type GuardOptions, guarded, type Known } from './guard.ts'

const sizeIn = (folder: string) =>
  parseCheckpoint(parseNote(readFileSync(join(folder, 'checkpoint'), 'utf8'))?.text ?? '')?.size

const soon = () => AbortSignal.timeout(20_000)

/** A guard that tells into a list, and whose clock a test moves. */
function guardOf(known: GuardOptions['known'], folder: string, waitMs = 100) {
  const told: string[] = []
  const time = { ms: 0 }
  const clock = () => time.ms
  const tell = (line: string) => void told.push(line)
  const signer = guarded(signerOf(), { folder, known, graceMs: 60_000, clock, tell, waitMs })
  return { signer, told, time }
}

/** A folder with a head of 5, and what the outside has seen: one of 20. */
async function restored(t: TestContext) {
  const [folder, copy] = [folderFor(t), folderFor(t)]
  await grown(folder, 5)
  cpSync(folder, copy, { recursive: true })
  const note = await grown(folder, 20)
  return { copy, seen: { heads: [{ name: 'out', note }], told: ['out'], silent: [] } as Known }
}

const SILENT: Known = { heads: [], told: [], silent: ['out'] }

test('a record that was put back from an old copy is not signed on: its anchors know more', async (t) => {
  for (const open of [...(NO_GIT ? [] : [git]), witness]) {
    const [folder, copy] = [folderFor(t), folderFor(t)]
    const outside = await open(t)
    await grown(folder, 5)
    cpSync(folder, copy, { recursive: true })
    const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
    await anchor.anchor(await grown(folder, 20), soon())
    await anchor.close()
    const lower = openAnchor(outside.settings, { folder: copy, origin: ORIGIN })
    const old = readFileSync(join(copy, 'checkpoint'), 'utf8')
    await assert.rejects(lower.anchor(old, soon()), /a head of 20 entries, here are 5/)
    await lower.close()
    const anchors = new Anchors({ log: { folder: copy, origin: ORIGIN }, now: Date.now, tell: () => undefined })
    t.after(() => anchors.close())
    await anchors.set({ out: { ...outside.settings, every_ms: 60_000 } })
    const guard = () => guardOf(() => anchors.known(), copy, 20_000)
    const first = guard()
    await assert.rejects(grown(copy, 6, first.signer), /out has seen 20 entries, here are 6/)
    await assert.rejects(grown(copy, 30, first.signer), /out has seen 20 entries/)
    assert.equal(first.told.length, 1)
    await assert.rejects(
      grown(copy, 30, guard().signer, ',"x":1'),
      /the first 20 entries are not those that out has seen/,
    )
    assert.equal(sizeIn(copy), 5)
    await grown(copy, 30, guard().signer)
    assert.equal(sizeIn(copy), 30)
  }
})

test('what the outside says counts only where this log’s own key signed it', async (t) => {
  const folder = folderFor(t)
  const stranger = await grown(folderFor(t), 50, signerOf(2))
  const heads = [
    { name: 'out', note: stranger },
    { name: 'junk', note: 'no note' },
  ]
  const { signer, told } = guardOf(async () => ({ heads, told: ['out', 'junk'], silent: [] }), folder)
  await grown(folder, 4, signer)
  assert.deepEqual([sizeIn(folder), told], [4, []])
})

test('an old copy is told of at the start, before anything is to be signed', async (t) => {
  const { copy, seen } = await restored(t)
  const { signer, told } = guardOf(async () => seen, copy)
  await signer.look()
  assert.match(told.join(), /^nothing is sealed: .*out has seen 20 entries, here are 5/)
  await assert.rejects(grown(copy, 30, signer), /out has seen 20 entries/)
})

test('while no anchor answers nothing is signed, until the grace is over; who answers late is heard', async (t) => {
  const { copy, seen } = await restored(t)
  let answer: Known = SILENT
  const { signer, told, time } = guardOf(async () => answer, copy)
  await assert.rejects(grown(copy, 6, signer), { code: 'seal.waiting', detail: 'out' })
  time.ms = 59_999
  await assert.rejects(grown(copy, 6, signer), { code: 'seal.waiting' })
  assert.deepEqual([sizeIn(copy), told], [5, []])
  time.ms = 60_000
  await grown(copy, 6, signer)
  assert.match(told.join(), /^no anchor told what it has seen of the log \(out\)/)
  answer = seen
  time.ms = 80_000
  await signer.look()
  await assert.rejects(grown(copy, 7, signer), { code: 'seal.behind' })
  assert.equal(sizeIn(copy), 6)
})

test('one that answers is enough to seal, and one that hangs holds a signature up no longer than its wait', async (t) => {
  const folder = folderFor(t)
  const part = guardOf(async () => ({ heads: [], told: ['a'], silent: ['b'] }), folder)
  await grown(folder, 3, part.signer)
  const never = guardOf(() => new Promise(() => undefined), folder)
  await assert.rejects(grown(folder, 4, never.signer), { code: 'seal.waiting' })
  const none = guardOf(async () => ({ heads: [], told: [], silent: [] }), folder)
  await grown(folder, 4, none.signer)
  assert.deepEqual([sizeIn(folder), part.told, none.told], [4, [], []])
})

test('anchors that all answered are asked again from time to time: two that sign one log are found', async (t) => {
  const { copy, seen } = await restored(t)
  let answer: Known = { heads: [], told: ['out'], silent: [] }
  const { signer, time } = guardOf(async () => answer, copy)
  await grown(copy, 6, signer)
  answer = seen
  await grown(copy, 7, signer)
  time.ms = 600_000
  await grown(copy, 8, signer)
  await assert.rejects(grown(copy, 9, signer), { code: 'seal.behind' })
})

test('that it waits is told once, and not where an anchor answered before something is to be signed', async (t) => {
  const folder = folderFor(t)
  let waited = 0
  const guardBy = (known: Known, waits: () => void) => {
    const options = { folder, known: async () => known, graceMs: 60_000, clock: () => 0, tell: () => undefined }
    return guarded(signerOf(), { ...options, waitMs: 1, waits })
  }
  const silent = guardBy(SILENT, () => waited++)
  for (let times = 0; times < 2; times++) await assert.rejects(grown(folder, 3, silent), { code: 'seal.waiting' })
  assert.equal(waited, 1)
  const answered = guardBy({ heads: [], told: ['out'], silent: [] }, () => assert.fail('told'))
  await answered.look()
  await grown(folder, 3, answered)
  assert.equal(sizeIn(folder), 3)
})
