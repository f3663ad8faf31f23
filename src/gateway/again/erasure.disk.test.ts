/** What an erasure leaves on the disk: no byte, and old copies of the day files tell nothing. */
import assert from 'node:assert/strict'
import { cpSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openTrail } from '#trail'
import { AT, bodyOf, converse, DOER, idOf, keyring, NOON, OTHER, open, SAID } from './ground.case.ts'

test('no byte of what was erased stays in the folder, its keys and its log included', async (t) => {
  const house = await open(t, 'sqlite')
  await converse(house, SAID)
  const words = ['Katharina', 'Wunderlich', 'ana\n', '"ana"', 'Ana']
  await house.erasure.erase({ user: 'ana' }, DOER)
  for (const path of globSync(join(house.folder, '**/*'), { withFileTypes: true }).filter((entry) => entry.isFile())) {
    const bytes = readFileSync(join(path.parentPath, path.name)).toString('latin1')
    for (const word of words) assert.ok(!bytes.includes(word), `${word} in ${path.name}`)
  }
})

test('a copy of the day files from before tells no body of a session of which something was erased', async (t) => {
  const house = await open(t, 'sqlite')
  const { trail, folder } = house
  await converse(house, SAID)
  await trail.append({ ...OTHER, exchange: idOf(60), at: NOON, session: 'other', body: bodyOf('{"of":"another"}') })
  const days = join(folder, 'days')
  cpSync(days, join(folder, 'copy'), { recursive: true })
  await house.erasure.erase({ exchange: idOf(1, AT[1]) }, DOER)
  await trail.close()
  rmSync(days, { recursive: true })
  renameSync(join(folder, 'copy'), days)
  const restored = await openTrail({ folder, keyring, now: () => NOON, store: 'sqlite' })
  for (const nth of [0, 1, 2, 3]) {
    const row = await restored.exchange(idOf(nth, AT[nth]))
    assert.deepEqual([row?.opening.body, row?.ending?.body], [undefined, undefined], String(nth))
    assert.equal(row?.unreadable?.opening?.code, 'trail.body')
  }
  const other = await restored.exchange(idOf(60))
  assert.equal(Buffer.from(other?.opening.body?.bytes ?? '').toString(), '{"of":"another"}')
  await restored.close()
})
