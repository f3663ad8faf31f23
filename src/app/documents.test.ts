/** Documents over a backup and back, and those that are true and none by their form: keys are known again, forged ones are not. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openAccounts } from '#gateway'
import { backup, exchange, ground, sealed } from './backup/ground.case.ts'
import { knownUnder } from './backup/under.ts'
import { ClockWatch, clockCheck } from './clock-watch.ts'
import { documentChecks, provenChecks, watchDocuments } from './documents.ts'

const ANA = { kind: 'user', actor: 'ana', connections: ['up'] } as const

function forge(data: string, id: string, json: string): void {
  const head = new DatabaseSync(join(data, 'head.db'))
  head.prepare("INSERT INTO documents VALUES ('key', ?, ?)").run(id, json)
  head.close()
}

test('a record that is put back has its documents with their MACs, and a forged one stays forged', async (t) => {
  const { config, open, to, keys, restore, back } = ground(t)
  const first = await open()
  const { key } = await first.identity.create(ANA)
  await first.close()
  forge(config.data, 'k_forged', '{}')
  const record = await open()
  await backup(record, config.data, to, keys)
  await record.close()
  await restore()
  const again = await back()
  assert.equal(again.identity.recognise(key).actor.id, 'ana')
  assert.deepEqual(await again.trail.documents.forged(), [{ kind: 'key', id: 'k_forged' }])
  await again.close()
})

test('put back without its keys its documents are taken as they lie', async (t) => {
  const { config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  const { key } = await record.identity.create(ANA)
  await exchange(record, 'ana', 'x')
  await sealed(record)
  await backup(record, config.data, to, keys)
  await record.close()
  await restore({ keys: 'none' })
  const again = await back()
  assert.equal(again.identity.recognise(key).actor.id, 'ana')
  assert.deepEqual(await again.trail.documents.forged(), [])
  await sealed(again)
  const report = await again.trail.verify({ missingKeys: true })
  assert.deepEqual([report?.ok, report?.alarms], [true, []])
  await again.close()
})

test('what is true and none by its form is passed over by who reads it', async (t) => {
  const { open } = ground(t)
  const first = await open()
  const { key } = await first.identity.create(ANA)
  for (const kind of ['key', 'erasing', 'cutting', 'clock', 'reported', 'credential', 'backup_under', 'export'])
    for (const [nth, value] of [{}, { seen: 1e300 }, { id: 'x' }].entries())
      await first.trail.documents.put(kind, `x${nth}`, value)
  await first.trail.documents.put('clock', 'current', { seen: 1e300, jumped: { from: 1e300, at: 'x' } })
  await first.close()
  const record = await open()
  const { identity, trail } = record
  assert.deepEqual(
    identity.list().map(({ actor }) => actor.id),
    ['ana'],
  )
  assert.equal(identity.recognise(key).actor.id, 'ana')
  assert.deepEqual(await knownUnder(trail.documents), [])
  assert.deepEqual(await clockCheck(trail), [])
  const watch = new ClockWatch({ trail, now: Date.now, clock: () => performance.now() })
  assert.equal(await watch.look(), undefined)
  assert.ok(await openAccounts({ documents: trail.documents, now: Date.now, tell: assert.fail }))
  await record.close()
})

test('what is forged is told once by its names, five of them at most, and counted', async (t) => {
  const { config, open } = ground(t)
  await (await open()).close()
  for (let nth = 0; nth < 7; nth++) forge(config.data, `k_${nth}`, '{}')
  const record = await open()
  const { trail } = record
  const told: string[] = []
  const watch = watchDocuments(trail, (line) => told.push(line))
  await watch.look()
  await watch.look()
  assert.deepEqual([watch.count, told.length], [7, 1])
  assert.match(told[0] ?? '', /key k_0, key k_1, key k_2, key k_3, key k_4, and 2 more\. Find out who else/)
  const [row] = await provenChecks(() => documentChecks(trail))
  assert.deepEqual([row?.check, row?.state], ['documents', 'fail'])
  await record.close()
})
