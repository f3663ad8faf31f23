/** What the holder of the seal's key signs: heads of its own log that go on, and nothing else that it is given. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isSignedBy, parseRemembered, parseVerifier, printCheckpoint } from '#trail'
import { headBeside, openSigner, sharedHead } from '../seal-key.ts'
import { notaryOf } from './notary.ts'

const RECORD = '0123456789abcdef'
const ORIGIN = 'audit.example/log'
const root = (byte: number) => Buffer.alloc(32, byte)
const head = (size: number, byte = size, origin = ORIGIN) =>
  Buffer.from(printCheckpoint({ origin, size, root: root(byte) }))

async function ground(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'gatelog-notary-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const place = mkdtempSync(join(tmpdir(), 'gatelog-notary-keys-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const kept = join(place, 'seal.head')
  const open = async (memories: readonly string[] = []) => {
    const signer = await openSigner({ origin: ORIGIN, key: { kind: 'file', path: join(data, 'seal.key') } }, data)
    return notaryOf(signer, { data, kept: memories, record: RECORD })
  }
  return { data, place, kept, open }
}

test('a head that goes on is signed, and the same once more', async (t) => {
  const notary = await (await ground(t)).open()
  const verifier = parseVerifier(notary.vkey)!
  for (const text of [head(1), head(256), head(256), head(257)]) {
    const signature = await notary.sign(text)
    const signatures = [{ name: verifier.name, id: verifier.id, bytes: signature }]
    assert.ok(isSignedBy({ text: text.toString(), signatures }, [verifier]))
  }
})

test('a smaller head, another of the same size, one of another log and what is no head are not', async (t) => {
  const notary = await (await ground(t)).open()
  await notary.sign(head(256))
  for (const [text, code] of [
    [head(255), 'seal.behind'],
    [head(256, 9), 'seal.behind'],
    [head(300, 1, 'another/log'), 'seal.key'],
    [Buffer.from('pay mallory 100\n'), 'seal.key'],
    [Buffer.concat([head(300), Buffer.from('extension\n')]), 'seal.key'],
    [Buffer.from(head(300).toString().replace('300', '0300')), 'seal.key'],
    [Buffer.alloc(0), 'seal.key'],
  ] as const)
    await assert.rejects(notary.sign(text), { code }, text.toString())
  await notary.sign(head(300))
})

test('one that was started again knows what was published', async (t) => {
  const { data, open } = await ground(t)
  const first = await open()
  const verifier = parseVerifier(first.vkey)!
  const text = head(500).toString()
  const bytes = await first.sign(Buffer.from(text))
  const signed = Buffer.concat([Buffer.from(verifier.id, 'hex'), bytes]).toString('base64')
  mkdirSync(join(data, 'seal'))
  writeFileSync(join(data, 'seal', 'checkpoint'), `${text}\n— ${verifier.name} ${signed}\n`)
  await assert.rejects((await open()).sign(head(499)), { code: 'seal.behind' })
  writeFileSync(join(data, 'seal', 'checkpoint'), `${head(900).toString()}\n— ${verifier.name} ${signed}\n`)
  await (await open()).sign(head(499))
})

test('what it signed is in its memory before the signature is given out, and binds whoever comes after it', async (t) => {
  const { data, kept, open } = await ground(t)
  const first = await open([kept])
  assert.equal(await first.last?.(), undefined)
  await first.sign(head(500))
  assert.match((await first.last?.()) ?? '', /^audit\.example\/log\n500\n/)
  rmSync(join(data, 'seal'), { recursive: true, force: true })
  const second = await open([kept])
  await assert.rejects(second.sign(head(499)), { code: 'seal.behind' })
  await assert.rejects(second.sign(head(500, 9)), { code: 'seal.behind' })
  await second.sign(head(501))
  assert.match(readFileSync(kept, 'utf8'), /\n501\n/)
})

test('the first place that can be written is its memory, and every one that it may have kept it in counts', async (t) => {
  const { place, kept, open } = await ground(t)
  const gone = join(place, 'none', 'seal.head')
  await (await open([gone, kept])).sign(head(40))
  await (await open([kept])).sign(head(41))
  await assert.rejects((await open([gone, kept])).sign(head(40)), { code: 'seal.behind' })
})

test('a memory that cannot be read or kept lets nothing be signed', async (t) => {
  const { kept, open } = await ground(t)
  mkdirSync(kept)
  await assert.rejects(open([kept]), { code: 'seal.key' })
  rmSync(kept, { recursive: true })
  mkdirSync(`${kept}.new`)
  await assert.rejects((await open([kept])).sign(head(1)), { code: 'seal.key' })
})

test('two heads that are asked for at once are held against each other', async (t) => {
  const notary = await (await ground(t)).open()
  const [one, other] = await Promise.allSettled([notary.sign(head(7, 1)), notary.sign(head(7, 2))])
  assert.deepEqual([one.status, other.status], ['fulfilled', 'rejected'])
})

test('a memory that is damaged is none to go on without', async (t) => {
  const { kept, open } = await ground(t)
  const first = await open([kept])
  await first.sign(head(300))
  const note = readFileSync(kept, 'utf8')
  for (const damaged of ['', 'garbage', note.slice(0, 20), note.slice(0, -30)]) {
    writeFileSync(kept, damaged)
    await assert.rejects(open([kept]), { code: 'seal.key', detail: /what was signed last, is damaged/ })
  }
  writeFileSync(kept, note)
  await assert.rejects((await open([kept])).sign(head(299)), { code: 'seal.behind' })
})

/** A notary of another log, of the same record unless it says otherwise, with a key of its own. */
async function other(data: string, kept: readonly string[], how: Other = {}) {
  const { ends, record = RECORD, name = 'other/log', key } = how
  const path = key ?? join(data, `${name.replace('/', '-')}.key`)
  const signer = await openSigner({ origin: name, key: { kind: 'file', path } }, data)
  return notaryOf(signer, { data, kept, key, record }, ends)
}

