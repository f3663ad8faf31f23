/** That proofs and MACs have begun is taken back by nothing in the data folder, whatever is away or made up for one start. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Keyring } from '#exchange'
import { openTrail } from '../open.ts'
import { sealIn } from '../seal/files.ts'
import { signerOf } from '../seal/made.ts'
import { LogWriter } from '../seal/writer.ts'
import type { Begun } from '../store.ts'
import type { Trail } from '../trail.ts'
import { wrappingOf } from '../wrapping.ts'
import { ending, idOf, NOON, opening } from './made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const WRAPPING = wrappingOf([Buffer.alloc(32, 1)])
const DAY = 'days/2026-11-24.default.db'
/** The entry that somebody puts behind the last one. */
const FORGED = 5
const PURGE = {
  kind: 'purge',
  exchange: idOf(900),
  at: NOON,
  who: { value: 'ana', source: 'observed' },
  why: 'x',
  days: [],
}

interface House {
  readonly folder: string
  close(): Promise<void>
  open(how?: { begun?: Begun | undefined; asItIs?: boolean; sealing?: boolean }): Promise<Trail>
  sql(file: string, ...statements: readonly string[]): void
}

const SIGNER = signerOf()
const made = mkdtempSync(join(tmpdir(), 'gatelog-begun-'))
after(() => rmSync(made, { recursive: true, force: true }))

/** A record that is sealed, with a document: made once. */
before(async () => {
  const trail = await openTrail({ folder: made, keyring, now: () => NOON, wrapping: WRAPPING, signer: SIGNER })
  for (const id of [1, 2]) {
    await trail.append(opening(idOf(id)))
    await trail.append(ending(idOf(id)))
  }
  await trail.documents.put('key', 'k_true', { id: 'k_true' })
  while ((await trail.sealed()).size < FORGED - 1) await wait(20)
  await trail.close()
})

/** A copy of it for each test. */
function house(t: TestContext): House {
  const parent = mkdtempSync(join(tmpdir(), 'gatelog-begun-'))
  const folder = join(parent, 'data')
  cpSync(made, folder, { recursive: true })
  let trail: Trail | undefined
  const close = async () => {
    await trail?.close()
    trail = undefined
  }
  t.after(async () => {
    await close()
    rmSync(parent, { recursive: true, force: true })
  })
  return {
    ...{ folder, close },
    async open({ begun, asItIs = false, sealing = true } = {}) {
      await close()
      const some = { ...(sealing && { signer: SIGNER }), ...(begun && { begun }) }
      trail = await openTrail({ folder, keyring, now: () => NOON, wrapping: WRAPPING, asItIs, ...some })
      return trail
    },
    sql(file, ...statements) {
      const db = new DatabaseSync(join(folder, file))
      for (const statement of statements) db.exec(statement)
      db.close()
    },
  }
}

const forge = ({ folder, sql }: House) => {
  sql('head.db', `INSERT INTO documents VALUES ('key', 'k_forged', '{"id":"k_forged"}')`)
  const db = new DatabaseSync(join(folder, DAY))
  db.prepare('INSERT INTO entries VALUES (?, ?, ?)').run(FORGED, JSON.stringify(PURGE), Buffer.alloc(32, 1))
  db.prepare('INSERT INTO gaps VALUES (?, ?)').run(FORGED, 'purge')
  db.close()
}

const noMark = ({ sql }: House) => sql('head.db', `DELETE FROM documents WHERE kind = 'proof'`)

/** The mark of the earlier version, which lay there until the upgrade. */
async function earlierMark({ folder, sql }: House): Promise<void> {
  const db = new DatabaseSync(join(folder, 'keys.db'))
  const text = "SELECT w.name, k.wrapped FROM keys k JOIN wrappers w ON w.id = k.wrapper WHERE k.file = 'entries'"
  const row = db.prepare(text).get()
  db.close()
  const wrapped = { by: String(row?.['name']), bytes: row?.['wrapped'] as Uint8Array }
  const [key = Buffer.alloc(0)] = await WRAPPING.unwrap([wrapped])
  const mark = createHmac('sha256', key).update('gatelog since 1\0').update(Buffer.alloc(8)).digest('hex')
  sql('head.db', `UPDATE documents SET json = '{"since":0,"mark":"${mark}"}' WHERE kind = 'proof'`)
}

/** A log of an earlier version, signed with another key under the same name. */
async function madeUp({ folder }: House): Promise<void> {
  rmSync(sealIn(folder), { recursive: true })
  const log = await LogWriter.open({ folder: sealIn(folder), origin: 'gatelog.example/log', signer: signerOf(2) })
  for (let seq = 1; seq < FORGED; seq++) log.add(Buffer.from(`{"fields":{},"kind":"gap","seq":${seq},"v":1}`))
  await log.publish()
}

