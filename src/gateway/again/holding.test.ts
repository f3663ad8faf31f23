/** What a hold or a statute keeps from an erasure: later turns that would be cut, lines that name somebody else, and what was begun. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Ending, Opening } from '#exchange'
import type { StoreName } from '#trail'
import { bodyOf, DOER, idOf, NOON, open as openRecord } from './ground.case.ts'

const FIRST = 'Wunderlich is the first line'

async function open(t: TestContext, store: StoreName) {
  const { trail, custody, erasure } = await openRecord(t, store)
  const turn = async (nth: number, said: readonly string[], more: Partial<Opening> = {}) => {
    const bytes = JSON.stringify({ model: 'm', messages: said.map((content) => ({ role: 'user', content })) })
    const opening: Opening = {
      ...{
        kind: 'asked',
        exchange: idOf(nth),
        at: NOON,
        door: 'reverse',
        method: 'POST',
        path: '/v1/chat/completions',
      },
      ...{
        route: 'chat',
        facts: {},
        findings: [],
        session: 's',
        model: 'm',
        body: bodyOf(bytes),
        text: said.join('\n'),
      },
      ...{ actor: { id: 'ana', kind: 'person', name: 'Ana', groups: [] } },
      ...more,
    }
    const { retain } = more
    const ending: Ending = {
      ...{
        kind: 'replied',
        exchange: idOf(nth),
        at: NOON,
        status: 200,
        delivered: 2,
        findings: [],
        timings: { end: 1 },
      },
      ...{ body: bodyOf('{"ok":1}'), ...(retain && { retain }) },
    }
    await trail.append(opening)
    await trail.append(ending)
  }
  const textOf = async (nth: number) =>
    Buffer.from((await trail.exchange(idOf(nth)))?.opening.body?.bytes ?? '').toString()
  /** Nothing is sealed until it is opened. */
  const gate = () => {
    let isOpen = false
    const { sealed } = trail
    Object.assign(trail, { sealed: () => Promise.resolve({ kind: 'on', size: isOpen ? Number.MAX_SAFE_INTEGER : 0 }) })
    return {
      pass: () => (isOpen = true),
      undo: () => Object.assign(trail, { sealed }),
      fail: () => Object.assign(trail, { sealed: () => Promise.resolve({ kind: 'on', size: 0, fault: 'no disk' }) }),
    }
  }
  return { trail, custody, erasure, turn, textOf, gate }
}

