/** What the holder of the seal's key signs: heads of its own log that go on, and nothing else that it is given. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isSignedBy, parseVerifier, printCheckpoint } from '#trail'
import { openSigner } from '../seal-key.ts'
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

test('a memory that is damaged is none to go on without, and one of another log is no damage', async (t) => {
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
