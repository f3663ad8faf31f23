/** How far entries were acknowledged is kept outside of the data folder alone, for each record by itself, and stops nothing where it cannot be. */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Vanished } from '#exchange'
import type { Acked } from '#trail'
import { ackedIn, ackedPaths, begunIn, openAckedMark } from './acked-mark.ts'
import { backup, exchange, ground, sealed } from './backup/ground.case.ts'
import { keyringOf } from './keyring.ts'
import { toldLately, vanishedChecks, vanishedLately } from './vanished.ts'

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-acked-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('it lies beside the wrapping keys, the seal’s or the journal, never in the data folder, and bears its record’s name', () => {
  const keyring = keyringOf(Buffer.alloc(32, 1))
  const id = keyring.digest('wrapping', 'folder').toString('hex').slice(0, 16)
  const file = (path: string | undefined) => ({ key: { kind: 'file', path } }) as const
  const paths = (keys: string | undefined, key: string | undefined) =>
    ackedPaths({ seal: file(key), data: '/srv/data', keys, journal: undefined, keyring })
  assert.deepEqual(paths('/srv/keys/a', undefined), ['/srv/keys/a/acked.mark'])
  assert.deepEqual(paths('/srv/keys/a', '/etc/seal.key'), ['/srv/keys/a/acked.mark', `/etc/seal.key.${id}.acked`])
  assert.deepEqual(paths('/srv/data/wrapping', '/srv/data/own.key'), [])
  assert.deepEqual(paths('/srv/data/wrapping', '/srv/data2/own.key'), [`/srv/data2/own.key.${id}.acked`])
  const none = { seal: undefined, data: '/srv/data', keys: undefined, journal: undefined, keyring }
  const kms = { key: { kind: 'command', argv: ['sign'], vkey: 'v' } } as const
  assert.deepEqual(ackedPaths({ ...none, seal: kms }), [])
  assert.deepEqual(ackedPaths({ ...none, seal: kms, journal: '/var/j.jsonl' }), [`/var/j.jsonl.${id}.acked`])
  assert.deepEqual(ackedPaths({ ...none, seal: kms, journal: '/srv/data/j.jsonl' }), [])
  assert.deepEqual(ackedPaths({ ...none, keys: '/k' }), ['/k/acked.mark'])
})

test('it grows with what is durable, in its place; only a record that is opened sets it back', (t) => {
  const path = join(folderFor(t), 'acked.mark')
  const first = openAckedMark([path])
  assert.deepEqual([first.left, first.path, first.fault, first.unread], [undefined, path, undefined, []])
  first.begin({ seq: 3 })
  for (const seq of [5, 4, 9]) first.reach(seq)
  assert.deepEqual(ackedIn([path]), { acked: { seq: 9 }, unread: [] })
  first.close()
  assert.deepEqual([statSync(path).size, statSync(path).mode & 0o777], [160, 0o600])
  const again = openAckedMark([path])
  assert.deepEqual(again.left, { seq: 9 })
  again.begin({ seq: 2, restored: '019ab000-0000-7000-8000-000000000001' })
  again.reach(1_000_000_007)
  again.close()
  assert.deepEqual(ackedIn([path]).acked, { seq: 1_000_000_007, restored: '019ab000-0000-7000-8000-000000000001' })
  assert.equal(statSync(path).size, 160)
})

test('what cannot be read is told and counts for nothing, and what is read elsewhere counts', (t) => {
  const folder = folderFor(t)
  const [one, other] = [join(folder, 'acked.mark'), join(folder, 'seal.key.acked')]
  for (const text of [
    '{"seq":',
    '{"seq":-1}',
    '{"seq":1.5}',
    '{"seq":2e15}',
    '{"seq":2,"since":-1}',
    '{"seq":2,"since":"1"}',
    '{"seq":"9"}',
    '[]',
    'null',
    '\0'.repeat(160),
  ]) {
    writeFileSync(one, text)
    const told = ackedIn([one, other])
    assert.deepEqual([told.acked, told.unread.length], [undefined, 1], text)
    assert.match(told.unread[0] ?? '', /how far entries were acknowledged/)
  }
  writeFileSync(one, '') // of a process that died before it had opened its record: nothing was remembered
  assert.deepEqual([ackedIn([one, other]), begunIn([one, other])], [{ unread: [] }, undefined])
  writeFileSync(one, '{')
  assert.deepEqual(begunIn([one, other]), { since: undefined })
  writeFileSync(other, '{"seq":7}')
  const mark = openAckedMark([one, other])
  t.after(() => mark.close())
  assert.deepEqual([mark.left, mark.path, mark.unread.length], [{ seq: 7 }, one, 1])
  mark.begin({ seq: 8 })
  assert.deepEqual(ackedIn([one, other]), { acked: { seq: 8 }, unread: [] })
})

