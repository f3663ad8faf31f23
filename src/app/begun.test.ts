/** A record opened as the product opens it remembers beside its wrapping keys that proofs and MACs have begun, and is not talked out of it. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { RECORD_FORMATS, type Trail } from '#trail'
import { backup, exchange, ground, sealed, sqlIn } from './backup/ground.case.ts'
import type { Config } from './config.ts'
import { documentChecks, watchDocuments } from './documents.ts'
import { holdKeys } from './keyholder/index.ts'
import { type OpenRecord, openRecord } from './record.ts'

/** A record of one exchange and one key, closed, in which all is made to look as if proofs had never begun. */
async function talkedOut(t: TestContext, also: (path: string) => void = () => undefined) {
  const made = ground(t)
  const record = await made.open()
  await exchange(record, 'ana', 'x')
  await record.trail.documents.put('key', 'k_true', { id: 'k_true' })
  await sealed(record)
  await record.close()
  const path = record.acked?.path ?? ''
  const { since } = JSON.parse(readFileSync(path, 'utf8'))
  assert.equal(since, 0)
  also(path)
  const head = join(made.config.data, 'head.db')
  sqlIn(join(made.config.data, 'keys.db'), `DELETE FROM keys WHERE file = 'entries'`)
  for (const table of ['documents', 'macs', 'marks']) sqlIn(head, `DELETE FROM ${table}`)
  sqlIn(head, `INSERT INTO documents VALUES ('key', 'k_forged', '{"id":"k_forged"}')`)
  rmSync(join(made.config.data, 'seal'), { recursive: true })
  return made
}

async function isTold({ trail }: OpenRecord): Promise<void> {
  assert.deepEqual(await trail.documents.list('key'), [])
  const lines: string[] = []
  await watchDocuments(trail, (line) => lines.push(line)).look()
  assert.match(lines[0] ?? '', /key k_forged, proof since/)
  assert.deepEqual(
    (await documentChecks(trail)).map(({ state }) => state),
    ['fail'],
  )
}

test('nothing in the data folder takes it back, and the start, doctor and the acknowledged memory say so', async (t) => {
  const { open } = await talkedOut(t)
  const record = await open()
  await isTold(record)
  assert.equal(await record.trail.provenAfter(), 0)
  await record.close()
})

test('nor does a memory that cannot be read, which may say so', async (t) => {
  const { open } = await talkedOut(t, (path) => writeFileSync(path, '{"seq":'))
  const record = await open()
  await isTold(record)
  assert.equal(await record.trail.provenAfter(), 0)
  await record.close()
})

test('without any memory outside the head that was signed last is one', async (t) => {
  const { open } = await talkedOut(t, (path) => rmSync(path))
  const record = await open()
  assert.deepEqual([await record.trail.documents.list('key'), await record.trail.provenAfter()], [[], 0])
  await record.close()
})

/** The mark that an earlier version left, whose documents bore no MACs: it takes the key. */
async function earlier({ data, encryption }: Pick<Config, 'data' | 'encryption'>, id: string): Promise<string> {
  const db = new DatabaseSync(join(data, 'keys.db'))
  const sql = "SELECT w.name, k.wrapped FROM keys k JOIN wrappers w ON w.id = k.wrapper WHERE k.file = 'entries'"
  const row = db.prepare(sql).get()
  db.close()
  const keyholder = await holdKeys({ wrapping: { form: encryption, data, id, fresh: false }, variables: [] })
  const [key] = await keyholder.unwrap([{ by: String(row?.['name']), bytes: row?.['wrapped'] as Uint8Array }])
  await keyholder.close()
  const mac = createHmac('sha256', key ?? '')
    .update('gatelog since 1\0')
    .update(Buffer.alloc(8))
  return JSON.stringify({ since: 0, mark: mac.digest('hex') })
}

for (const [how, leave] of [
  ['', (path: string) => rmSync(path)],
  [', also after a start that was killed', (path: string) => writeFileSync(path, '')],
] as const)
  test(`a record of before documents bore MACs is taken as it lies once, and never again${how}`, async (t) => {
    const { config, open } = ground(t)
    const head = join(config.data, 'head.db')
    const forge = (id: string) => sqlIn(head, `INSERT INTO documents VALUES ('key', '${id}', '{"id":"${id}"}')`)
    const first = await open()
    await first.trail.documents.put('key', 'k_true', { id: 'k_true' })
    await first.close()
    const path = first.acked?.path ?? ''
    const mark = await earlier(config, basename(dirname(path)))
    for (const sql of ['DROP TABLE macs', 'PRAGMA user_version = 1']) sqlIn(head, sql)
    const put = "UPDATE documents SET json = ? WHERE kind = 'proof'"
    sqlIn(head, put, mark)
    leave(path)
    const upgraded = await open()
    assert.deepEqual(await upgraded.trail.documents.list('key'), [{ id: 'k_true' }])
    assert.deepEqual(await upgraded.trail.documents.forged(), [])
    await upgraded.close()
    sqlIn(head, put, mark)
    sqlIn(head, 'DELETE FROM macs')
    forge('k_forged')
    const again = await open()
    assert.deepEqual(await again.trail.documents.list('key'), [])
    assert.deepEqual(
      (await again.trail.documents.forged()).map(({ id }) => id),
      ['k_forged', 'k_true', 'since'],
    )
    await again.close()
  })

