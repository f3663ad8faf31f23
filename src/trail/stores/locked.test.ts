/** What cannot be opened now, for its key is not here or it was changed, is not destroyed by what is done to the rest of its session. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail } from '../open.ts'
import type { Store } from '../store.ts'
import { type LostKey, nameOfKey, wrappingOf } from '../wrapping.ts'
import { bodyOf, commit, ending, finding, idOf, NOON, opening, piece } from './made.ts'
import { openSqlite } from './sqlite.ts'

const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const DAY_FILE = '2026-11-24.default.db'
const LONG = Array.from({ length: 2000 }, (_, at) => `line ${at * 7919} of it`).join('\n')
const NOTHING = { by: idOf(900), erased: [], bodies: [], notes: [] } as const

type Keys = readonly [Buffer, ...Buffer[]]

async function ground(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-locked-'))
  const opened: Store[] = []
  t.after(async () => {
    for (const store of opened) await store.close().catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
  const open = async (keys: Keys, lostKey: LostKey = 'refuse') => {
    const derived = { tokenKey: Buffer.alloc(32, 7), lineKey: Buffer.alloc(32, 8) }
    const store = await openSqlite({
      ...{ folder, ...derived, wrapping: wrappingOf([...keys]), lostKey },
      onBroken: () => undefined,
    })
    opened.push(store)
    return store
  }
  /** Opens it, does something, closes it. */
  const within = async <Result>(keys: Keys, work: (store: Store) => Promise<Result>, lostKey?: LostKey) => {
    const store = await open(keys, lostKey)
    const result = await work(store)
    await store.close()
    return result
  }
  const sql = <Row>(text: string, file = `days/${DAY_FILE}`) => {
    const db = new DatabaseSync(join(folder, file))
    const rows = db.prepare(text).all() as Row[]
    db.close()
    return rows
  }
  return { folder, open, within, sql }
}

/** What is there of an exchange: its bodies, its edits, its original. */
async function allOf(store: Store, nth: number): Promise<readonly unknown[]> {
  const row = await store.exchange(idOf(nth))
  const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()
  const originals = await store.originals(idOf(nth)).catch(({ code }) => ({ prompt: Buffer.from(code) }))
  return [
    row?.unreadable?.opening?.code ?? text(row?.opening.body?.bytes),
    row?.unreadable?.ending?.code ?? text(row?.ending?.body?.bytes),
    row?.edits?.units[0]?.path,
    text(originals?.prompt),
  ]
}

const turn = async (store: Store, nth: number, session: string | undefined) => {
  const body = { ...bodyOf(`prompt ${nth}`), original: Buffer.from(`original ${nth}`) }
  const units = [{ from: 'edit', path: `src/${nth}.ts`, lines: [1, 1], fresh: [1] }] as const
  await commit(store, opening(idOf(nth), { body, ...(session !== undefined && { session }) }))
  await commit(store, ending(idOf(nth), { body: bodyOf(`reply ${nth}`), edits: { units, forms: [`form ${nth}`] } }))
}
const whole = (nth: number) => [`prompt ${nth}`, `reply ${nth}`, `src/${nth}.ts`, `original ${nth}`]
const LOCKED = ['trail.key', 'trail.key', undefined, 'trail.key']

for (const session of ['s', undefined])
  test(`a new key for a session that is locked in part destroys no key that is not here, and with it all opens again; ${session}`, async (t) => {
    const { within } = await ground(t)
    await within([ONE], (store) => turn(store, 1, session))
    await within(
      [TWO],
      async (store) => {
        await turn(store, 2, session)
        assert.deepEqual(await allOf(store, 1), LOCKED)
        assert.equal(await store.rekey(session), 4)
        assert.deepEqual([await allOf(store, 1), await allOf(store, 2)], [LOCKED, whole(2)])
        const told = { exchange: idOf(1), file: DAY_FILE, why: 'locked', key: nameOfKey(ONE) }
        assert.deepEqual(await store.unopened(session), [
          { ...told, part: 'body' },
          { ...told, part: 'original' },
          { ...told, part: 'body' },
          { ...told, part: 'edits' },
        ])
      },
      'go on',
    )
    await within([TWO, ONE], async (store) => {
      assert.deepEqual([await allOf(store, 1), await allOf(store, 2)], [whole(1), whole(2)])
      assert.deepEqual(await store.unopened(session), [])
      assert.equal(await store.rekey(session), 8)
      assert.deepEqual([await allOf(store, 1), await allOf(store, 2)], [whole(1), whole(2)])
    })
  })

test('bytes in flight that are locked stay as they lie, with their key', async (t) => {
  const { within } = await ground(t)
  await within([ONE], async (store) => {
    await commit(store, opening(idOf(1), { session: 's' }), opening(idOf(2), { session: 'other' }))
    await store.commit({ entries: [], pieces: [piece(idOf(1), 'in flight'), piece(idOf(2), 'of another')] })
  })
  await within([TWO], (store) => store.rekey('s'), 'go on')
  await within([TWO, ONE], async (store) => {
    const flying = (await store.unfinished()).map(({ bytes }) => Buffer.from(bytes).toString())
    assert.deepEqual(flying, ['in flight', 'of another'])
  })
})

