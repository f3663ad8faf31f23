/** Erasing what is recorded: what goes, what of later turns, what forbids it, and that it goes on after a stop. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Opening, Read } from '#exchange'
import { Reads } from '#trail'
import { Erasure } from './erasure.ts'
import { AT, bodyOf, converse, DOER, found, idOf, LONG, MASK, NOON, OTHER, open, SAID, textOf } from './ground.case.ts'

const readOf = (nth: number, of: string): Read => ({
  ...{
    kind: 'read',
    exchange: idOf(nth),
    at: NOON,
    did: 'searched',
    via: 'local',
    of,
    content: false,
    count: 1,
    times: 1,
  },
  reader: { value: 'ana', source: 'observed' },
})

for (const store of ['memory', 'sqlite'] as const) {
  test(`an exchange goes, and what it was the first to say goes from every later turn; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID)
    assert.deepEqual(await found(house, 'wunderlich'), [3, 1])
    const scope = { exchange: idOf(1, AT[1]) }
    const plan = await house.erasure.plan(scope)
    assert.deepEqual([plan.exchanges, plan.sessions, plan.later], [1, 1, 2])
    const { seq } = await house.erasure.erase(scope, DOER)
    assert.equal(seq, 9)
    assert.equal(await house.trail.exchange(idOf(1, AT[1])), undefined)
    assert.deepEqual(await found(house, 'katharina'), [3])
    const [first = ''] = await textOf(house, 0)
    const [third = '', answer = ''] = await textOf(house, 2)
    const [, last = ''] = await textOf(house, 3)
    assert.match(first, /refactor the login page/)
    const { messages } = JSON.parse(third)
    assert.deepEqual(
      messages.slice(1).map(({ content }: { content: string }) => content),
      [
        'refactor the login page please',
        'the page is refactored now',
        '[masked:erased]',
        '[masked:erased]',
        'now write a test for it',
      ],
    )
    assert.equal(messages[0].content, LONG)
    assert.match(answer, /a test for customer/)
    assert.match(last, /as you said: \[masked:erased\]|\[masked:erased\]/)
    assert.ok(!last.replaceAll(/"\}|data|content|delta/g, '').includes('I noted Katharina'))
    const [note] = (await house.trail.custody()).map((each) => each.note)
    assert.ok(note?.kind === 'erase' && note.basis === 'Art. 17' && note.exchanges === 1 && note.later === 2)
    const cut = note.cut?.map(({ exchange, part, commitment }) => [Number(exchange.slice(-4)), part, commitment.length])
    assert.deepEqual(cut, [
      [2, 'prompt', 64],
      [3, 'prompt', 64],
      [3, 'reply', 64],
    ])
    const row = await house.trail.exchange(idOf(3, AT[3]))
    assert.deepEqual([...new Set(row?.redactions?.map(({ by }) => by))], [note.exchange])
    assert.equal(await house.trail.dayFiles.erasedBy(idOf(1, AT[1])), note.exchange)
    assert.equal(house.forgot(), 1)
  })

  test(`a turn that comes while it is erased is cut too, by an entry of its own; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID)
    const { trail } = house
    const append = trail.append.bind(trail)
    const late = idOf(40)
    trail.append = async (entry) => {
      const seq = await append(entry)
      if (entry.kind !== 'erase' || entry.exchanges === 0) return seq
      const messages = [{ role: 'user', content: SAID[1][0] }]
      const body = bodyOf(JSON.stringify({ model: 'm', messages }))
      const row = await trail.exchange(idOf(3, AT[3]))
      await append({ ...row?.opening, kind: 'asked', exchange: late, body } as Opening)
      return seq
    }
    const { begun } = await house.erasure.erase({ exchange: idOf(1, AT[1]) }, DOER)
    assert.equal(begun, 1)
    const notes = (await trail.custody()).flatMap(({ note }) => (note.kind === 'erase' ? note : []))
    assert.deepEqual(
      notes.map(({ exchanges, later, why }) => [exchanges, later, why]),
      [
        [1, 2, DOER.why],
        [0, 1, DOER.why],
      ],
    )
    assert.deepEqual(
      notes[1]?.cut?.map(({ exchange, part }) => [exchange, part]),
      [[late, 'prompt']],
    )
    const row = await trail.exchange(late)
    assert.deepEqual(
      [Buffer.from(row?.opening.body?.bytes ?? '').includes('Wunderlich'), row?.redactions?.[0]?.by],
      [false, notes[1]?.exchange],
    )
    assert.deepEqual(await trail.documents.list('cutting'), [])
  })

  test(`of lines of no exchange those lose their words or go that name the user whole, and a hold on them forbids it; ${store}`, async (t) => {
    const house = await open(t, store)
    const actor = { id: 'e', kind: 'person', name: 'E', groups: [] } as const
    await converse(house, SAID.slice(0, 1), { actor })
    const read: Omit<Read, 'exchange' | 'of'> = {
      ...{ kind: 'read', at: NOON, did: 'searched', via: 'local', reader: DOER.who },
      ...{ content: true, count: 1, times: 1 },
    } as const
    const asked = ['user:bea', 'user:e', '-user:E', 'when ended', 'e', 'who:"e', 'github:e has:finding']
    for (const [nth, of] of asked.entries()) await house.trail.append({ ...read, exchange: idOf(100 + nth), of })
    const lead = { kind: 'bypass', at: NOON, source: 'declared', via: 'otlp', happened: NOON } as const
    for (const [nth, who] of ['bea', 'e'].entries())
      await house.trail.append({ ...lead, exchange: idOf(200 + nth), actor: who })
    assert.equal((await house.erasure.plan({ user: 'e' })).notes, 4)
    const { id } = await house.custody.holds.add({ since: NOON - 1, until: NOON + 1 }, DOER)
    const { held, holds } = await house.erasure.plan({ user: 'e' })
    assert.deepEqual([held, holds], [4, [id]])
    await assert.rejects(house.erasure.erase({ user: 'e' }, DOER), { code: 'custody.held' })
    await house.custody.holds.release(id, DOER)
    assert.equal((await house.erasure.erase({ user: 'e' }, DOER)).notes, 4)
    const left = (await house.trail.reads(Number.MAX_SAFE_INTEGER)).map(({ read: { of } }) => of)
    const stayed = ['e', 'user:bea', 'when ended', 'who:"e']
    assert.deepEqual(left.sort(), [MASK, MASK, `${MASK} has:finding`, ...stayed])
    assert.deepEqual(
      (await house.trail.bypasses()).map(({ bypass }) => bypass.actor),
      ['bea'],
    )
  })

  test(`words go with all that they find, and who sought them stays; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID)
    await house.trail.append({
      ...OTHER,
      exchange: idOf(60),
      at: NOON,
      session: 'other',
      model: 'm',
      text: 'a customer of ours',
    })
    const line = { at: NOON - 5, kind: 'read', via: 'server', reader: DOER.who, count: 3, times: 2 } as const
    const asked = [
      'user:bea customer Wunderlich after:2h',
      '"noted Katharina"',
      '-wunderlich model:m',
      'customer',
      'kangaroo "no such phrase"',
      'session:s',
      'session:other',
      idOf(1, AT[1]),
      `half a "quote katharina`,
    ]
    const read = { ...line, did: 'searched', content: true } as const
    for (const [nth, of] of asked.entries()) await house.trail.append({ ...read, exchange: idOf(100 + nth), of })
    const searched = { kind: 'searched', at: NOON - 5, via: 'server', fingerprint: 'f', found: 0 } as const
    for (const [nth, query] of ['katharina', 'customer'].entries())
      await house.trail.append({ ...searched, exchange: idOf(200 + nth), query })
    assert.equal((await house.erasure.plan({ session: 's' })).notes, 6)
    const { id } = await house.custody.holds.add({ exchange: idOf(101) }, DOER)
    await assert.rejects(house.erasure.erase({ session: 's' }, DOER), { code: 'custody.held' })
    await house.custody.holds.release(id, DOER)
    assert.equal((await house.erasure.erase({ session: 's' }, DOER)).notes, 6)
    const left = (await house.trail.reads(100)).map(({ read }) => read)
    assert.deepEqual(
      left.map(({ of, was, insteadOf }) => [of, was, insteadOf]),
      [
        ...['customer', 'kangaroo "no such phrase"', 'session:other', idOf(1, AT[1])].map((of) => [
          of,
          undefined,
          undefined,
        ]),
        [`user:bea customer ${MASK} after:2h`, NOON - 5, 10],
        [MASK, NOON - 5, 11],
        [`${MASK} model:m`, NOON - 5, 12],
        [MASK, NOON - 5, 15],
        [`half a "quote ${MASK}`, NOON - 5, 18],
      ],
    )
    assert.ok(
      left.every(
        ({ reader, count, times, did }) => reader.value === 'dpo' && count === 3 && times === 2 && did === 'searched',
      ),
    )
    assert.deepEqual(
      (await house.trail.searches()).map(({ searched: { query, was } }) => [query, was]),
      [
        ['customer', undefined],
        [MASK, NOON - 5],
      ],
    )
  })

  test(`what was read in the last minute is a line before words are looked for, and a line in another’s place is put once; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID.slice(0, 2))
    let uuid = 9000
    const reads = new Reads({ ...house.house, uuid: () => idOf(uuid++) })
    const of = 'wunderlich'
    await reads.note({ did: 'searched', via: 'server', reader: DOER.who, of, content: true, count: 1 })
    await reads.note({ did: 'searched', via: 'server', reader: DOER.who, of, content: true, count: 4 })
    const { trail } = house
    const { revise } = trail.dayFiles
    const erasure = () =>
      new Erasure({ ...house.house, holds: house.custody.holds, settle: () => reads.flush(), uuid: () => idOf(uuid++) })
    Object.assign(trail.dayFiles, { revise: () => Promise.reject(new Error('killed')) })
    await assert.rejects(erasure().erase({ session: 's' }, DOER), /killed/)
    await assert.rejects(erasure().resume(), /killed/)
    Object.assign(trail.dayFiles, { revise })
    assert.equal(await erasure().resume(), 1)
    await reads.close()
    assert.deepEqual(
      (await trail.reads(100)).map(({ read }) => [read.of, read.count]),
      [
        [MASK, 1],
        [MASK, 4],
      ],
    )
  })

  test(`a hold, a statute or an open exchange forbids it whole; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID.slice(0, 2))
    await converse(house, [], {})
    const { id } = await house.custody.holds.add({ exchange: idOf(0, AT[0]) }, DOER)
    await assert.rejects(house.erasure.erase({ user: 'ana' }, DOER), { code: 'custody.held' })
    await house.custody.holds.release(id, DOER)
    const bob = { actor: { id: 'bob', kind: 'person', name: 'ana', groups: [] } } as const
    await house.trail.append({ ...OTHER, ...bob, exchange: idOf(40), at: NOON, retain: 'sec-17a-4' })
    await assert.rejects(house.erasure.erase({ user: 'bob' }, DOER), { code: 'custody.worm' })
    await house.trail.append({ ...OTHER, ...bob, kind: 'asked', exchange: idOf(41), at: NOON, session: 'o' })
    await assert.rejects(house.erasure.erase({ session: 'o' }, DOER), { code: 'custody.open' })
    await assert.rejects(house.erasure.erase({ user: 'nobody' }, DOER), { code: 'custody.nothing' })
    await assert.rejects(house.erasure.erase({}, DOER), { code: 'usage.option' })
    assert.equal((await found(house, '')).length, 4)
    await house.erasure.erase({ user: 'ana' }, DOER)
    assert.deepEqual(await found(house, ''), [41, 40])
  })

  test(`of who has no exchange here the lines that name him lose it; ${store}`, async (t) => {
    const { trail, erasure } = await open(t, store)
    const line = { kind: 'read', at: NOON, did: 'listed', via: 'local', reader: DOER.who, content: false } as const
    await trail.append({ ...line, exchange: idOf(60), of: 'user:gone after:2026-11-01', count: 0, times: 1 })
    const { exchanges, notes } = await erasure.plan({ user: 'gone' })
    assert.deepEqual([exchanges, notes], [0, 1])
    await erasure.erase({ user: 'gone' }, DOER)
    assert.match((await trail.reads(9))[0]?.read.of ?? '', /^"\[masked:erased\]" after:2026-11-01$/)
    await assert.rejects(erasure.erase({ user: 'gone' }, DOER), { code: 'custody.nothing' })
  })

  test(`plans that name a misspelt user make his erasure none of something, and go with another line; ${store}`, async (t) => {
    const { trail, erasure } = await open(t, store)
    const line = { kind: 'read', at: NOON, did: 'listed', via: 'local', reader: DOER.who, content: false } as const
    const plan = { ...line, of: 'user:"anna"', format: 'erase', count: 0, times: 1 } as const
    await trail.append({ ...plan, exchange: idOf(60) })
    await trail.append({ ...plan, exchange: idOf(61), of: 'user:"ANNA"' })
    assert.equal((await erasure.plan({ user: 'anna' })).notes, 0)
    await assert.rejects(erasure.erase({ user: 'anna' }, DOER), { code: 'custody.nothing' })
    assert.deepEqual((await trail.reads(9)).map(({ read }) => read.of).sort(), ['user:"ANNA"', 'user:"anna"'])
    await trail.append({ ...line, exchange: idOf(62), of: 'user:anna', count: 0, times: 1 })
    assert.equal((await erasure.erase({ user: 'anna' }, DOER)).notes, 3)
  })

  test(`a later turn that is open forbids it, for its reply may say it again; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID.slice(0, 3))
    const later = { ...OTHER, kind: 'asked', exchange: idOf(41), at: NOON, session: 's' } as const
    await house.trail.append(later)
    const scope = { exchange: idOf(1, AT[1]) }
    assert.equal((await house.erasure.plan(scope)).open, 1)
    await assert.rejects(house.erasure.erase(scope, DOER), { code: 'custody.open' })
    const ended = { kind: 'replied', exchange: idOf(41), at: NOON, status: 200, findings: [], timings: {} } as const
    await house.trail.append({ ...ended, body: bodyOf(JSON.stringify({ said: SAID[1][1] })) })
    const { later: count, begun } = await house.erasure.erase(scope, DOER)
    assert.deepEqual([count, begun], [2, 0])
    const row = await house.trail.exchange(idOf(41))
    assert.equal(Buffer.from(row?.ending?.body?.bytes ?? '').toString(), `{"said":${MASK}}`)
  })

  test(`an erasure that was cut short is done by the next process; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID)
    const { trail } = house
    const { revise } = trail.dayFiles
    let left = 0
    const dying: typeof revise = (revision) => (left-- > 0 ? revise(revision) : Promise.reject(new Error('killed')))
    Object.assign(trail.dayFiles, { revise: dying })
    await assert.rejects(house.erasure.erase({ exchange: idOf(1, AT[1]) }, DOER), /killed/)
    for (const steps of [0, 1, 0]) {
      left = steps
      await assert.rejects(house.erasure.resume(), /killed/)
      assert.ok(await trail.exchange(idOf(1, AT[1])))
    }
    Object.assign(trail.dayFiles, { revise })
    assert.equal(await house.erasure.resume(), 1)
    assert.equal(await trail.exchange(idOf(1, AT[1])), undefined)
    assert.ok(!(await textOf(house, 3)).join('').includes('the customer is Katharina'))
    assert.equal(await house.erasure.resume(), 0)
    assert.equal((await trail.custody()).length, 1)
  })

  test(`what is not on the record is not erased; ${store}`, async (t) => {
    const house = await open(t, store)
    await converse(house, SAID.slice(0, 1))
    await house.trail.documents.put('erasing', 'x', { id: idOf(77), ids: [idOf(0, AT[0])], sessions: ['s'], notes: [] })
    assert.equal(await house.erasure.resume(), 0)
    assert.ok(await house.trail.exchange(idOf(0, AT[0])))
  })

  test(`what is no erasure by its form stops nothing; ${store}`, async (t) => {
    const house = await open(t, store)
    for (const [nth, value] of [null, {}, [], { id: 'x' }, { id: 'x', ids: 5, sessions: [], notes: [] }].entries())
      await house.trail.documents.put('erasing', `x${nth}`, value)
    assert.deepEqual([await house.erasure.resume(), await house.erasure.waiting()], [0, []])
  })
}

test('what the entry does not list is not erased, nor cut out of later turns, and is told', async (t) => {
  const house = await open(t, 'sqlite')
  const { trail, erasure } = house
  await converse(house, SAID)
  const mine = await trail.append(readOf(70, 'quux'))
  await erasure.erase({ exchange: idOf(0, AT[0]) }, DOER)
  const [entry] = await trail.custody()
  const before = await textOf(house, 3)
  const id = entry?.note.exchange ?? ''
  const notes = [{ seq: mine, file: '2026-11-24.notes.db', lost: [0] }]
  await trail.documents.put('erasing', id, { id, ids: [idOf(0, AT[0]), idOf(1, AT[1])], sessions: ['s'], notes })
  const told: (readonly number[])[] = []
  assert.equal(await erasure.resume({ more: (...one) => told.push(one) }), 1)
  assert.deepEqual(told, [[entry?.seq, 2]])
  assert.ok(await trail.exchange(idOf(1, AT[1])))
  assert.deepEqual(await textOf(house, 3), before)
  assert.equal((await trail.reads(9)).find(({ seq }) => seq === mine)?.read.of, 'quux')
  assert.equal((await trail.custody()).length, 1)
  assert.deepEqual(await trail.documents.list('erasing'), [])
})

test('of an entry that lists none no more goes than it says', async (t) => {
  const house = await open(t, 'sqlite')
  const { trail, erasure } = house
  await converse(house, SAID)
  const id = idOf(90)
  const counts = { exchanges: 1, sessions: 1, later: 0, notes: 0 }
  await trail.append({ kind: 'erase', exchange: id, at: NOON, ...DOER, scope: { user: 'x' }, ...counts })
  await trail.documents.put('erasing', id, { id, ids: [idOf(0, AT[0]), idOf(1, AT[1])], sessions: ['s'], notes: [] })
  const told: number[] = []
  assert.equal(await erasure.resume({ more: (_, count) => told.push(count) }), 1)
  assert.deepEqual(told, [1])
  assert.equal(await trail.exchange(idOf(0, AT[0])), undefined)
  assert.ok(await trail.exchange(idOf(1, AT[1])))
})
