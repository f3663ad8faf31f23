/** What the outside gave is kept with the head that it was given for, and half of it counts for nothing. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keepAnchored, readAnchors } from './anchor.ts'
import { leafOf, signerOf } from './made.ts'
import { LogWriter } from './writer.ts'

test('the anchor of the largest head is read; one that was not finished, or is damaged, is passed over', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-anchor-'))
  t.after(() => rm(folder, { recursive: true }))
  assert.deepEqual(await readAnchors(folder), [])
  const log = await LogWriter.open({ folder, origin: 'gatelog.example/log', signer: signerOf() })
  const by = { name: 'witness-1', kind: 'witness' }
  for (const size of [3, 20, 100]) {
    while (log.size < size) log.add(leafOf(log.size))
    await log.publish()
    await keepAnchored(folder, by, log.head?.printed ?? '', { at: size * 1000, proof: Buffer.from(`proof ${size}`) })
  }
  const told = async () =>
    (await readAnchors(folder)).map(({ name, kind, at, checkpoint, proof }) => [
      name,
      kind,
      at,
      checkpoint.size,
      `${proof}`,
    ])
  assert.deepEqual(await told(), [['witness-1', 'witness', 100_000, 100, 'proof 100']])
  await rm(join(folder, 'anchors/witness-1/100/anchored.json'))
  await rm(join(folder, 'anchors/witness-1/20/checkpoint'))
  assert.deepEqual(await told(), [['witness-1', 'witness', 3000, 3, 'proof 3']])
  await assert.rejects(
    keepAnchored(folder, { ...by, name: '../x' }, log.head?.printed ?? '', { at: 1, proof: Buffer.of() }),
  )
  await assert.rejects(keepAnchored(folder, by, 'no note', { at: 1, proof: Buffer.of() }))
})