test('an exchange that was open when its key was lost for good is ended by the next start, and its ending says what is lost', async (t) => {
  const { within, folder } = await ground(t)
  await within([ONE], async (store) => {
    await commit(store, opening(idOf(1), { session: 's' }))
    await store.commit({ entries: [], pieces: [piece(idOf(1), 'in flight')] })
  })
  await within([TWO], (store) => assert.rejects(store.unfinished(), { code: 'trail.key' }), 'show')
  await within([TWO], (store) => store.rewrap('go on'), 'show')
  const keyring: Keyring = {
    digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
    hash: () => createHash('sha256'),
    key: (purpose) => createHash('sha256').update(purpose).digest(),
  }
  const trail = await openTrail({ folder, keyring, now: () => NOON, wrapping: wrappingOf([TWO]), lostKey: 'refuse' })
  const { ending } = (await trail.exchange(idOf(1))) ?? {}
  await trail.close()
  assert.deepEqual(
    [ending?.kind, ending?.reason, ending?.body],
    ['interrupted', '1 stretches of its reply in flight could not be read', undefined],
  )
})

test('the key of a locked exchange goes once nothing is under it any more', async (t) => {
  const { within, sql } = await ground(t)
  await within([ONE], (store) => turn(store, 1, 's'))
  const [first] = sql<{ key: number }>('SELECT key FROM bodies')
  const kept = () => sql(`SELECT id FROM keys WHERE id = ${first?.key}`, 'keys.db').length
  await within([TWO], (store) => turn(store, 2, 's'), 'go on')
  await within([TWO], (store) => store.rekey('s'))
  assert.equal(kept(), 1)
  await within([TWO], async (store) => {
    await store.revise({ ...NOTHING, erased: [idOf(1)] })
    await store.rekey('s')
  })
  assert.equal(kept(), 0)
})

test('the key of a row that was changed stays while the row does, and is told', async (t) => {
  const { within, sql } = await ground(t)
  await within([ONE], (store) => turn(store, 1, 's'))
  await within([ONE], (store) => turn(store, 2, 's'))
  const [{ key } = {}] = sql<{ key: number }>('SELECT key FROM bodies')
  sql("UPDATE bodies SET bytes = x'00' WHERE seq = 1")
  await within([ONE], async (store) => {
    await store.rekey('s')
    assert.deepEqual(await store.unopened('s'), [{ exchange: idOf(1), file: DAY_FILE, part: 'body', why: 'damaged' }])
    assert.deepEqual(await allOf(store, 2), whole(2))
  })
  assert.equal(sql(`SELECT id FROM keys WHERE id = ${key}`, 'keys.db').length, 1)
})

test('a body that a locked one is put together from is not written anew, nor is the locked one dropped', async (t) => {
  const { within } = await ground(t)
  const said = (text: string, like?: number) => ({
    session: 's',
    body: bodyOf(text),
    ...(like && { like: { exchange: idOf(like), prefix: LONG.length, suffix: 0 } }),
  })
  await within([ONE], (store) => commit(store, opening(idOf(1), said(LONG))))
  await within([TWO], (store) => commit(store, opening(idOf(2), said('something else'))), 'go on')
  await within([TWO, ONE], (store) => commit(store, opening(idOf(3), said(`${LONG} and on`, 1))))
  const { sha256 } = await import('../seal/hashes.ts')
  const anew = {
    part: 'prompt',
    bytes: Buffer.from('masked'),
    salt: Buffer.alloc(32),
    findings: [finding('r', true, 'a')],
  } as const
  const bodies = [{ ...anew, exchange: idOf(1), from: sha256(Buffer.from(LONG)) }]
  await within(
    [ONE],
    async (store) => {
      assert.deepEqual(
        (await store.unopened('s')).map(({ exchange }) => exchange),
        [idOf(2), idOf(3)],
      )
      assert.equal((await store.revise({ ...NOTHING, bodies })).bodies, 0)
      assert.equal((await allOf(store, 1))[0], LONG)
    },
    'go on',
  )
  await within([ONE, TWO], async (store) => {
    assert.equal((await allOf(store, 3))[0], `${LONG} and on`)
    assert.equal((await store.revise({ ...NOTHING, bodies })).bodies, 1)
    assert.deepEqual([(await allOf(store, 1))[0], (await allOf(store, 3))[0]], ['masked', `${LONG} and on`])
  })
})

test('what an erasure took, and a locked one was put together from, is gone; the locked one is not dropped with it', async (t) => {
  const { within, sql } = await ground(t)
  const like = { exchange: idOf(1), prefix: LONG.length, suffix: 0 }
  await within([ONE], (store) => commit(store, opening(idOf(1), { session: 's', body: bodyOf(LONG) }), ending(idOf(1))))
  await within([TWO], (store) => commit(store, opening(idOf(2), { session: 's', body: bodyOf('other') })), 'go on')
  await within([TWO, ONE], (store) =>
    commit(store, opening(idOf(3), { session: 's', body: bodyOf(`${LONG} and on`), like })),
  )
  await within([ONE], (store) => store.revise({ ...NOTHING, erased: [idOf(1)] }), 'go on')
  assert.equal(sql('SELECT seq FROM bodies').length, 2)
})
