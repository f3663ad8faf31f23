/** A process that dies after an erasure is durable and before the file is written anew: the next one writes it anew. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { KEEPING, keep, openKept } from './scrub.case.ts'

const WORD = 'Wunderlich-und-Katharina'

const POINTS = [
  ...(['revise.unworded', 'revise.written', 'revise.durable', 'revise.condensed'] as const),
  ...(['anew.copied', 'anew.closed', 'anew.replaced', 'revise.scrubbed'] as const),
] as const

for (const point of POINTS)
  test(`killed at ${point}: once it is open again and the erasure was done again, no file holds what was erased`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatelog-scrub-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const data = join(folder, 'data')
    const child = join(import.meta.dirname, 'scrub.case.ts')
    const env = { ...process.env, GATELOG_KILL_AT: point }
    const { signal, stderr } = spawnSync(process.execPath, [child, data, WORD], { env })
    assert.equal(signal, 'SIGKILL', stderr.toString())
    const { store, erase } = await openKept(data)
    try {
      await erase()
      for (const path of globSync(join(data, '**/*.db*')))
        assert.ok(!readFileSync(path).toString('latin1').includes(WORD), path)
      assert.equal((await store.exchange(KEEPING))?.opening.path, '/kept')
    } finally {
      await store.close()
    }
  })

test('a file that more was to go from is written anew once nobody came back for it; files of other days at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-scrub-'))
  const { store, erase } = await openKept(folder)
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const path = join(folder, 'days/2026-11-24.default.db')
  const waits = async () => (await store.listDocuments('scrub')).map(({ id }) => id)
  for (const [word, soon] of [
    [`${WORD}-first`, { day: '2026-11-24', ms: 1 }],
    [`${WORD}-second`, { day: '2026-11-23', ms: 3_600_000 }],
  ] as const) {
    await keep(store, word)
    assert.equal((await erase({ more: true })).entries, 2)
    await store.scrub({ day: '2026-11-24', ms: 3_600_000 })
    assert.deepEqual(await waits(), ['2026-11-24.default.db'])
    const { ino } = statSync(path)
    await store.scrub(soon)
    if (soon.ms === 1) while ((await waits()).length > 0) await wait(5)
    assert.deepEqual([await waits(), statSync(path).ino !== ino], [[], true])
    for (const each of globSync(join(folder, '**/*.db*')))
      assert.ok(!readFileSync(each).toString('latin1').includes(word), each)
  }
})