test('where it cannot be kept the next place is taken, and where there is none it is told, and nothing stops', (t) => {
  const folder = folderFor(t)
  const [none, other] = [join(folder, 'no/acked.mark'), join(folder, 'acked.mark')]
  const second = openAckedMark([none, other])
  assert.deepEqual([second.path, second.fault], [other, undefined])
  second.close()
  for (const mark of [openAckedMark([none]), openAckedMark([])]) {
    mark.begin({ seq: 1 })
    mark.reach(2)
    mark.close()
    assert.equal(mark.left, undefined)
  }
  assert.match(openAckedMark([none]).fault ?? '', /cannot be written \(ENOENT\)/)
  mkdirSync(join(folder, 'taken'))
  assert.match(openAckedMark([join(folder, 'taken')]).unread[0] ?? '', /cannot be read \(EISDIR\)/)
})

/** Takes out all entries behind one. */
function cut(data: string, end: number): void {
  for (const path of globSync('days/*.db', { cwd: data })) {
    const db = new DatabaseSync(join(data, path))
    for (const table of ['entries', 'exchanges', 'gaps']) db.exec(`DELETE FROM ${table} WHERE seq > ${end}`)
    db.close()
  }
}

test('a restore is no alarm, a dry run touches nothing, and what is cut off after it is found', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const mark = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Acked
  const first = await open()
  const path = first.acked?.path ?? ''
  assert.match(path, /keys\/[0-9a-f]{16}\/acked\.mark$/)
  await exchange(first, 'ana', 'one')
  await sealed(first)
  await backup(first, config.data, to, keys)
  for (const said of ['two', 'three']) await exchange(first, 'ana', said)
  await first.close()
  assert.deepEqual(mark(path), { seq: 6, since: 0 })
  await restore({ dryRun: true })
  assert.deepEqual(mark(path), { seq: 6, since: 0 })
  const { last } = await restore()
  const { seq, restored, since } = mark(path)
  assert.ok(seq > last && restored)
  assert.equal(since, 0) // before the first start already
  const second = await back()
  assert.deepEqual(await second.trail.vanished(), [])
  assert.deepEqual(mark(path), { seq: await second.trail.highest(), restored, since: 0 })
  const end = await second.trail.highest()
  await exchange(second, 'ana', 'four')
  await second.close()
  cut(join(folder, 'back'), end)
  const third = await back()
  assert.deepEqual(
    (await third.trail.vanished()).map(({ seq, vanished: { from, to } }) => [from, to, seq]),
    [[end + 1, end + 2, end + 3]],
  )
  await third.close()
})

test('what a restore put back, and what tells of it, is missed before the first start already', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const first = await open()
  await exchange(first, 'ana', 'one')
  await sealed(first)
  await backup(first, config.data, to, keys)
  await first.close()
  const { last } = await restore()
  cut(join(folder, 'back'), last)
  const second = await back()
  const [told] = await second.trail.vanished()
  assert.deepEqual([told?.vanished.from, told?.vanished.to], [last + 1, (told?.seq ?? 0) - 1])
  await second.close()
})

test('it is a failure for a week, and a warning for ever; so is it that nothing would notice', async () => {
  const [now, at] = [Date.UTC(2026, 10, 26), Date.UTC(2026, 10, 20)]
  const vanished: Vanished = { kind: 'vanished', exchange: 'x', at, from: 12, to: 20 }
  const told = [{ seq: 21, vanished }]
  const trail = { vanished: async () => told } as never
  const kept = { path: '/k/acked.mark', fault: undefined }
  const states = async (acked: Parameters<typeof vanishedChecks>[1], when: number) =>
    (await vanishedChecks(trail, acked, when)).map(({ check, state }) => [check, state])
  assert.deepEqual(await states(kept, now), [
    ['entries', 'fail'],
    ['last entries', 'ok'],
  ])
  const later = now + 7 * 86_400_000
  assert.deepEqual(await states({ path: undefined, fault: undefined }, later), [
    ['entries', 'warn'],
    ['last entries', 'warn'],
  ])
  assert.deepEqual(await states({ ...kept, fault: 'EIO' }, now), [
    ['entries', 'fail'],
    ['last entries', 'warn'],
  ])
  assert.deepEqual(await states(undefined, now), [['entries', 'fail']])
  assert.deepEqual([vanishedLately(told, now), vanishedLately(told, later)], [9, 0])
  assert.match(toldLately(told, now).join(), /^entries 12 to 20 had been acknowledged and were gone on 2026-11-20T/)
  assert.deepEqual(toldLately(told, later), [])
})
