/** A process that dies while it gives up a lost key: nobody opens the record before that was done again, and then nothing is forged. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { wrappingOf } from '../wrapping.ts'
import { giveUp, type Keys, ONE, openUnder, TWO } from './lost.case.ts'
import { bodyOf, ending, idOf, opening } from './made.ts'

const POINTS = ['lost.begun', 'lost.noted', 'document.written', 'document.durable', 'lost.proven', 'lost.over'] as const
const LOST = {
  'the wrapping key': () => undefined,
  'keys.db': (folder: string) => rmSync(join(folder, 'keys.db')),
} as const

/** A record of two entries and a document. */
async function house(t: TestContext): Promise<string> {
  const parent = mkdtempSync(join(tmpdir(), 'gatelog-lost-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'data')
  const trail = await openUnder(folder, [ONE], 'refuse')
  await trail.append(opening(idOf(1), { session: 's', body: bodyOf('a prompt') }))
  await trail.append(ending(idOf(1)))
  await trail.documents.put('hold', 'h_true', { id: 'h_true' })
  await trail.close()
  return folder
}

/** One whose key is lost, and a process that dies while it is given up. */
async function killed(t: TestContext, point: string, lose: (folder: string) => void): Promise<string> {
  const folder = await house(t)
  lose(folder)
  const env = { ...process.env, GATELOG_KILL_AT: point }
  const child = join(import.meta.dirname, 'lost.case.ts')
  const { signal, stderr } = spawnSync(process.execPath, [child, folder], { env })
  assert.equal(signal, 'SIGKILL', stderr.toString())
  return folder
}

/** Nothing is forged, and what comes from now on is proven. */
async function isWhole(folder: string, keys: Keys, since: number): Promise<void> {
  const trail = await openUnder(folder, keys, 'refuse')
  try {
    assert.deepEqual(await trail.documents.list('hold'), [{ id: 'h_true' }])
    assert.deepEqual([await trail.documents.forged(), await trail.provenAfter()], [[], since])
    assert.equal(await trail.append(opening(idOf(2))), 3)
    assert.deepEqual(
      (await trail.following(0, 9)).map(({ seq }) => seq),
      [1, 2, 3],
    )
  } finally {
    await trail.close()
  }
}

for (const [what, lose] of Object.entries(LOST))
  for (const point of POINTS)
    test(`${what} is given up, killed at ${point}`, async (t) => {
      const folder = await killed(t, point, lose)
      if (point === 'lost.over') return isWhole(folder, [TWO], 2)
      await assert.rejects(openUnder(folder, [TWO], 'refuse'), { code: 'trail.key' })
      const shown = await openUnder(folder, [TWO], 'show')
      assert.deepEqual(await shown.documents.forged(), [])
      await shown.close()
      await giveUp(folder)
      await isWhole(folder, [TWO], 2)
    })

for (const point of POINTS)
  test(`the wrapping key turns up again after a process died at ${point}`, async (t) => {
    const folder = await killed(t, point, LOST['the wrapping key'])
    cpSync(folder, `${folder}-again`, { recursive: true })
    await giveUp(folder)
    await isWhole(folder, [TWO, ONE], 2)
    const isMarked = POINTS.indexOf(point) >= POINTS.indexOf('document.durable')
    await isWhole(`${folder}-again`, [TWO, ONE], isMarked ? 2 : 0)
  })

test('so it is where whoever holds the keys does not answer meanwhile', async (t) => {
  const folder = await house(t)
  const two = wrappingOf([TWO])
  const away = async () => Promise.reject(new Fault('trail.keyholder', 'away'))
  await assert.rejects(giveUp(folder, { ...two, wrap: away }), { code: 'trail.keyholder' })
  await assert.rejects(openUnder(folder, [TWO], 'refuse'), { code: 'trail.key' })
  await giveUp(folder)
  await isWhole(folder, [TWO], 2)
})
