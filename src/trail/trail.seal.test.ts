/** The trail seals what it keeps: every entry, in its order, also those from before, and after any stop. Kills child processes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Entry, Keyring } from '#exchange'
import { openTrail } from './index.ts'
import { headIn, LogFiles, sealIn } from './seal/files.ts'
import { commitmentsOf, FIELDS, parseLeaf, parseSalts, printLeaf } from './seal/leaf.ts'
import { signerOf } from './seal/made.ts'
import { isSignedBy, parseVerifier } from './seal/note.ts'
import { bodyOf, ending, idOf, NOON, opening } from './stores/made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const signer = signerOf()
const verifiers = [parseVerifier(signer.vkey)!]
const DAY_FILE = 'days/2026-11-24.default.db'

async function newFolder(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gatelog-seal-'))
  t.after(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'data')
}

/** Closed after the test at the latest: one that is left open would keep its process. */
async function open(t: TestContext, folder: string, by: typeof signer | null = signer) {
  const trail = await openTrail({ folder, keyring, now: () => NOON, ...(by && { signer: by }) })
  t.after(() => trail.close())
  return trail
}

const leavesIn = (folder: string): string[] => {
  const head = headIn(sealIn(folder))
  if (!head) return []
  assert.ok(isSignedBy(head.note, verifiers))
  const files = new LogFiles(sealIn(folder), head.size)
  return Array.from({ length: head.size }, (_, at) => files.leaf(at).toString())
}

interface Row {
  readonly seq: number
  readonly json: string
  readonly salt: Uint8Array
}

const rowsIn = (folder: string, file = DAY_FILE): Row[] => {
  const db = new DatabaseSync(join(folder, file))
  const rows = db.prepare('SELECT seq, json, salt FROM entries ORDER BY seq').all() as unknown as Row[]
  db.close()
  return rows
}

const bodies = new Map<string, Uint8Array>()
/** Every leaf is the one that the stored row makes, with the body that was given. */
function agree(folder: string, files = [DAY_FILE]): void {
  const leaves = leavesIn(folder)
  const rows = files.flatMap((file) => rowsIn(folder, file)).sort((a, b) => a.seq - b.seq)
  assert.equal(leaves.length, rows.length)
  for (const [at, { seq, json, salt }] of rows.entries()) {
    const entry = JSON.parse(json)
    const body =
      entry.body &&
      createHash('sha256')
        .update(bodies.get(`${entry.kind} ${entry.exchange}`)!)
        .digest()
    assert.equal(seq, at + 1)
    assert.equal(leaves[at], printLeaf(seq, entry, commitmentsOf(entry, parseSalts(salt), body)))
  }
}

const told = <Each extends Entry & { body?: { bytes: Uint8Array } }>(entry: Each): Each => {
  if (entry.body) bodies.set(`${entry.kind} ${entry.exchange}`, entry.body.bytes)
  return entry
}

const large = (text: string, turns: number) => bodyOf(`${`${text} `.repeat(2000)}${'turn '.repeat(turns)}`)

test('every entry is a leaf, in its order, whatever day it belongs to, and so are bodies that repeat others', async (t) => {
  const folder = await newFolder(t)
  const trail = await open(t, folder)
  const yesterday = NOON - 86_400_000
  for (let at = 1; at <= 300; at++) {
    const id = idOf(at, at % 3 === 0 ? yesterday : NOON)
    const before = idOf(at - 3, at % 3 === 0 ? yesterday : NOON)
    const body = large('history', at)
    const like = at > 3 ? { like: { exchange: before, prefix: 16_000, suffix: 0 } } : {}
    const sha256 = createHash('sha256').update(body.bytes).digest('hex')
    const kept = { ...body, ...(at % 2 && { sha256 }) }
    await trail.append(
      told(opening(id, { session: 's', body: kept, actor: { id: 'ana', name: 'Ana' } as never, ...like })),
    )
    if (at % 4) await trail.append(told(ending(id, { body: bodyOf(`reply ${at}`) })))
  }
  await trail.append({
    kind: 'searched',
    exchange: idOf(999),
    at: NOON,
    via: 'local',
    fingerprint: 'f',
    query: '',
    found: 1,
  })
  await trail.close()
  agree(folder, [DAY_FILE, 'days/2026-11-23.default.db'])
  const leaf = parseLeaf(leavesIn(folder)[0] ?? '')
  assert.deepEqual(
    Object.keys(leaf?.fields ?? {}),
    FIELDS.filter((name) => name !== 'model'),
  )
  assert.doesNotMatch(leavesIn(folder).join(), /ana|Ana|history|chat\/completions/)
})

test('the state tells how far the seal is, and an entry is sealed within seconds', async (t) => {
  const trail = await open(t, await newFolder(t))
  const before = await trail.sealed()
  assert.deepEqual([before.kind, before.size], ['on', 0])
  await trail.append(opening(idOf(1)))
  for (let size = 0; size < 1; size = (await trail.sealed()).size)
    await new Promise((resolve) => setTimeout(resolve, 50))
  const { head } = await trail.sealed()
  assert.match(head ?? '', /^gatelog\.example\/log\n1\n/)
  await trail.close()
})

