/** Erasing and rescanning what is recorded: what goes, what of later turns, what forbids it, and that both go on after a stop. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { cpSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Ending, Keyring, Opening, Read } from '#exchange'
import { compile, RULES } from '#masking'
import { Custody, type Doer, openTrail, parseQuery, Reads, type StoreName } from '#trail'
import { chunk, DONE, SECRET } from '../house.case.ts'
import { Erasure } from './erasure.ts'
import { Rescan } from './rescan.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const DAY = 86_400_000
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DOER: Doer & { basis: string } = { who: { value: 'dpo', source: 'declared' }, why: 'asked for', basis: 'Art. 17' }

const idOf = (nth: number, at = NOON) =>
  `${(at + nth)
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-${String(nth).padStart(12, '0')}`
const bodyOf = (text: string, type = 'application/json') => ({
  bytes: Buffer.from(text),
  type,
  received: 'aa',
  sent: 'bb',
})

async function open(t: TestContext, store: StoreName) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-erasure-'))
  const trail = await openTrail({ folder, keyring, now: () => NOON, store })
  let count = 5000
  const house = { trail, keyring, now: () => NOON, clock: () => performance.now(), uuid: () => idOf(count++) }
  const custody = new Custody(house)
  let forgot = 0
  const erasure = new Erasure({ ...house, holds: custody.holds, forget: () => void forgot++ })
  t.after(async () => {
    await trail.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { folder, trail, custody, erasure, house, forgot: () => forgot }
}

type Open = Awaited<ReturnType<typeof open>>

const LONG = Array.from({ length: 300 }, (_, at) => `line ${at * 7919} of the tool’s own words`).join('\n')

/** A session that resends its history: each turn adds what its user says and what was answered. */
async function converse({ trail }: Open, said: readonly (readonly [string, string])[], more: Partial<Opening> = {}) {
  const messages: object[] = [{ role: 'system', content: LONG }]
  for (const [nth, [prompt, reply]] of said.entries()) {
    const at = NOON - DAY * (nth < 2 ? 1 : 0)
    const exchange = idOf(nth, at)
    messages.push({ role: 'user', content: prompt })
    const body = JSON.stringify({ model: 'm', stream: true, messages })
    const opening: Opening = {
      ...{ kind: 'asked', exchange, at, door: 'reverse', method: 'POST', path: '/v1/chat/completions', route: 'chat' },
      ...{ facts: {}, findings: [], session: 's', model: 'm', body: bodyOf(body), text: prompt },
      ...{ actor: { id: 'ana', kind: 'person', name: 'Ana', groups: [] } },
      ...more,
    }
    const cut = Math.ceil(reply.length / 2)
    const events = [chunk(reply.slice(0, cut)), chunk(reply.slice(cut)), DONE].join('')
    const ending: Ending = {
      ...{ kind: 'replied', exchange, at, status: 200, delivered: 200, findings: [], timings: { end: 1 } },
      ...{ body: bodyOf(events, 'text/event-stream'), text: reply },
    }
    await trail.append(opening)
    await trail.append(ending)
    messages.push({ role: 'assistant', content: reply })
  }
}

const MASK = '"[masked:erased]"'
const SAID = [
  ['refactor the login page please', 'the page is refactored now'],
  ['the customer is Katharina Wunderlich', 'I noted Katharina Wunderlich, customer 4711-0815'],
  ['now write a test for it', 'a test for customer 4711-0815 is written'],
  [
    'and say who the customer is',
    'she is Katharina Wunderlich as you said: I noted Katharina Wunderlich, customer 4711-0815',
  ],
] as const
const AT = [NOON - DAY, NOON - DAY, NOON, NOON]
const found = async ({ trail }: Open, text: string) =>
  (await trail.find(parseQuery(text, NOON), { limit: 50 })).exchanges.map(({ exchange }) => Number(exchange.slice(-4)))