/** What it says of the formats of a backup's files is what the version said that took it. */
const formats: { head: number } = RECORD_FORMATS

/** A backup as an earlier version took it, which gave documents no MACs: what `change` made of its copy of head.db. */
async function backupOfBefore(
  { config, to, keys }: ReturnType<typeof ground>,
  record: OpenRecord,
  change: (head: string) => void,
  version = 1,
): Promise<string> {
  const copy: Trail['copy'] = async (copying) => {
    const copied = await record.trail.copy(copying)
    if (!copied.some((one) => one.copied && one.path === 'head.db')) return copied
    const head = join(copying.to, 'head.db')
    change(head)
    for (const sql of ['DROP TABLE macs', 'PRAGMA user_version = 1']) sqlIn(head, sql)
    return copied
  }
  const trail = new Proxy(record.trail, {
    get: (own, name) => (name === 'copy' ? copy : bound(own, Reflect.get(own, name))),
  })
  const { head } = formats
  formats.head = version
  await backup({ ...record, trail }, config.data, to, keys).finally(() => {
    formats.head = head
  })
  await record.close()
  return record.acked?.path ?? ''
}

test('a backup that an earlier version made is put back, and its documents are taken as they lie once', async (t) => {
  const made = ground(t)
  const first = await made.open()
  await exchange(first, 'ana', 'x')
  await first.trail.documents.put('key', 'k_true', { id: 'k_true' })
  await sealed(first)
  await first.close()
  const mark = await earlier(made.config, basename(dirname(first.acked?.path ?? '')))
  const path = await backupOfBefore(made, await made.open(), (head) => {
    sqlIn(head, "UPDATE documents SET json = ? WHERE kind = 'proof'", mark)
  })
  await made.restore()
  const { since } = JSON.parse(readFileSync(path, 'utf8'))
  const again = await made.back()
  assert.deepEqual([await again.trail.documents.list('key'), since], [[{ id: 'k_true' }], 0])
  assert.deepEqual(await again.trail.documents.forged(), [])
  await again.close()
})

/** One whose copy was made to look as if entries and documents had proved nothing, by a version that said this of itself. */
async function backupWithout(made: ReturnType<typeof ground>, version: number): Promise<string> {
  const record = await openRecord(made.config, { keys: holdKeys, lostKey: 'refuse' }) // nothing is sealed
  await exchange(record, 'ana', 'x')
  await record.trail.documents.put('key', 'k_true', { id: 'k_true' })
  const change = (head: string) => {
    sqlIn(head, "DELETE FROM documents WHERE kind = 'proof'")
  }
  return backupOfBefore(made, record, change, version)
}

test('so is one of before entries were proven, under the newest keys, which prove them', async (t) => {
  const made = ground(t)
  const path = await backupWithout(made, 1)
  const { last } = await made.restore()
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).since, last)
  const again = await made.back()
  assert.deepEqual(await again.trail.documents.list('key'), [{ id: 'k_true' }])
  assert.deepEqual([await again.trail.documents.forged(), await again.trail.provenAfter()], [[], last])
  await again.close()
})

test('a copy that looks like one of before is none where the version that took it gave MACs', async (t) => {
  const made = ground(t)
  await backupWithout(made, 2)
  await made.restore()
  const again = await made.back()
  assert.deepEqual([await again.trail.documents.list('key'), await again.trail.provenAfter()], [[], 0])
  await again.close()
})

const bound = (own: object, value: unknown) => (typeof value === 'function' ? value.bind(own) : value)

test('a key that is given up for lost begins it anew, and that is remembered', async (t) => {
  const { config, open } = ground(t)
  const first = await open()
  await exchange(first, 'ana', 'x')
  await first.close()
  const path = first.acked?.path ?? ''
  const seal = { key: { kind: 'file', path: undefined } } as const
  sqlIn(join(config.data, 'keys.db'), `DELETE FROM keys WHERE file = 'entries'`)
  const record = await openRecord(config, { keys: holdKeys, lostKey: 'go on', seal })
  const since = await record.trail.provenAfter()
  assert.ok(since !== undefined && since >= 2)
  assert.deepEqual(await record.trail.documents.forged(), [])
  await record.close()
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).since, since)
})
