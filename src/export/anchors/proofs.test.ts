/** Proofs that are kept beside a log count only where they are checked again: every kind, true, changed, and of somebody else. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type KeptAnchor, keepAnchored, type Proven, parseCheckpoint, parseNote, readAnchors, standingOf } from '#trail'
import type { Trusted } from './anchor.ts'
import { openAnchor } from './index.ts'
import { headsOutside, proverOf, unusedOf } from './look.ts'
import {
  authority,
  folderFor,
  git,
  grown,
  NO_GIT,
  NO_OPENSSL,
  ORIGIN,
  type Outside,
  signerOf,
  timestamp,
  witness,
} from './outside.case.ts'
import { cosigned, parseCosigner } from './witness/cosignature.ts'

const soon = () => AbortSignal.timeout(20_000)

/** Anchors a head and keeps its proof, as a running house does. */
async function kept(t: TestContext, { settings }: Outside): Promise<{ folder: string; one: KeptAnchor }> {
  const folder = folderFor(t)
  const anchor = openAnchor(settings, { folder, origin: ORIGIN })
  t.after(() => anchor.close())
  const note = await grown(folder, 5)
  await keepAnchored(folder, { name: 'out', kind: settings.kind }, note, await anchor.anchor(note, soon()))
  const [one] = await readAnchors(folder)
  assert.ok(one)
  return { folder, one }
}

const sentence = (one: KeptAnchor, proven: Proven) =>
  standingOf({ anchors: [{ by: one.name, size: one.checkpoint.size, ...proven }] })

test('a timestamp is checked with the CA that is given, and its time is the token’s', {
  skip: NO_OPENSSL,
}, async (t) => {
  const outside = await timestamp(t)
  const { one } = await kept(t, outside)
  const own = { settings: { out: outside.settings }, reachMs: undefined }
  const checked = await proverOf(own)({ ...one, at: Date.UTC(2100, 0) })
  assert.ok(checked.state === 'checked' && Math.abs(checked.at - Date.now()) < 60_000)
  assert.match(sentence(one, checked), /^anchored until 20\d\d-\S+Z by out, 5 entries$/)
  const other = folderFor(t)
  authority(other)
  const ca = readFileSync(join(other, 'ca.pem'), 'utf8')
  const untrusted = await proverOf({ ...own, given: { tsaCa: ca } })(one)
  assert.match(
    sentence(one, untrusted),
    /^internally consistent; anchor of out claimed, not checked \(nobody who is trusted/,
  )
  const unknown = await proverOf({ settings: {}, reachMs: undefined })(one)
  assert.match(sentence(one, unknown), /claimed, not checked \(no CA .*; gatelog verify --tsa-ca <file>\)/)
  const given = await proverOf({
    settings: {},
    given: { tsaCa: readFileSync(join(outside.seen(), 'ca.pem'), 'utf8') },
    reachMs: undefined,
  })(one)
  assert.equal(given.state, 'checked')
  for (const wrong of [
    { ...one, proof: Buffer.from('junk') },
    { ...one, note: one.note.replace('\n5\n', '\n6\n') },
  ])
    assert.equal((await proverOf(own)(wrong)).state, 'false')
})

test('a cosignature is checked with the witness’ key, and its time is the witness’', async (t) => {
  const outside = await witness(t)
  const { one } = await kept(t, outside)
  const own = { settings: { out: outside.settings }, reachMs: undefined }
  const checked = await proverOf(own)({ ...one, at: 4_102_444_800_000 })
  assert.ok(checked.state === 'checked' && Math.abs(checked.at - Date.now()) < 60_000)
  assert.equal((await proverOf({ settings: {}, reachMs: undefined })(one)).state, 'claimed')
  const stranger = await proverOf({ ...own, given: { witnesses: [mlDsa('other.example').vkey] } })(one)
  assert.match(sentence(one, stranger), /^internally consistent; .*no cosignature of a witness that is known/)
  const flipped = Buffer.from(one.proof)
  flipped[flipped.length - 10] = flipped[flipped.length - 10] === 65 ? 66 : 65
  assert.equal((await proverOf(own)({ ...one, proof: flipped })).state, 'false')
  assert.equal((await proverOf(own)({ ...one, proof: Buffer.of(1) })).state, 'false')
})

/** A cosigner of ML-DSA-44, made after c2sp.org/tlog-cosignature for this test. */
function mlDsa(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ml-dsa-44')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-1312)
  const material = Buffer.concat([Buffer.of(6), raw])
  const id = createHash('sha256').update(`${name}\n`).update(material).digest().subarray(0, 4)
  const line = (note: string, seconds: bigint, size?: number) => {
    const head = parseCheckpoint(parseNote(note)?.text ?? '')
    assert.ok(head)
    const [time, start, end] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)]
    time.writeBigUInt64BE(seconds)
    end.writeBigUInt64BE(BigInt(size ?? head.size))
    const parts = [Buffer.from(`${'subtree/v1'}\n\0`), Buffer.of(name.length), Buffer.from(name), time]
    const rest = [Buffer.of(head.origin.length), Buffer.from(head.origin), start, end, head.root]
    const signature = sign(null, Buffer.concat([...parts, ...rest]), privateKey)
    return `— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`
  }
  return { vkey: `${name}+${id.toString('hex')}+${material.toString('base64')}`, line }
}