const textOf = async ({ trail }: Open, nth: number) => {
  const { opening, ending } = (await trail.exchange(idOf(nth, AT[nth]))) ?? {}
  return [opening?.body, ending?.body].map((body) => Buffer.from(body?.bytes ?? '').toString())
}

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
    await house.erasure.erase({ exchange: idOf(1, AT[1]) }, DOER)
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
    const more = {
      kind: 'refused',
      door: 'reverse',
      method: 'POST',
      path: '/',
      route: 'chat',
      facts: {},
      findings: [],
    } as const
    const bob = { actor: { id: 'bob', kind: 'person', name: 'ana', groups: [] } } as const
    await house.trail.append({ ...more, ...bob, exchange: idOf(40), at: NOON, retain: 'sec-17a-4' })
    await assert.rejects(house.erasure.erase({ user: 'bob' }, DOER), { code: 'custody.worm' })
    await house.trail.append({ ...more, ...bob, kind: 'asked', exchange: idOf(41), at: NOON, session: 'o' })
    await assert.rejects(house.erasure.erase({ session: 'o' }, DOER), { code: 'custody.open' })
    await assert.rejects(house.erasure.erase({ user: 'nobody' }, DOER), { code: 'custody.nothing' })
    await assert.rejects(house.erasure.erase({}, DOER), { code: 'usage.option' })
    assert.equal((await found(house, '')).length, 4)
    await house.erasure.erase({ user: 'ana' }, DOER)
    assert.deepEqual(await found(house, ''), [41, 40])
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
    for (const steps of [0, 1, 1]) {
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

  test(`what was no known secret is found and masked in place, both ways, page by page; ${store}`, async (t) => {
    const house = await open(t, store)
    const late = 'zanzibar-7731-bluebird'
    await converse(house, [
      ...SAID.slice(0, 2),
      [`my key is ${late} ok`, `your key is ${late}, and ${SECRET}`],
      ['go on', 'yes'],
    ])
    const engine = compile(RULES, { known: [{ id: 'late-key', value: late }] })
    const rescan = new Rescan({ ...house.house, engine: () => engine, policy: () => 'c0'.repeat(32) })
    const page = await rescan.page(0, DOER)
    assert.deepEqual([page.seen, page.reached, page.resumed, page.seq], [4, undefined, false, 9])
    assert.deepEqual(
      page.found.map(({ exchange, who, model, direction, rules }) => [
        Number(exchange.slice(-4)),
        who,
        model,
        direction,
        rules,
      ]),
      [
        [3, 'ana', 'm', 'prompt', ['late-key', 'github-pat']],
        [2, 'ana', 'm', 'prompt', ['late-key']],
        [2, 'ana', 'm', 'reply', ['late-key', 'github-pat']],
      ],
    )
    for (const nth of [0, 1, 2, 3]) {
      const text = (await textOf(house, nth)).join('')
      assert.ok(!text.includes('zanzibar') && !text.includes(SECRET.slice(0, 12)), String(nth))
    }
    assert.match((await textOf(house, 2)).join(''), /my key is \[masked:late-key(#[a-z0-9]{4})?\] ok/)
    assert.deepEqual(await found(house, 'zanzibar'), [])
    assert.deepEqual(await found(house, 'rule:late-key has:finding'), [3, 2])
    const [note] = (await house.trail.custody()).map((each) => each.note)
    assert.ok(note?.kind === 'redact' && note.bodies.length === 3 && note.policy === 'c0'.repeat(32))
    const again = await rescan.page(0, DOER)
    assert.deepEqual([again.found, again.seq, (await house.trail.custody()).length], [[], undefined, 1])
  })
}

test('a rescan goes on where it was stopped, and begins anew for another time', async (t) => {
  const house = await open(t, 'memory')
  await converse(
    house,
    Array.from({ length: 120 }, (_, nth) => [`say ${nth}`, `said ${nth}`] as const),
  )
  const engine = compile(RULES)
  const first = await new Rescan({ ...house.house, engine: () => engine }).page(0, DOER)
  assert.deepEqual([first.seen, first.resumed, first.reached !== undefined], [50, false, true])
  const next = new Rescan({ ...house.house, engine: () => engine })
  const second = await next.page(0, DOER)
  assert.deepEqual([second.seen, second.resumed], [100, true])
  const third = await next.page(0, DOER)
  assert.deepEqual([third.seen, third.reached], [120, undefined])
  assert.equal((await next.page(1, DOER)).seen, 50)
  assert.deepEqual([(await next.page(0, DOER)).seen, (await next.page(0, DOER)).resumed], [50, true])
})

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

const OTHER = {
  kind: 'refused',
  door: 'reverse',
  method: 'POST',
  path: '/',
  route: 'chat',
  facts: {},
  findings: [],
} as const