interface Other {
  readonly ends?: readonly string[]
  readonly record?: string
  readonly name?: string
  /** The seal key's file, outside. */
  readonly key?: string
}

const covered = (size: number, origin = ORIGIN) => ({ origin, size, root: '' })
const headsOf = (kept: string) =>
  parseRemembered(readFileSync(kept, 'utf8'))?.map((one) => [one.head.origin, one.head.size])

test('the first head of a log beside another of the record is signed only where entries tell of that one', async (t) => {
  const { data, kept, open } = await ground(t)
  const first = await open([kept])
  await first.sign(head(500))
  const before = readFileSync(kept, 'utf8')
  const second = () => other(data, [join(data, 'none', 'x.head'), kept])
  const next = head(501, 1, 'other/log')
  await assert.rejects((await second()).sign(next), {
    code: 'seal.behind',
    detail: /500 entries were sealed in the log aud/,
  })
  for (const told of [[], [covered(499)], [covered(500, 'third/log')]])
    await assert.rejects((await second()).sign(next, told), { code: 'seal.behind' })
  assert.equal(readFileSync(kept, 'utf8'), before)
  const told = await second()
  await told.sign(next, [covered(500)])
  await told.sign(head(502, 1, 'other/log'))
  await (await second()).sign(head(503, 1, 'other/log'))
  assert.deepEqual(headsOf(kept), [
    ['other/log', 503],
    [ORIGIN, 500],
  ])
  assert.equal((await (await second()).known?.())?.length, 2)
})

test('in the name of a log that another one went on from nothing is signed any more, whatever entries tell', async (t) => {
  const { data, kept, open } = await ground(t)
  await (await open([kept])).sign(head(500))
  const ends = [readFileSync(kept, 'utf8')]
  const second = await other(data, [join(data, 'none', 'x.head'), kept], { ends })
  await second.sign(head(500, 244, 'other/log'))
  const ended = { code: 'seal.behind', detail: /was ended/ }
  await assert.rejects((await open([kept])).sign(head(600)), ended)
  await assert.rejects((await open([kept])).sign(head(600), [covered(600, 'other/log')]), ended)
  const third = await other(data, [join(data, 'none', 'x.head'), kept], { name: 'third/log' })
  await assert.rejects(third.sign(head(600, 1, 'third/log'), [covered(900)]), { detail: /in the log other\/log/ })
})