test('cosignatures of ML-DSA-44 are checked as those of Ed25519', async (t) => {
  const note = await grown(folderFor(t), 7)
  const { vkey, line } = mlDsa('witness.example/pq')
  const cosigner = parseCosigner(vkey)
  assert.ok(cosigner)
  assert.deepEqual(cosigned(`${note}${line(note, 1_800_000_000n)}`, cosigner), {
    state: 'valid',
    at: 1_800_000_000_000,
  })
  assert.deepEqual(cosigned(`${note}${line(note, 1_800_000_000n, 8)}`, cosigner), { state: 'false' })
  assert.deepEqual(cosigned(`${note}${line(note, 0n)}`, cosigner), { state: 'false' })
  assert.deepEqual(cosigned(note, cosigner), { state: 'none' })
  assert.equal(parseCosigner(vkey.slice(0, -8)), undefined)
  const one = { name: 'pq', kind: 'witness', at: 0, note, checkpoint: parseCheckpoint(parseNote(note)?.text ?? '')! }
  const proof = Buffer.from(`${note}${line(note, 1_800_000_000n)}`)
  const prove = proverOf({ settings: {}, given: { witnesses: [mlDsa('a').vkey, vkey] }, reachMs: undefined })
  assert.deepEqual(await prove({ ...one, proof }), { state: 'checked', at: 1_800_000_000_000 })
})

