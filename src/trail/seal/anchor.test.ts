/** What the outside gave is kept with the head that it was given for, and half of it counts for nothing. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type KeptAnchor, keepAnchored, readAnchors } from './anchor.ts'
import type { Proven } from './anchored.ts'
import { beforesOf } from './before.ts'
import { headIn } from './files.ts'
import { leafOf, signerOf } from './made.ts'
import { parseVerifier } from './note.ts'
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

test('where the outside shows an older head than the newest proof is of, the newest proof that it can have is looked at', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-anchor-'))
  t.after(() => rm(folder, { recursive: true }))
  const signer = signerOf()
  const log = await LogWriter.open({ folder, origin: 'gatelog.example/log', signer })
  const notes: string[] = []
  for (const size of [3, 20, 100]) {
    while (log.size < size) log.add(leafOf(log.size))
    await log.publish()
    notes.push(log.head?.printed ?? '')
    await keepAnchored(folder, { name: 'git-1', kind: 'git' }, notes.at(-1) ?? '', { at: size, proof: Buffer.of(size) })
  }
  const head = headIn(folder)
  assert.ok(head)
  const shown = { folder, head, verifier: parseVerifier(signer.vkey), former: [], lost: [], told: [], ended: [] }
  const anchors = await readAnchors(folder)
  const asked: number[] = []
  const told = async (outside: number | undefined, has: number) => {
    const prove = async ({ checkpoint: { size } }: KeptAnchor): Promise<Proven> => {
      asked.push(size)
      return size <= has ? { state: 'checked', at: size } : { state: 'claimed', why: 'not there', how: 'ask' }
    }
    const seen = outside === undefined ? [] : [{ name: 'a clone', note: notes[outside] ?? '' }]
    const { alarms, anchors: all } = await beforesOf(shown, { heads: [], known: [], anchors, outside: seen, prove })
    assert.deepEqual(alarms, [])
    return all.map(({ size, state }) => [size, state])
  }
  assert.deepEqual(await told(1, 20), [
    [100, 'claimed'],
    [20, 'checked'],
  ])
  assert.deepEqual(await told(undefined, 20), [[100, 'claimed']], 'nobody says how far it goes')
  assert.deepEqual(await told(1, 0), [[100, 'claimed']], 'one that is not there either is not told')
  assert.deepEqual(await told(2, 100), [[100, 'checked']])
  assert.deepEqual(asked, [100, 20, 100, 100, 20, 100])
})