const away = ({ folder }: House) => rmSync(sealIn(folder), { recursive: true })
const noMacs = ({ sql }: House) => sql('head.db', 'DELETE FROM macs')
const noMarks = ({ sql }: House) => sql('head.db', 'DELETE FROM marks')
const noKey = ({ sql }: House) => sql('keys.db', `DELETE FROM keys WHERE file = 'entries'`)

type Change = (house: House) => unknown
/** What is done, and whether the folder alone lets it be known. */
const CASES: readonly (readonly [string, readonly Change[], 'alone' | 'outside'])[] = [
  ['the mark taken out', [noMark], 'alone'],
  ['the mark taken out, the log away', [noMark, away], 'alone'],
  ['the mark taken out, the log away, and that it was begun', [noMark, away, noMarks], 'alone'],
  ['the mark taken out, another log in its place', [noMark, madeUp], 'alone'],
  ['the mark and the MACs taken out, another log in its place', [noMark, noMacs, madeUp], 'alone'],
  ['the earlier mark put back', [earlierMark], 'alone'],
  ['the earlier mark put back, MACs taken out', [earlierMark, noMacs], 'outside'],
  ['the earlier mark put back, MACs taken out, the log away', [earlierMark, noMacs, away], 'outside'],
  ['the key and the mark taken out', [noMark, noKey], 'alone'],
  ['the key and the mark taken out, the log away', [noMark, noKey, away], 'alone'],
  ['the key, the mark and the MACs taken out, another log in its place', [noMark, noKey, noMacs, madeUp], 'alone'],
  ['the key, the mark and all that tells of them taken out', [noMark, noKey, noMacs, noMarks, away], 'outside'],
]

const given = async ({ documents }: Trail) => (await documents.list('key')).map((one) => (one as { id: string }).id)
const told = async ({ documents }: Trail) => (await documents.forged()).map(({ kind, id }) => `${kind} ${id}`)

async function tells(trail: Trail): Promise<void> {
  assert.ok(!(await given(trail)).includes('k_forged'))
  assert.ok((await told(trail)).includes('key k_forged'))
  assert.ok((await told(trail)).includes('proof since'), 'of the mark')
}

describe('nothing forged is taken as true', () => {
  for (const [name, changes, where] of CASES)
    for (const begun of where === 'alone' ? [undefined, { since: 0 }] : [{ since: 0 }, { since: undefined }])
      test(`${name}${begun ? `, remembered outside (${begun.since})` : ''}`, async (t) => {
        const own = house(t)
        cpSync(sealIn(own.folder), `${own.folder}-seal`, { recursive: true })
        forge(own)
        for (const change of changes) await change(own)
        if (changes.includes(madeUp)) await assert.rejects(own.open({ begun }), { code: 'seal.key' })
        else await tells(await own.open({ begun }))
        await own.close()
        rmSync(sealIn(own.folder), { recursive: true, force: true })
        renameSync(`${own.folder}-seal`, sealIn(own.folder))
        const later = await own.open({ begun })
        assert.ok(!(await given(later)).includes('k_forged'))
        while ((await later.sealed()).size < FORGED) await wait(20)
        const report = await later.verify({ vkey: SIGNER.vkey })
        assert.ok(report?.alarms.some(({ harm, seq }) => harm === 'forged' && seq === FORGED))
        assert.ok(report?.alarms.some(({ document }) => document?.id === 'k_forged'))
      })
})

test('who only looks is told too, and takes nothing by an earlier mark that the outside knows is none', async (t) => {
  const own = house(t)
  forge(own)
  await earlierMark(own)
  noMacs(own)
  const looked = await own.open({ asItIs: true, begun: { since: 0 }, sealing: false })
  assert.deepEqual(await given(looked), [])
  assert.deepEqual(await told(looked), ['key k_forged', 'key k_true', 'proof since'])
  await own.close()
  noMark(own)
  const without = await own.open({ asItIs: true, sealing: false })
  assert.ok((await told(without)).includes('proof since'))
})

test('with the mark in its place nothing is told, whatever the outside says', async (t) => {
  const own = house(t)
  for (const begun of [undefined, { since: 0 }, { since: 3 }, { since: undefined }]) {
    const trail = await own.open({ begun })
    assert.deepEqual([await given(trail), await told(trail), await trail.provenAfter()], [['k_true'], [], 0])
  }
})