test('a commit is looked up in the repository, and is a claim where that is out of reach', {
  skip: NO_GIT,
}, async (t) => {
  const outside = await git(t)
  const { folder, one } = await kept(t, outside)
  const own = { settings: { out: outside.settings }, reachMs: 10_000 }
  const checked = await proverOf(own)(one)
  assert.match(sentence(one, checked), /^anchored until \S+Z by out, 5 entries \(the time is the gateway’s own\)$/)
  const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
  await anchor.anchor(await grown(folder, 9), soon())
  assert.equal((await proverOf(own)(one)).state, 'checked', 'below the newest commit')
  const offline = await proverOf({ ...own, reachMs: undefined })(one)
  assert.match(sentence(one, offline), /claimed, not checked \(its commit was not looked up; gatelog verify --git/)
  const elsewhere = folderFor(t)
  for (const repository of [join(elsewhere, 'none'), elsewhere])
    assert.equal((await proverOf({ ...own, given: { repository } })(one)).state, 'claimed')
  const clone = join(folderFor(t), 'clone')
  execFileSync('git', ['clone', '--quiet', '-b', 'gatelog', outside.seen(), clone])
  assert.equal((await proverOf({ settings: {}, given: { repository: clone }, reachMs: 10_000 })(one)).state, 'checked')
  const here = { settings: own.settings, given: { repository: clone }, reachMs: undefined }
  assert.equal((await proverOf(here)(one)).state, 'checked', 'a clone is on this machine')
  const seen = await headsOutside(ORIGIN, here)
  assert.deepEqual([seen.heads.map(({ name }) => name), seen.unreached], [['the repository given'], []])
  const absent = await proverOf(own)({ ...one, proof: Buffer.from('a'.repeat(40)) })
  assert.match(sentence(one, absent), /the branch there has no commit aaaaaaaaaaaa/)
  assert.equal((await proverOf(own)({ ...one, note: one.note.replace('\n5\n', '\n6\n') })).state, 'false')
  assert.equal((await proverOf(own)({ ...one, proof: Buffer.from('--help') })).state, 'false')
})

test('what the outside shows is asked without anchoring anything, and who does not answer is named', async (t) => {
  const outside = await witness(t)
  const { folder } = await kept(t, outside)
  const looking = { settings: { out: outside.settings }, reachMs: 400 }
  const seen = await headsOutside(ORIGIN, looking)
  assert.deepEqual([seen.heads.map(({ name }) => name), seen.unreached], [['out'], []])
  assert.match(seen.heads[0]?.note ?? '', /\n5\n/)
  outside.mode = 'hang'
  const silent = await headsOutside(ORIGIN, looking)
  assert.equal(silent.heads.length, 0)
  assert.match(silent.unreached.join(), /^out: .*in time/)
  assert.deepEqual(await headsOutside(ORIGIN, { ...looking, reachMs: undefined }), { heads: [], unreached: [] })
  const repository = '--upload-pack=x'
  await assert.rejects(headsOutside(ORIGIN, { ...looking, given: { repository } }), /git/)
  assert.ok(readFileSync(join(folder, 'checkpoint')).length > 0 && signerOf().vkey)
})

test('what was given and nothing came of is named', { skip: NO_GIT }, async (t) => {
  const outside = await witness(t)
  const { one } = await kept(t, outside)
  const own = outside.settings.kind === 'witness' ? outside.settings.vkey : ''
  const told = [{ by: 'out', size: 5, state: 'checked', at: 1 }] as const
  const unused = (given: Trusted, heads: readonly { readonly name: string; readonly note: string }[] = []) =>
    unusedOf({ settings: {}, given, reachMs: undefined }, [one], told, { heads })
  assert.deepEqual(unused({ witnesses: [own] }), [])
  assert.deepEqual(unused({ witnesses: [own, mlDsa('other.example').vkey, 'x+00000000+AAAA'] }), [
    '--witness: none of the newest proofs here bears a cosignature of other.example',
    '--witness: it is no verifier key of a witness',
  ])
  assert.match(unused({ tsaCa: 'x' }).join(), /^--tsa-ca: none of the newest proofs here is a timestamp/)
  assert.deepEqual(unused({ repository: '/none' }), ['--git: nothing of this log is in /none'])
  assert.deepEqual(unused({ repository: '/r' }, [{ name: 'the repository given', note: one.note }]), [])
  assert.deepEqual(unused({}), [])
})

test('the commit goes along where it holds the head alone; names that others keep beside it do not', {
  skip: NO_GIT,
}, async (t) => {
  const outside = await git(t)
  const { folder, one } = await kept(t, outside)
  const [id = '', ...object] = Buffer.from(one.proof).toString().split('\n')
  const commit = Buffer.from(object.join('\n'))
  assert.equal(createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex'), id)
  const clone = join(folderFor(t), 'clone')
  const run = (...args: string[]) => execFileSync('git', args, { cwd: clone, stdio: 'pipe' })
  execFileSync('git', ['clone', '--quiet', '-b', 'gatelog', outside.seen(), clone])
  writeFileSync(join(clone, 'merger-with-acme.txt'), 'x')
  run('add', '.')
  run('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'more')
  run('push', '--quiet')
  const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
  const { proof } = await anchor.anchor(await grown(folder, 9), soon())
  assert.match(Buffer.from(proof).toString(), /^[0-9a-f]{40}\n$/)
  const shared = { ...one, note: await grown(folder, 9), proof }
  assert.equal((await proverOf({ settings: { out: outside.settings }, reachMs: 10_000 })(shared)).state, 'checked')
})
