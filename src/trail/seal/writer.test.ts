/** The log on disk: what lies there after every stop, and that it never shrinks nor has two heads. */
import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { headIn, LogFiles } from './files.ts'
import { consistencyProof, consistent, included, inclusionProof, leafHash, rangeHash } from './hashes.ts'
import { leafOf, signerOf } from './made.ts'
import { isSignedBy, parseVerifier, printCheckpoint, printNote } from './note.ts'
import { levelsOf, tilePath, widthOf } from './tiles.ts'
import { LogWriter } from './writer.ts'

const ORIGIN = 'gatelog.example/log'
const verifiers = [parseVerifier(signerOf().vkey)!]

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-seal-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'seal')
}

const open = (folder: string, signer = signerOf()) => LogWriter.open({ folder, origin: ORIGIN, signer })

/** A signer that remembers, as the product's does, before it gives a signature out; `dying`: it ends then. */
function remembering(first = signerOf()) {
  let last: string | undefined
  const sign = async (text: Uint8Array) => {
    const { name, id } = verifiers[0]!
    const bytes = await first.sign(text)
    last = printNote({ text: Buffer.from(text).toString(), signatures: [{ name, id, bytes }] })
    return bytes
  }
  const signer = { ...first, last: async () => last, sign }
  return { signer, dying: { ...signer, sign: (text: Uint8Array) => sign(text).then(killed) } }
}

const killed = () => Promise.reject(new Error('killed'))

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

test('a log that is closed keeps the partial tiles of its last head alone, and goes on from them', async (t) => {
  const folder = await newFolder(t)
  const partial = () => globSync('tile/**/*.p/*', { cwd: folder }).sort()
  const log = await open(folder)
  await grow(log, 200, 100)
  assert.ok(partial().includes('tile/0/000.p/100'), 'those of the head before are there for whoever reads')
  await log.close()
  assert.deepEqual(partial(), ['tile/0/000.p/200', 'tile/entries/000.p/200'])
  const again = await open(folder)
  await again.close()
  await grow(await open(folder), 310, 60)
  check(folder)
})

test('a log grows over restarts, and every head is the beginning of the next', async (t) => {
  const folder = await newFolder(t)
  const heads: { size: number; root: Buffer }[] = []
  for (const size of [1, 2, 255, 256, 257, 511, 513, 1000, 1300]) {
    await grow(await open(folder), size, 777)
    heads.push(check(folder))
  }
  const last = heads.at(-1)!
  const { node } = new LogFiles(folder, last.size)
  for (const head of heads) assert.ok(consistent(head, last, consistencyProof(node, head.size, last.size)))
  for (const index of [0, 255, 256, 1299]) {
    const proof = inclusionProof(node, index, last.size)
    assert.ok(included(leafHash(leafOf(index)), { index, size: last.size }, proof, last.root))
  }
})

test('partial tiles that nobody needs are removed', async (t) => {
  const folder = await newFolder(t)
  const log = await open(folder)
  await grow(log, 40, 10)
  await grow(log, 300, 10)
  const partial = globSync('tile/**/*.p/*', { cwd: folder })
  assert.ok(
    partial.every((path) => /\/(000\.p\/1|001\.p\/(34|44))$/.test(path)),
    partial.join(' '),
  )
  assert.ok(!existsSync(join(folder, 'tile/0/000.p')) && existsSync(join(folder, 'tile/0/000')))
})

test('a lowest tile that is damaged is made anew from the leaves; damaged leaves are told', async (t) => {
  const folder = await newFolder(t)
  await grow(await open(folder), 300, 300)
  const tile = join(folder, tilePath({ level: 0, index: 1, width: 44 }))
  await truncate(tile, 5)
  await grow(await open(folder), 301, 1)
  check(folder)
  const bundle = join(folder, tilePath({ level: 'entries', index: 1, width: 45 }))
  const bytes = await readFile(bundle)
  bytes[20] = (bytes[20] ?? 0) ^ 1
  await writeFile(bundle, bytes)
  await assert.rejects(open(folder), { code: 'seal.damaged' })
  await truncate(bundle, 7)
  await assert.rejects(open(folder), { code: 'seal.damaged' })
  await rm(bundle)
  await assert.rejects(open(folder), { code: 'seal.damaged' })
})

test('another key, another origin and a key that signs wrongly are refused', async (t) => {
  const folder = await newFolder(t)
  await grow(await open(folder), 5, 5)
  await assert.rejects(open(folder, signerOf(2)), { code: 'seal.key' })
  await assert.rejects(LogWriter.open({ folder, origin: 'other', signer: signerOf(1, 'other') }), { code: 'seal.key' })
  await assert.rejects(open(folder, { vkey: 'nonsense', sign: signerOf().sign }), { code: 'seal.key' })
  const log = await open(folder, { ...signerOf(), sign: signerOf(2).sign })
  log.add(leafOf(5))
  await assert.rejects(log.publish(), { code: 'seal.key' })
  assert.equal(check(folder).size, 5)
})

test('a folder that was rolled back is refused where the last head is known outside', async (t) => {
  const folder = await newFolder(t)
  const { signer } = remembering()
  await grow(await open(folder, signer), 20, 10)
  const old = `${folder}-old`
  await cp(folder, old, { recursive: true })
  await grow(await open(folder, signer), 30, 10)
  await assert.rejects(open(old, signer), { code: 'seal.behind' })
  await rm(folder, { recursive: true })
  await assert.rejects(open(folder, signer), { code: 'seal.behind' })
  const other = await open(folder)
  for (let at = 0; at < 40; at++) other.add(Buffer.from(`another ${at}`))
  await other.publish()
  await assert.rejects(open(folder, signer), { code: 'seal.behind' })
})

test('a head that was signed and never shown is shown by whoever comes next, where its tiles are here', async (t) => {
  const folder = await newFolder(t)
  const { signer, dying } = remembering()
  await grow(await open(folder, signer), 20, 10)
  const log = await open(folder, dying)
  for (let at = 20; at < 300; at++) log.add(leafOf(at))
  await assert.rejects(log.publish(), /killed/)
  assert.equal(check(folder).size, 20)
  const older = `${folder}-older`
  await cp(folder, older, { recursive: true })
  await rm(join(older, 'tile/0'), { recursive: true })
  await assert.rejects(open(older, signer), { code: /seal\.(behind|damaged)/ })
  assert.equal((await open(folder, signer)).size, 300)
  assert.equal(check(folder).size, 300)
})

test('a head that somebody else signed is not taken over, though its tiles are here', async (t) => {
  const folder = await newFolder(t)
  await grow(await open(folder), 20, 10)
  const log = await open(folder, { ...signerOf(), sign: killed })
  log.add(leafOf(20))
  await assert.rejects(log.publish(), /killed/)
  const root = rangeHash(new LogFiles(folder, 21).node, 0, 21)
  const text = printCheckpoint({ origin: ORIGIN, size: 21, root: Buffer.from(root) })
  const { name, id } = verifiers[0]!
  const forged = printNote({ text, signatures: [{ name, id, bytes: await signerOf(2).sign(Buffer.from(text)) }] })
  await assert.rejects(open(folder, { ...signerOf(), last: async () => forged }), { code: 'seal.behind' })
  assert.equal(check(folder).size, 20)
})