test('entries from before are sealed later, with salts of their own; what was gone by then is told', async (t) => {
  const folder = await newFolder(t)
  const first = await open(t, folder, null)
  for (let at = 1; at <= 20; at++) await first.append(told(opening(idOf(at), { body: bodyOf(`prompt ${at}`) })))
  assert.deepEqual((await first.sealed()).kind, 'off')
  await first.close()
  const db = new DatabaseSync(join(folder, DAY_FILE))
  db.exec('UPDATE entries SET salt = NULL; DELETE FROM entries WHERE seq = 20; DELETE FROM exchanges WHERE seq = 20')
  db.close()
  const second = await open(t, folder)
  await second.append(told(opening(idOf(21))))
  await second.close()
  const leaves = leavesIn(folder)
  const absent = leaves.findIndex((leaf) => parseLeaf(leaf)?.kind === 'absent')
  assert.deepEqual([leaves.length > 20, absent], [true, 19])
  const salts = rowsIn(folder).map(({ salt }) => Buffer.from(salt ?? []).toString('hex'))
  assert.equal(new Set(salts).size, salts.length)
  assert.ok(salts.every((salt) => salt.length === 64))
})

test('no seq is given out twice where the day files are older than the log', async (t) => {
  const folder = await newFolder(t)
  await (await open(t, folder)).close()
  const old = await readFile(join(folder, 'head.db'))
  const first = await open(t, folder)
  for (let at = 1; at <= 5; at++) await first.append(opening(idOf(at)))
  await first.close()
  await rm(join(folder, 'days'), { recursive: true })
  await writeFile(join(folder, 'head.db'), old)
  const second = await open(t, folder)
  assert.equal(await second.append(opening(idOf(6))), 6)
  await second.close()
  assert.equal(leavesIn(folder).length, 6)
})

test('another key is refused at the start; a damaged log is told and keeps no entry from the record', async (t) => {
  const folder = await newFolder(t)
  const first = await open(t, folder)
  await first.append(opening(idOf(1)))
  await first.close()
  await assert.rejects(open(t, folder, signerOf(2)), { code: 'seal.key' })
  await rm(join(sealIn(folder), 'tile'), { recursive: true })
  const second = await open(t, folder)
  assert.equal(await second.append(opening(idOf(2))), 3)
  const state = await second.sealed()
  assert.match(state.kind === 'on' ? (state.fault ?? '') : '', /is damaged/)
  await second.close()
})

test('a log whose folder is gone is not begun anew', async (t) => {
  const folder = await newFolder(t)
  const first = await open(t, folder)
  await first.append(opening(idOf(1)))
  await first.close()
  await rm(sealIn(folder), { recursive: true })
  const second = await open(t, folder)
  const state = await second.sealed()
  assert.match(state.kind === 'on' ? (state.fault ?? '') : '', /rolled back/)
  await second.close()
  assert.deepEqual(leavesIn(folder), [])
})

/** Appends until it is killed, and says what the seal's head is now and then. */
const CHILD = `
import { writeSync } from 'node:fs'
import { createHash, createHmac, randomBytes } from 'node:crypto'
const { openTrail } = await import(process.argv[1] + '/index.ts')
const { opening, ending, idOf, bodyOf, NOON } = await import(process.argv[1] + '/stores/made.ts')
const { signerOf } = await import(process.argv[1] + '/seal/made.ts')
const keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const trail = await openTrail({ folder: process.argv[2], keyring, now: () => NOON, signer: signerOf() })
let count = Number(process.argv[3])
async function stream() {
  for (;;) {
    const id = idOf(count++)
    await trail.append(opening(id, { body: bodyOf(randomBytes(512).toString('hex')) }))
    const { size } = await trail.sealed()
    try {
      writeSync(1, size + '\\n')
    } catch {}
  }
}
await Promise.all(Array.from({ length: 8 }, stream))
`

test('kill -9 under load: the log holds all that was said to be sealed, and goes on without a second head', async (t) => {
  const folder = await newFolder(t)
  let before: string[] = []
  for (const [round, lines] of [300, 700, 1200].entries()) {
    const args = ['--input-type=module', '--eval', CHILD, import.meta.dirname, folder, String(round * 100_000)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = once(child, 'close')
    let [count, sealed] = [0, 0]
    for await (const line of createInterface({ input: child.stdout })) {
      sealed = Number(line)
      if (++count === lines) child.kill('SIGKILL')
    }
    await gone
    const now = leavesIn(folder)
    assert.ok(now.length >= sealed && now.length >= before.length)
    assert.deepEqual(now.slice(0, before.length), before)
    before = now
  }
  const trail = await open(t, folder)
  await trail.close()
  const rows = rowsIn(folder)
  assert.equal(leavesIn(folder).length, rows.length)
})
