/** The verifier’s own hashes, keys and notes, held against those of the server, which were written apart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consistencyProof, rangeHash } from '../src/trail/index.ts'
import { Frontier, leafHash as theirs } from '../src/trail/seal/hashes.ts'
import { leafOf, signerOf } from '../src/trail/seal/made.ts'
import { printCheckpoint, printNote } from '../src/trail/seal/note.ts'
import { bytesOf, checkpointBy, isBeginning } from './log.ts'

const MOST = 40
const nodes = new Map<string, Uint8Array>()
const counts = new Map<number, number>()
function countIn(height: number): number {
  const count = counts.get(height) ?? 0
  counts.set(height, count + 1)
  return count
}
const frontier = new Frontier((height, hash) => void nodes.set(`${height}/${countIn(height)}`, hash))
for (let at = 0; at < MOST; at++) frontier.add(theirs(leafOf(at)))
const node = (height: number, index: number) => nodes.get(`${height}/${index}`) ?? assert.fail(`${height}/${index}`)
const tree = (size: number) => ({ size, root: Buffer.from(rangeHash(node, 0, size)) })

test('a tree is the beginning of every later one, and of no other', () => {
  for (let now = 1; now <= MOST; now++)
    for (let old = 1; old <= now; old++) {
      const path = consistencyProof(node, old, now).map((hash) => Buffer.from(hash))
      assert.ok(isBeginning(tree(old), tree(now), path), `${old} of ${now}`)
      const forged = { size: old, root: Buffer.alloc(32, 7) }
      assert.ok(!isBeginning(forged, tree(now), path), `another of ${old} in ${now}`)
      assert.ok(!isBeginning(tree(old), { size: now, root: Buffer.alloc(32, 7) }, path))
      assert.ok(!isBeginning(tree(old), tree(now), [...path, Buffer.alloc(32)]))
      for (let at = 0; at < path.length; at++) {
        assert.ok(!isBeginning(tree(old), tree(now), path.toSpliced(at, 1)))
        assert.ok(!isBeginning(tree(old), tree(now), path.with(at, Buffer.alloc(32, 7))))
      }
    }
  assert.ok(!isBeginning(tree(9), tree(8), []))
  assert.ok(!isBeginning({ size: 0, root: Buffer.alloc(32) }, tree(8), []))
})

test('base64 is read in the one form in which it is written', () => {
  assert.equal(bytesOf('AAE=').length, 2)
  for (const other of ['AAF=', 'AAE', 'AAE=\n', ' AAE=', 'A-_=', undefined, 7])
    assert.throws(() => bytesOf(other), /base64/)
})

async function noteOf(origin = 'gatelog.example/log'): Promise<{ note: string; vkey: string }> {
  const { vkey, sign } = signerOf(1, origin)
  const text = printCheckpoint({ origin, ...tree(9) })
  const [name = '', id = ''] = vkey.split('+')
  return { note: printNote({ text, signatures: [{ name, id, bytes: await sign(Buffer.from(text)) }] }), vkey }
}

test('a checkpoint holds under its key alone, whole, and tells of signatures that nobody looked at', async () => {
  const { note, vkey } = await noteOf()
  const read = checkpointBy(note, vkey)
  assert.deepEqual([read.size, read.others, read.root.equals(tree(9).root)], [9, 0, true])
  const cosigned = `${note}— witness.example ${Buffer.alloc(68, 3).toString('base64')}\n`
  assert.equal(checkpointBy(cosigned, vkey).others, 1)
  assert.throws(() => checkpointBy(note, signerOf(2).vkey), /not signed by this key/)
  for (let at = 0; at < note.length; at++)
    for (const char of ['A', ' ', '\n', '—'].filter((char) => char !== note[at]))
      assert.throws(() => checkpointBy(note.slice(0, at) + char + note.slice(at + 1), vkey), Error, `${at} ${char}`)
})

test('a verifier key of which one character is another is none', () => {
  const { vkey } = signerOf()
  const { note } = { note: 'x\n1\nAA==\n\n— x AAAAAAA=\n' }
  for (let at = 0; at < vkey.length; at++)
    for (const char of ['B', '0', '+', ' '].filter((char) => char !== vkey[at]))
      assert.throws(
        () => checkpointBy(note, vkey.slice(0, at) + char + vkey.slice(at + 1)),
        /verifier key/,
        `${at} ${char}`,
      )
})
