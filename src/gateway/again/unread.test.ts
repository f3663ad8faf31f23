/** An erasure where turns of its sessions cannot be read: it is refused whole, and destroys nothing that may be read again. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Trail } from '#trail'
import { DOER, idOf } from './ground.case.ts'
import { ground, NAME, ONE, promptOf, TWO, turn } from './locked.case.ts'

const FIRST = 'Wunderlich is the first line of what was said'
const SECOND = 'and the second line is of another matter'
const THIRD = 'and then something was asked that is new'

test('a later turn that is locked makes an erasure refuse, by number and key, and with the key it is whole', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await turn(first.trail, 2, [FIRST, SECOND])
  await first.trail.close()
  const scope = { exchange: idOf(1) }
  const second = await open(TWO)
  await turn(second.trail, 3, [FIRST, SECOND, THIRD])
  const before = await second.trail.highest()
  const { unread, keys, damaged, held } = await second.erasure.plan(scope)
  assert.deepEqual([unread, keys, damaged, held], [2, [NAME], 0, 0])
  await assert.rejects(second.erasure.erase(scope, DOER), {
    code: 'custody.unread',
    detail: `2 cannot be read, other turns of the same sessions included; key ${NAME} is not here`,
  })
  assert.equal(await second.trail.highest(), before)
  await second.trail.close()
  const third = await open(TWO, ONE)
  assert.match((await promptOf(third.trail, 2)) ?? '', /Wunderlich/)
  assert.equal((await third.erasure.erase(scope, DOER)).later, 2)
  for (const nth of [2, 3]) assert.doesNotMatch((await promptOf(third.trail, nth)) ?? '', /Wunderlich/)
  assert.equal(await promptOf(third.trail, 1), undefined)
})

test('a locked later turn that is held, or under a statute, is told as such too', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await turn(first.trail, 2, [FIRST, SECOND])
  await turn(first.trail, 3, [FIRST, THIRD], { retain: 'sec-17a-4' })
  const { id } = await first.holds.add({ exchange: idOf(2) }, DOER)
  await first.trail.close()
  const second = await open(TWO)
  const told = (detail: string) => ({
    code: 'custody.unread',
    detail: `3 cannot be read, other turns of the same sessions included; key ${NAME} is not here; ${detail}`,
  })
  const by = `1 of all held, by ${id}; 1 of all kept by a statute`
  await assert.rejects(second.erasure.erase({ exchange: idOf(1) }, DOER), told(by))
  await assert.rejects(second.erasure.erase({ session: 's' }, DOER), { code: 'custody.held' })
  await second.trail.close()
  const third = await open(TWO, ONE)
  for (const nth of [1, 2, 3]) assert.match((await promptOf(third.trail, nth)) ?? '', /Wunderlich/)
})

test('what goes and cannot be read forbids it while a turn stays that may say it again, and no longer', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await first.trail.close()
  const second = await open(TWO)
  await turn(second.trail, 2, [FIRST, SECOND])
  await assert.rejects(second.erasure.erase({ exchange: idOf(1) }, DOER), { code: 'custody.unread' })
  assert.equal((await second.erasure.erase({ session: 's' }, DOER)).exchanges, 2)
  assert.deepEqual(await second.trail.keys.unopened('s'), [])
  await second.trail.close()
  const third = await open(TWO, ONE)
  assert.deepEqual([await promptOf(third.trail, 1), await promptOf(third.trail, 2)], [undefined, undefined])
})

test('an earlier turn that is locked forbids it: what it was first to say would go from later ones', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await first.trail.close()
  const second = await open(TWO)
  await turn(second.trail, 2, [FIRST, SECOND])
  await turn(second.trail, 3, [FIRST, SECOND, THIRD])
  await assert.rejects(second.erasure.erase({ exchange: idOf(2) }, DOER), { code: 'custody.unread' })
  assert.match((await promptOf(second.trail, 3)) ?? '', /Wunderlich/)
})

test('other sessions that are locked forbid nothing, and what is of none only what is of its day', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST], { session: 'another' })
  await turn(first.trail, 2, [FIRST], { session: undefined as never })
  await first.trail.close()
  const second = await open(TWO)
  await turn(second.trail, 3, [FIRST])
  await turn(second.trail, 4, [FIRST], { session: undefined as never })
  assert.equal((await second.erasure.erase({ exchange: idOf(3) }, DOER)).exchanges, 1)
  await assert.rejects(second.erasure.erase({ exchange: idOf(4) }, DOER), { code: 'custody.unread' })
})

test('a later turn whose key is no more here, as after a restore without keys, forbids it too, and goes where it is to', async (t) => {
  const { open, folder } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await turn(first.trail, 2, [FIRST, SECOND])
  await first.trail.close()
  const keys = new DatabaseSync(join(folder, 'keys.db'))
  keys.exec("DELETE FROM keys WHERE session = 's'")
  keys.close()
  const { trail, erasure } = await open(ONE)
  assert.equal(await promptOf(trail, 2), 'trail.body')
  await assert.rejects(erasure.erase({ exchange: idOf(1) }, DOER), {
    detail: '2 cannot be read, other turns of the same sessions included',
  })
  assert.equal((await erasure.erase({ session: 's' }, DOER)).exchanges, 2)
})

test('a body that somebody damaged is told as such, and goes where it is to', async (t) => {
  const { open, folder } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await turn(first.trail, 2, [FIRST, SECOND])
  await first.trail.close()
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  db.exec("UPDATE bodies SET bytes = x'00' WHERE seq = 3")
  db.close()
  const { erasure } = await open(ONE)
  await assert.rejects(erasure.erase({ exchange: idOf(1) }, DOER), {
    detail: '1 cannot be read, other turns of the same sessions included; 1 damaged',
  })
  assert.equal((await erasure.erase({ session: 's' }, DOER)).exchanges, 2)
})

test('an erasure that was cut short waits for a key that is lost since, says so, and is done once it is back', async (t) => {
  const { open } = await ground(t)
  const first = await open(ONE)
  await turn(first.trail, 1, [FIRST])
  await turn(first.trail, 2, [FIRST, SECOND])
  failing(first.trail)
  await assert.rejects(first.erasure.erase({ exchange: idOf(1) }, DOER))
  await first.trail.close()
  const second = await open(TWO)
  const waits = (await second.erasure.waiting()).map(({ holds, unread, keys }) => [holds, unread, keys])
  assert.deepEqual(waits, [[[], 2, [NAME]]])
  const told: unknown[] = []
  const ears = { locked: (keys: readonly string[]) => told.push(keys) }
  assert.deepEqual([await second.erasure.resume(ears), told], [0, [[NAME]]])
  await second.trail.close()
  const third = await open(TWO, ONE)
  assert.match((await promptOf(third.trail, 2)) ?? '', /Wunderlich/)
  assert.equal(await third.erasure.resume(ears), 1)
  assert.doesNotMatch((await promptOf(third.trail, 2)) ?? '', /Wunderlich/)
})

/** Its entry is durable, and never sealed. */
function failing(trail: Trail): void {
  Object.assign(trail, { sealed: () => Promise.resolve({ kind: 'on', size: 0, fault: 'no disk' }) })
}