test('a memory in the data folder lets no log begin beside what is remembered outside, and one of the same name is none', async (t) => {
  const { data, kept, open } = await ground(t)
  await (await open([kept])).sign(head(500))
  const inside = join(data, 'seal.head')
  const planted = await other(data, [join(data, 'none', 'x.head'), inside], { name: 'new/log' })
  await planted.sign(head(1, 1, 'new/log'))
  const both = await other(data, [join(data, 'none', 'x.head'), kept, inside], { name: 'new/log' })
  await assert.rejects(both.sign(head(2, 1, 'new/log')), { code: 'seal.behind' })
  assert.deepEqual(headsOf(kept), [[ORIGIN, 500]])
  rmSync(inside)
  rmSync(join(data, 'seal.key'))
  await assert.rejects((await open([kept])).sign(head(501), [covered(900)]), { detail: /with another key/ })
})

/** Records with one seal key: each signs with `of`, and `heads` is what lies beside the key for one of them. */
async function records(t: TestContext) {
  const { data, place } = await ground(t)
  const key = join(place, 'k.pem')
  const of = (name: string, record: string) => other(data, [headBeside(key, record)], { name, record, key })
  return { key, of, heads: (record: string) => headsOf(headBeside(key, record)) }
}

const [ONE, TWO, THREE] = ['a'.repeat(16), 'b'.repeat(16), 'c'.repeat(16)] as const

test('of the records of one key each has a file of its own and goes on alone, and no name is signed in for two', async (t) => {
  const { key, of, heads } = await records(t)
  await (await of('one/log', ONE)).sign(head(5, 5, 'one/log'))
  await (await of('two/log', TWO)).sign(head(9, 9, 'two/log'))
  await (await of('one/log', ONE)).sign(head(6, 6, 'one/log'))
  assert.deepEqual([heads(ONE), heads(TWO), existsSync(sharedHead(key))], [[['one/log', 6]], [['two/log', 9]], false])
  await assert.rejects((await of('two/log', THREE)).sign(head(8, 8, 'two/log')), { code: 'seal.behind' })
  await assert.rejects((await of('new/log', TWO)).sign(head(10, 1, 'new/log')), { code: 'seal.behind' })
  writeFileSync(headBeside(key, ONE), 'damaged')
  await (await of('two/log', TWO)).sign(head(10, 10, 'two/log'))
  await assert.rejects(of('one/log', ONE), { code: 'seal.key', detail: /is damaged/ })
})

test('records of one key that sign at once keep every head, each its own', async (t) => {
  const { of, heads } = await records(t)
  const both = [await of('one/log', ONE), await of('two/log', TWO)] as const
  for (let size = 8; size < 13; size++)
    await Promise.all([both[0].sign(head(size, size, 'one/log')), both[1].sign(head(size * 100, 1, 'two/log'))])
  assert.deepEqual([heads(ONE), heads(TWO)], [[['one/log', 12]], [['two/log', 1200]]])
})

test('what an earlier version left beside a key counts for the name and key that it is of, and is never written', async (t) => {
  const { key, of, heads } = await records(t)
  await (await of('one/log', ONE)).sign(head(5, 5, 'one/log'))
  renameSync(headBeside(key, ONE), sharedHead(key))
  const left = readFileSync(sharedHead(key), 'utf8')
  await assert.rejects((await of('one/log', ONE)).sign(head(4, 4, 'one/log')), { code: 'seal.behind' })
  await (await of('two/log', TWO)).sign(head(3, 3, 'two/log'))
  await (await of('one/log', ONE)).sign(head(6, 6, 'one/log'))
  assert.deepEqual([heads(ONE), heads(TWO)], [[['one/log', 6]], [['two/log', 3]]])
  assert.equal(readFileSync(sharedHead(key), 'utf8'), left)
  writeFileSync(sharedHead(key), 'damaged')
  await (await of('two/log', TWO)).sign(head(4, 4, 'two/log'))
  await assert.rejects(of('new/log', THREE), { code: 'seal.key', detail: /is damaged/ })
})

test('a memory that lost one of its heads is damaged', async (t) => {
  const { data, kept, open } = await ground(t)
  await (await open([kept])).sign(head(500))
  await (await other(data, [join(data, 'none', 'x.head'), kept], { ends: [readFileSync(kept, 'utf8')] })).sign(
    head(501, 1, 'other/log'),
  )
  const text = readFileSync(kept, 'utf8')
  for (const cut of [
    text.slice(0, text.lastIndexOf('record ')),
    text.replace('heads 2', 'heads 3'),
    text.slice(0, -4),
  ]) {
    writeFileSync(kept, cut)
    await assert.rejects(open([kept]), { code: 'seal.key', detail: /is damaged/ })
  }
})
