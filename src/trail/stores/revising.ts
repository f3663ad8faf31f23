/** Cases for every store: exchanges that are taken out, bodies that are written anew. Never used by the product. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { likeness } from '../likeness.ts'
import type { Revision } from '../revision.ts'
import type { Store } from '../store.ts'
import { print } from './edits.ts'
import { ask, bodyOf, commit, DAY, ending, finding, idOf, NOON, opening } from './made.ts'

const NOTHING: Revision = { by: idOf(900), erased: [], bodies: [], notes: [] }
const SALT = Buffer.alloc(32, 7)

const found = async (store: Store, text: string) => {
  const { rows } = await store.find(ask(text), { limit: 100 })
  return rows.map(({ opening: { exchange } }) => Number.parseInt(exchange.slice(24), 16))
}

/** An exchange that is erased is found by nothing, and its place in the order stays. */
export async function erases(store: Store): Promise<void> {
  const actor = { id: 'ana', kind: 'person', name: 'Ana', groups: [] } as const
  const more = {
    actor,
    session: 's',
    body: bodyOf('a prompt'),
    text: 'kangaroo getUserName',
    findings: [finding('r1', true, 'ff')],
  }
  await commit(
    store,
    opening(idOf(1), more),
    opening(idOf(2), { ...more, text: 'wallaby getUserName' }),
    opening(idOf(3)),
  )
  const edits = { units: [], forms: ['consta=b(c)'] }
  await commit(store, ending(idOf(1), { body: bodyOf('a reply'), text: 'koala', edits }), ending(idOf(2), { edits }))
  const lines = async () => (await store.lines([print('consta=b(c)')], 9)).map(({ exchange }) => exchange)
  assert.deepEqual(await lines(), [idOf(2), idOf(1)])
  const searched = {
    kind: 'searched',
    exchange: idOf(50),
    at: NOON,
    via: 'server',
    fingerprint: 'f',
    query: 'user:ana',
    found: 1,
  } as const
  await commit(store, searched, { ...searched, exchange: idOf(51), query: '' })
  assert.deepEqual(await found(store, 'getusername'), [2, 1])
  await assert.rejects(store.revise({ ...NOTHING, erased: [idOf(3)] }), { code: 'gateway.internal' })
  const file = '2026-11-24.default.db'
  const notes = [
    { file, seq: 6, exchange: idOf(50) },
    { file, seq: 7, exchange: idOf(52) },
    { file, seq: 99, exchange: idOf(53) },
  ]
  for (const expected of [
    { entries: 3, bodies: 0 },
    { entries: 0, bodies: 0 },
  ])
    assert.deepEqual(await store.revise({ ...NOTHING, erased: [idOf(1), idOf(77)], notes }), expected)
  assert.equal(await store.exchange(idOf(1)), undefined)
  assert.deepEqual([await store.erasedBy(idOf(1)), await store.erasedBy(idOf(2))], [idOf(900), undefined])
  for (const text of ['kangaroo', 'koala', 'session:s kangaroo']) assert.deepEqual(await found(store, text), [], text)
  for (const text of ['wallaby', 'getusername', 'user:ana', 'secret:ff', 'session:s'])
    assert.deepEqual(await found(store, text), [2], text)
  assert.deepEqual(await lines(), [idOf(2)])
  assert.equal((await store.session('s')).length, 1)
  assert.deepEqual(
    (await store.notes('searched')).map(({ seq }) => seq),
    [7],
  )
  assert.ok((await store.takenBy(idOf(900))).notes.every(({ seq }) => seq === 6))
  const told = (await store.following(0, 10)).map(({ seq, entry }) => [seq, entry?.kind])
  assert.deepEqual(told, [
    [1, undefined],
    [2, 'asked'],
    [3, 'asked'],
    [4, undefined],
    [5, 'replied'],
    [6, undefined],
    [7, 'searched'],
  ])
  assert.deepEqual((await commit(store, ending(idOf(3)))).outcomes, [8])
  assert.ok((await commit(store, ending(idOf(1)))).outcomes[0] instanceof Error)
}

/** A body that is written anew is what it now is, bears what was found in it, and no word that was taken out finds it. */
export async function redacts(store: Store): Promise<void> {
  const text = 'the kangaroo token getUserName of the kangaroo house'
  await commit(store, opening(idOf(1), { body: bodyOf('old prompt'), text }), opening(idOf(2), { text, session: 's' }))
  const edits = { units: [], forms: ['consta=b(c)'] }
  await commit(
    store,
    ending(idOf(1), { body: { ...bodyOf('old reply'), original: Buffer.from('o') }, text: 'kangaroo house', edits }),
  )
  const bodies = [
    {
      exchange: idOf(1),
      part: 'prompt',
      bytes: Buffer.from('new prompt'),
      salt: SALT,
      findings: [finding('late', true, 'aa')],
      says: 'the [masked:late] of the kangaroo house',
    },
    { exchange: idOf(1), part: 'reply', bytes: Buffer.from('new'), salt: SALT, findings: [], says: 'kangaroo house' },
    { exchange: idOf(9), part: 'reply', bytes: Buffer.from('of none'), salt: SALT, findings: [] },
  ] as const
  const revision: Revision = { ...NOTHING, bodies }
  for (let times = 0; times < 2; times++) assert.equal((await store.revise(revision)).bodies, 2)
  const kept = await store.exchange(idOf(1))
  const bytes = [kept?.opening.body, kept?.ending?.body].map((body) => Buffer.from(body?.bytes ?? '').toString())
  assert.deepEqual(bytes, ['new prompt', 'new'])
  assert.deepEqual(kept?.opening.body?.received, 'aa')
  assert.deepEqual(kept?.redactions?.map(({ part, by, findings }) => [part, by, findings.length]).sort(), [
    ['prompt', idOf(900), 1],
    ['reply', idOf(900), 0],
  ])
  assert.deepEqual(kept?.edits, undefined)
  assert.equal((await store.originals(idOf(1)))?.reply, undefined)
  assert.deepEqual(await found(store, 'token'), [2])
  assert.deepEqual(await found(store, 'getusername'), [2])
  assert.deepEqual(await found(store, '"the of the kangaroo"'), [])
  assert.deepEqual(await found(store, '"of the kangaroo house"'), [2, 1])
  assert.deepEqual(await found(store, '"kangaroo house"'), [2, 1])
  assert.deepEqual(await found(store, 'has:finding rule:late secret:aa'), [1])
}

