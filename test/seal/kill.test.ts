/** The log on disk is killed at every point that it names: what was shown stays, and there is never a second head. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { headIn, LogFiles } from '../../src/trail/seal/files.ts'
import { consistencyProof, consistent, rangeHash } from '../../src/trail/seal/hashes.ts'
import { leafOf, signerOf } from '../../src/trail/seal/made.ts'
import { isSignedBy, parseVerifier } from '../../src/trail/seal/note.ts'
import { levelsOf, widthOf } from '../../src/trail/seal/tiles.ts'
import { LogWriter, type Point } from '../../src/trail/seal/writer.ts'

const ORIGIN = 'gatelog.example/log'
const verifiers = [parseVerifier(signerOf().vkey)!]
const SEAL = join(import.meta.dirname, '../../src/trail/seal')

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-seal-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'seal')
}

const open = (folder: string, signer = signerOf()) => LogWriter.open({ folder, origin: ORIGIN, signer })

async function grow(log: LogWriter, to: number, step: number): Promise<void> {
  while (log.size < to) {
    const end = Math.min(to, log.size + step)
    while (log.size < end) log.add(leafOf(log.size))
    await log.publish()
  }
}

/** All of a log: its signature, its leaves, every tile that a tree of this size has, and its root. */
function check(folder: string): { size: number; root: Buffer } {
  const head = headIn(folder)
  assert.ok(head && isSignedBy(head.note, verifiers))
  const files = new LogFiles(folder, head.size)
  for (let at = 0; at < head.size; at++) assert.deepEqual(files.leaf(at), leafOf(at))
  for (const level of levelsOf(head.size))
    for (let index = 0; widthOf(level, index, head.size) > 0; index++)
      assert.equal(files.tile(level, index).length, widthOf(level, index, head.size))
  assert.deepEqual(rangeHash(files.node, 0, head.size), head.root)
  return head
}

/** Adds leaves and publishes until it reaches a point for the nth time; then the process kills itself. */
const CHILD = `
const { LogWriter } = await import(process.argv[1] + '/writer.ts')
const { leafOf, signerOf } = await import(process.argv[1] + '/made.ts')
const [, , folder, point, count] = process.argv
let left = Number(count)
const reached = (at) => {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}
const log = await LogWriter.open({ folder, origin: '${ORIGIN}', signer: signerOf(), reached })
for (;;) {
  for (let more = 0; more < 100; more++) log.add(leafOf(log.size))
  await log.publish()
}
`

const POINTS: readonly Point[] = ['added', 'tiles', 'signed', 'written', 'published', 'tidied']

for (const point of POINTS) {
  test(`kill -9 at "${point}": what was shown is there, and the log goes on from it`, async (t) => {
    const folder = await newFolder(t)
    await grow(await open(folder), 10, 10)
    let before = check(folder)
    for (const count of point === 'added' ? [1, 50, 350] : [1, 2, 3]) {
      const args = ['--input-type=module', '--eval', CHILD, SEAL, folder, point, String(count)]
      const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 })
      assert.equal(signal, 'SIGKILL', stderr)
      const now = check(folder)
      assert.ok(now.size >= before.size)
      const proof = consistencyProof(new LogFiles(folder, now.size).node, before.size, now.size)
      assert.ok(consistent(before, now, proof))
      const log = await open(folder)
      assert.equal(log.size, now.size)
      await grow(log, now.size + 3, 3)
      before = check(folder)
    }
  })
}

test('a log of 66,000 leaves has the tiles of three levels', async (t) => {
  const folder = await newFolder(t)
  for (const size of [65_535, 65_536, 66_000]) {
    await grow(await open(folder), size, 7777)
    check(folder)
  }
})