for (const store of ['memory', 'sqlite'] as const) {
  test(`a later turn that is held and would be cut forbids the erasure whole; ${store}`, async (t) => {
    const { trail, custody, erasure, turn, textOf } = await open(t, store)
    await turn(1, [FIRST])
    await turn(2, [FIRST, 'and the second one is here'])
    await turn(3, ['and the third says nothing of it'])
    const { id } = await custody.holds.add({ exchange: idOf(2) }, DOER)
    const before = await textOf(2)
    const scope = { exchange: idOf(1) }
    const { exchanges, held, holds, worm } = await erasure.plan(scope)
    assert.deepEqual([exchanges, held, holds, worm], [1, 1, [id], 0])
    await assert.rejects(erasure.erase(scope, DOER), { code: 'custody.held' })
    assert.deepEqual([await textOf(2), (await trail.exchange(idOf(1)))?.opening.exchange], [before, idOf(1)])
    assert.deepEqual([await trail.documents.list('erasing'), await trail.documents.list('cutting')], [[], []])
    await custody.holds.release(id, DOER)
    await custody.holds.add({ exchange: idOf(3) }, DOER)
    await erasure.erase(scope, DOER)
    assert.match(await textOf(2), /\[masked:erased\].*and the second one is here/)
  })

  test(`a later turn that a statute keeps and that would be cut forbids the erasure whole; ${store}`, async (t) => {
    const { trail, erasure, turn, textOf } = await open(t, store)
    await turn(1, [FIRST])
    await turn(2, [FIRST, 'and the second one is here'], { retain: 'sec-17a-4' })
    const before = await textOf(2)
    const { held, worm } = await erasure.plan({ exchange: idOf(1) })
    assert.deepEqual([held, worm], [0, 1])
    await assert.rejects(erasure.erase({ exchange: idOf(1) }, DOER), { code: 'custody.worm' })
    assert.deepEqual([await textOf(2), (await trail.exchange(idOf(1)))?.opening.exchange], [before, idOf(1)])
  })

  test(`a turn that comes meanwhile and is under a statute is not cut, and that is told; ${store}`, async (t) => {
    const { trail, erasure, turn, textOf, gate } = await open(t, store)
    await turn(1, [FIRST])
    const seal = gate()
    const erasing = erasure.erase({ exchange: idOf(1) }, DOER)
    while ((await trail.custody()).length === 0) await wait(1)
    await turn(2, [FIRST, 'late'], { retain: 'sec-17a-4' })
    await turn(3, [FIRST, 'late too'])
    const before = await textOf(2)
    seal.pass()
    assert.equal((await erasing).left, 1)
    assert.equal(await textOf(2), before)
    assert.ok(!(await textOf(3)).includes(FIRST) && (await textOf(3)).includes('late too'))
    assert.deepEqual([await trail.exchange(idOf(1)), await trail.documents.list('cutting')], [undefined, []])
  })

  test(`a hold that is asked for while an erasure is under way is in force once that is done, not before; ${store}`, async (t) => {
    const { trail, custody, erasure, turn, gate } = await open(t, store)
    await turn(1, [FIRST])
    const seal = gate()
    const erasing = erasure.erase({ user: 'ana' }, DOER)
    while ((await trail.custody()).length === 0) await wait(1)
    let isHeld = false
    const holding = custody.holds.add({ user: 'ana' }, DOER).then(() => (isHeld = true))
    await wait(60)
    assert.deepEqual([isHeld, (await custody.holds.list()).length], [false, 0])
    assert.ok(await trail.exchange(idOf(1)))
    seal.pass()
    await Promise.all([erasing, holding])
    assert.deepEqual(
      (await trail.custody()).map(({ note }) => note.kind),
      ['erase', 'hold'],
    )
    await turn(2, [FIRST])
    await assert.rejects(erasure.erase({ user: 'ana' }, DOER), { code: 'custody.held' })
  })

  test(`an erasure that stopped before anything went waits for the end of a hold that began since; ${store}`, async (t) => {
    const { trail, custody, erasure, turn, textOf, gate } = await open(t, store)
    await turn(1, [FIRST])
    await turn(2, [FIRST, 'and the second one is here'])
    const before = [await textOf(1), await textOf(2)]
    const seal = gate()
    seal.fail()
    await assert.rejects(erasure.erase({ exchange: idOf(1) }, DOER), { code: 'trail.unavailable' })
    seal.undo()
    const { id } = await custody.holds.add({ exchange: idOf(2) }, DOER)
    const told: string[][] = []
    assert.equal(await erasure.resume({ held: (by) => told.push([...by]) }), 0)
    assert.deepEqual([told, [await textOf(1), await textOf(2)]], [[[id]], before])
    assert.deepEqual(
      (await erasure.waiting()).map(({ holds }) => holds),
      [[id]],
    )
    await custody.holds.release(id, DOER)
    assert.deepEqual(
      (await erasure.waiting()).map(({ holds }) => holds),
      [[]],
    )
    assert.equal(await erasure.resume(), 1)
    assert.deepEqual(await erasure.waiting(), [])
    assert.deepEqual([await trail.exchange(idOf(1)), await trail.documents.list('erasing')], [undefined, []])
    assert.ok(!(await textOf(2)).includes(FIRST))
  })

  test(`a hold of a user keeps the lines that name him, whoever else is erased; ${store}`, async (t) => {
    const { trail, custody, erasure, turn } = await open(t, store)
    await turn(1, ['zebrafish swim here'])
    const line = { kind: 'read', at: NOON, did: 'searched', via: 'local', reader: DOER.who, content: true } as const
    await trail.append({ ...line, exchange: idOf(90), of: 'user:bea zebrafish', count: 1, times: 1 })
    for (const scope of [{ user: 'bea' }, { query: 'user:BEA' }]) {
      const { id } = await custody.holds.add(scope, DOER)
      const { held, holds, notes } = await erasure.plan({ user: 'ana' })
      assert.deepEqual([held, holds, notes], [1, [id], 1])
      await assert.rejects(erasure.erase({ user: 'ana' }, DOER), { code: 'custody.held' })
      await custody.holds.release(id, DOER)
    }
    assert.equal((await trail.reads(9))[0]?.read.of, 'user:bea zebrafish')
    await custody.holds.add({ user: 'cy' }, DOER)
    await erasure.erase({ user: 'ana' }, DOER)
    assert.equal((await trail.reads(9))[0]?.read.of, 'user:bea "[masked:erased]"')
  })
}
