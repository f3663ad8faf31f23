/** Every anchor passes every case, against an outside of its kind on this machine. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { parseCheckpoint, parseNote, readAnchors } from '#trail'
import { Anchors } from '../anchoring.ts'
import { openAnchor } from './index.ts'
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

type Case = (outside: Outside, t: TestContext) => Promise<void>

const sizeOf = (note: string | undefined) => parseCheckpoint(parseNote(note ?? '')?.text ?? '')?.size
const soon = () => AbortSignal.timeout(20_000)

async function anchorsHeads({ settings }: Outside, t: TestContext): Promise<void> {
  const folder = folderFor(t)
  const anchor = openAnchor(settings, { folder, origin: ORIGIN })
  t.after(() => anchor.close())
  assert.equal(await anchor.known?.(soon()), undefined)
  for (const size of [1, 2, 7, 300]) {
    const note = await grown(folder, size)
    const before = Date.now()
    const { at, proof } = await anchor.anchor(note, soon())
    assert.ok(Math.abs(at - before) < 30_000 && proof.length > 0)
    if (anchor.known) assert.equal(sizeOf(await anchor.known(soon())), size)
  }
}

/** Another process, and a log that grew meanwhile: the outside is taken up where it is. */
async function goesOn({ settings }: Outside, t: TestContext): Promise<void> {
  const folder = folderFor(t)
  for (const size of [5, 70]) {
    const anchor = openAnchor(settings, { folder, origin: ORIGIN })
    await anchor.anchor(await grown(folder, size), soon())
    await anchor.close()
  }
}

async function failsClearly(outside: Outside, t: TestContext): Promise<void> {
  const folder = folderFor(t)
  const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
  t.after(() => anchor.close())
  const note = await grown(folder, 3)
  for (const mode of outside.modes) {
    outside.mode = mode
    const signal = AbortSignal.timeout(mode === 'hang' ? 300 : 10_000)
    await assert.rejects(anchor.anchor(note, signal), (error) => {
      assert.ok(error instanceof Fault && /^export\./.test(error.code), `${mode}: ${String(error)}`)
      return true
    })
  }
  outside.mode = 'take'
  await anchor.anchor(note, soon())
}

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 1000, 'it never came about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The house's loop: proofs are kept, trouble is told once and got over. */
async function keepsProofs(outside: Outside, t: TestContext): Promise<void> {
  const folder = folderFor(t)
  const told: string[] = []
  const log = { folder, origin: ORIGIN }
  const anchors = new Anchors({ log, now: Date.now, tell: (line) => told.push(line), retryMs: 10 })
  t.after(() => anchors.close())
  await grown(folder, 4)
  await anchors.set({ out: { ...outside.settings, every_ms: 20 } })
  const standing = async () => (await anchors.standings())[0]
  await until(async () => (await standing())?.size === 4)
  outside.mode = 'refuse'
  await grown(folder, 9)
  await until(async () => (await standing())?.fault !== undefined)
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.deepEqual([told.length, (await standing())?.size], [1, 4])
  outside.mode = 'take'
  await until(async () => (await standing())?.size === 9 && (await standing())?.fault === undefined)
  const [kept] = await readAnchors(folder)
  assert.deepEqual([kept?.name, kept?.kind, sizeOf(kept?.note)], ['out', outside.settings.kind, 9])
  assert.match(told.at(-1) ?? '', /anchors again/)
}

const CASES: readonly (readonly [title: string, run: Case])[] = [
  ['anchors head after head, and tells the newest', anchorsHeads],
  ['goes on where an earlier process was', goesOn],
  ['an outside that does not answer as it should is a clear fault, and is got over', failsClearly],
  ['proofs are kept, trouble is told once', keepsProofs],
]

const OUTSIDE = { witness, timestamp, git }
const SKIP = { witness: false, timestamp: NO_OPENSSL, git: NO_GIT } as const

for (const kind of ['witness', 'timestamp', 'git'] as const)
  describe(kind, { skip: SKIP[kind] }, () => {
    for (const [title, run] of CASES) test(title, async (t) => run(await OUTSIDE[kind](t), t))
  })

test('a kept timestamp is proved by openssl alone', { skip: NO_OPENSSL }, async (t) => {
  const [folder, outside] = [folderFor(t), await timestamp(t)]
  const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
  t.after(() => anchor.close())
  const note = await grown(folder, 3)
  const { proof } = await anchor.anchor(note, soon())
  writeFileSync(join(folder, 'proof'), proof)
  writeFileSync(join(folder, 'note'), note)
  const ca = join(outside.seen(), 'ca.pem')
  const verify = (data: string) =>
    execFileSync('openssl', ['ts', '-verify', '-data', data, '-in', 'proof', '-CAfile', ca], {
      cwd: folder,
      stdio: 'pipe',
    })
  assert.match(verify('note').toString(), /Verification: OK/)
  writeFileSync(join(folder, 'other'), `${note} `)
  assert.throws(() => verify('other'))
})

test('a timestamp of another authority, for something else, or changed is none', { skip: NO_OPENSSL }, async (t) => {
  const { checkedTime, printQuery } = await import('./timestamp/token.ts')
  const [folder, other] = [folderFor(t), folderFor(t)]
  authority(folder)
  authority(other)
  const [hash, nonce] = [Buffer.alloc(32, 5), Buffer.alloc(16, 6)]
  writeFileSync(join(folder, 'q'), printQuery({ hash, nonce, policy: undefined }))
  const how = ['ts', '-reply', '-config', 'openssl.cnf', '-section', 'own', '-queryfile', 'q', '-out', 'r']
  execFileSync('openssl', how, { cwd: folder, stdio: 'pipe' })
  const der = readFileSync(join(folder, 'r'))
  const trusted = readFileSync(join(folder, 'ca.pem'), 'utf8')
  const time = (change: object, bytes: Uint8Array = der) =>
    checkedTime('tsa', bytes, { hash, nonce, trusted, ...change })
  assert.ok(Math.abs(time({}) - Date.now()) < 60_000)
  assert.throws(() => time({ hash: Buffer.alloc(32, 4) }), /something else/)
  assert.throws(() => time({ nonce: Buffer.alloc(16, 7) }), /nonce/)
  assert.throws(() => time({ trusted: readFileSync(join(other, 'ca.pem'), 'utf8') }), /vouches/)
  assert.throws(() => time({ trusted: '' }), /vouches/)
  let taken = 0
  for (let at = 0; at < der.length; at += 5) {
    const changed = Buffer.from(der)
    changed[at] = (changed[at] ?? 0) ^ 1
    try {
      time({}, changed)
      taken += 1
    } catch (error) {
      assert.ok(error instanceof Fault, String(error))
    }
  }
  assert.ok(taken < der.length / 30, `${taken} changed bytes are not noticed`)
})

test('a witness’s answer counts only with its own valid cosignature', async (t) => {
  const [folder, outside] = [folderFor(t), await witness(t)]
  const anchor = openAnchor(outside.settings, { folder, origin: ORIGIN })
  t.after(() => anchor.close())
  const note = await grown(folder, 3)
  await assert.rejects(anchor.anchor(note.replace('gatelog.example', 'other.example'), soon()), /answered 404/)
  const { proof } = await anchor.anchor(note, soon())
  assert.equal(`${proof}`, outside.seen())
  const forked = folderFor(t)
  const beside = openAnchor(outside.settings, { folder: forked, origin: ORIGIN })
  t.after(() => beside.close())
  await assert.rejects(beside.anchor(await grown(forked, 5, signerOf(), ',"x":1'), soon()), /answered 422/)
})