/** What was derived of a reply goes with what it said, and stays with another prompt unless that is asked for. */
export async function underives(store: Store): Promise<void> {
  const edits = { units: [], forms: ['consta=b(c)'] }
  for (const nth of [1, 2, 3]) {
    await commit(store, opening(idOf(nth), { body: bodyOf('old prompt'), session: 's' }))
    await commit(store, ending(idOf(nth), { body: bodyOf('old reply'), edits }))
  }
  const anew = { bytes: Buffer.from('new'), salt: SALT, findings: [finding('late', true, 'aa')] }
  const bodies: Revision['bodies'] = [
    { ...anew, exchange: idOf(1), part: 'reply' },
    { ...anew, exchange: idOf(2), part: 'prompt', withEdits: true },
    { ...anew, exchange: idOf(3), part: 'prompt' },
  ]
  await store.revise({ ...NOTHING, bodies })
  const left = [1, 2, 3].map(async (nth) => (await store.exchange(idOf(nth)))?.edits?.prints.length)
  assert.deepEqual(await Promise.all(left), [undefined, undefined, 1])
}

interface Turn {
  readonly from: number
  readonly to: number
  readonly fresh: string
  readonly session: 'a' | 'b'
  readonly fate: 'stays' | 'goes' | 'changes'
  readonly nextDay: boolean
}

const turn: fc.Arbitrary<Turn> = fc.record({
  from: fc.nat(12_000),
  to: fc.nat(12_000),
  fresh: fc.tuple(fc.string({ maxLength: 30 }), fc.nat(300)).map(([text, times]) => text.repeat(times)),
  session: fc.constantFrom('a', 'a', 'a', 'b'),
  fate: fc.constantFrom('stays', 'stays', 'goes', 'changes'),
  nextDay: fc.boolean(),
})

const FIRST = Array.from({ length: 800 }, (_, at) => `line ${at} of it\n`).join('')

/** Whatever goes and whatever changes, all other bodies are read back byte by byte, also those put together from it. */
export async function revisesAnywhere(store: Store): Promise<void> {
  let count = 1000
  const one = async (turns: readonly Turn[]) => {
    const kept: { id: string; bytes: Buffer; turn: Turn }[] = []
    for (const each of turns) {
      const before = kept.findLast(({ turn: { session } }) => session === each.session)
      const text = before?.bytes ?? Buffer.from(FIRST)
      const [start, end] = [
        Math.min(each.from, each.to, text.length),
        Math.min(Math.max(each.from, each.to), text.length),
      ]
      const bytes = Buffer.concat([text.subarray(0, start), Buffer.from(each.fresh), text.subarray(end)])
      const id = idOf(++count, NOON + (each.nextDay ? DAY : 0))
      const like = before && { like: { exchange: before.id, ...likeness(before.bytes, bytes) } }
      const body = { bytes, type: '', received: '', sent: '' }
      await commit(
        store,
        opening(id, { session: each.session, body, ...like }),
        ending(id, { body: bodyOf(`r ${id}`) }),
      )
      kept.push({ id, bytes, turn: each })
    }
    const of = (fate: Turn['fate']) => kept.filter((each) => each.turn.fate === fate)
    const anew = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length / 2), Buffer.from('[erased]')])
    await store.revise({
      ...NOTHING,
      by: idOf(++count),
      erased: of('goes').map(({ id }) => id),
      bodies: of('changes').map(({ id, bytes }) => ({
        ...{ exchange: id, part: 'prompt', bytes: anew(bytes), salt: SALT, findings: [] },
      })),
    })
    for (const {
      id,
      bytes,
      turn: { fate },
    } of kept) {
      const read = await store.exchange(id)
      if (fate === 'goes') assert.equal(read, undefined)
      else {
        const expected = fate === 'changes' ? anew(bytes) : bytes
        assert.ok(read?.opening.body && Buffer.compare(read.opening.body.bytes, expected) === 0, id)
        assert.equal(Buffer.from(read.ending?.body?.bytes ?? '').toString(), `r ${id}`)
      }
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 10 }), one), { numRuns: 15 })
}
