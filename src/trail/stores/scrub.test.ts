/** A process that dies after an erasure is durable and before the file is written anew: the next one writes it anew. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEEPING, openKept } from './scrub.case.ts'

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
