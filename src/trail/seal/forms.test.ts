/** Notes, tiles, canonical JSON: the examples that their specifications publish, and what must not be taken for one. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonical } from './jcs.ts'
import {
  isSignedBy,
  parseCheckpoint,
  parseNote,
  parseVerifier,
  printCheckpoint,
  printNote,
  printVerifier,
  verifierOf,
} from './note.ts'
import { levelsOf, parseBundle, printBundle, tilePath, widthOf } from './tiles.ts'

/** Source: c2sp.org/signed-note, "Verifier keys", example. */
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`
/** Source: c2sp.org/tlog-checkpoint, first example; its key is not published. */
const CHECKPOINT = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`

test('the published note is signed by the published key, and by it alone', () => {
  const verifier = parseVerifier(VKEY)
  const note = parseNote(NOTE)
  assert.ok(verifier && note)
  assert.equal(printVerifier(verifier), VKEY)
  assert.equal(printNote(note), NOTE)
  assert.ok(isSignedBy(note, [verifier]))
  assert.ok(!isSignedBy({ ...note, text: note.text.replace('example', 'Example') }, [verifier]))
  assert.ok(!isSignedBy(note, [{ ...verifier, name: 'example.com/bar' }]))
  assert.ok(!isSignedBy(note, []))
})

test('a signature of a known key that is wrong spoils the note, one of an unknown key does not', () => {
  const verifier = parseVerifier(VKEY)
  const note = parseNote(NOTE)
  const [good] = note?.signatures ?? []
  assert.ok(verifier && note && good)
  const other = { name: 'example.com/other', id: '00000001', bytes: Buffer.alloc(64, 1) }
  assert.ok(isSignedBy({ ...note, signatures: [other, good] }, [verifier]))
  const wrong = { ...good, bytes: Buffer.alloc(64, 1) }
  assert.ok(!isSignedBy({ ...note, signatures: [good, wrong] }, [verifier]))
})

test('the published checkpoint is read and written again', () => {
  const note = parseNote(CHECKPOINT)
  const checkpoint = parseCheckpoint(note?.text ?? '')
  assert.deepEqual([checkpoint?.origin, checkpoint?.size], ['example.com/behind-the-sofa', 20852163])
  assert.ok(checkpoint && printCheckpoint(checkpoint) === note?.text)
})

test('what is no note, no key and no checkpoint is refused', () => {
  for (const text of [
    '',
    '\n',
    'a\n',
    NOTE.slice(0, -1),
    NOTE.replace('—', '-'),
    `${NOTE}\u0007\n`,
    NOTE.replace('Uw2Q', 'Uw2*'),
  ])
    assert.equal(parseNote(text), undefined, JSON.stringify(text))
  for (const text of [
    '',
    'a+b',
    VKEY.replace('530d903a', '530d903b'),
    VKEY.replace('+AekyeR', '+AukyeR'),
    VKEY.slice(0, -4),
  ])
    assert.equal(parseVerifier(text), undefined, text)
  const root = Buffer.alloc(32).toString('base64')
  for (const text of [
    `o\n01\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n1\n${root}`,
    `\n1\n${root}\n`,
    'o\n1\nAAAA\n',
    `o\n1e3\n${root}\n`,
  ])
    assert.equal(parseCheckpoint(text), undefined, JSON.stringify(text))
  assert.equal(parseCheckpoint(`o\n3\n${root}\nextension\n`)?.size, 3)
})

test('what is signed here is verified by its printed key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const verifier = verifierOf('gatelog.example/log', raw)
  const text = printCheckpoint({ origin: verifier.name, size: 1, root: Buffer.alloc(32, 1) })
  const bytes = sign(null, Buffer.from(text), privateKey)
  const note = parseNote(printNote({ text, signatures: [{ name: verifier.name, id: verifier.id, bytes }] }))
  const read = parseVerifier(printVerifier(verifier))
  assert.ok(note && read && isSignedBy(note, [read]))
})

test('paths of tiles are those of the specification', () => {
  const path = (index: number, width = 256) => tilePath({ level: 0, index, width })
  assert.equal(path(1234067), 'tile/0/x001/x234/067')
  assert.equal(path(0), 'tile/0/000')
  assert.equal(path(999, 7), 'tile/0/999.p/7')
  assert.equal(tilePath({ level: 'entries', index: 1000, width: 1 }), 'tile/entries/x001/000.p/1')
})

test('a tree of 70,000 has the tiles that the specification counts', () => {
  assert.deepEqual(levelsOf(70_000), [0, 1, 2])
  assert.deepEqual([widthOf(0, 272, 70_000), widthOf(0, 273, 70_000), widthOf(0, 274, 70_000)], [256, 112, 0])
  assert.deepEqual([widthOf(1, 0, 70_000), widthOf(1, 1, 70_000), widthOf(2, 0, 70_000)], [256, 17, 1])
  assert.deepEqual([widthOf(0, 0, 256), widthOf(1, 0, 256), levelsOf(256)], [256, 1, [0, 1]])
})

test('a bundle is read as it was written, and not where it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 }), (leaves) => {
      const bundle = printBundle(leaves)
      assert.deepEqual(
        parseBundle(bundle).map((leaf) => [...leaf]),
        leaves.map((leaf) => [...leaf]),
      )
      const last = leaves.at(-1)?.length ?? 0
      assert.throws(() => parseBundle(bundle.subarray(0, bundle.length - (last > 0 ? 1 : 1))), RangeError)
    }),
  )
  assert.throws(() => printBundle([Buffer.alloc(65_536)]), RangeError)
})

test('canonical JSON: the examples of RFC 8785 §3.2.2 and §3.2.3', () => {
  const numbers =
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"literals":[null,true,false]}'
  assert.equal(
    canonical(JSON.parse(numbers)),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
  )
  const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 }
  assert.deepEqual(Object.values(JSON.parse(canonical(keys)) as object).length, 7)
  assert.equal(canonical(keys), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}')
  assert.equal(canonical('\u20ac$\u000f\nA\'B"\\\\"/'), '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"')
  assert.equal(canonical({ b: undefined, a: [-0, 'x'] }), '{"a":[0,"x"]}')
  assert.throws(() => canonical(Number.NaN), TypeError)
})

test('canonical JSON says the same whatever the order of keys, and what JSON says', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(JSON.parse(JSON.stringify(value)))
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonical(JSON.parse(text)), text)
    }),
  )
})
