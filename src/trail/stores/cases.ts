/** The cases that every store passes, as a table. Never used by the product. */
import assert from 'node:assert/strict'
import { Fault, type Gap, type Note, type Read } from '#exchange'
import type { Store } from '../store.ts'
import { findsAmongMany, findsLines } from './edits.ts'
import { keepsApart, removesDays } from './files.ts'
import { followsEntries, standsBehindWhatVanished } from './following.ts'
import { countsSecretsOnce, tellsCase } from './lists.ts'
import { ask, bodyOf, commit, DAY, ending, finding, idOf, NOON, opening, piece } from './made.ts'
import { findsOverDays, listsSessionsOverDays } from './many-days.ts'
import { findsByPlaceAndOutcome, keepsOutcomes } from './outcomes.ts'
import { repeatsComeBack, unknownLikesAreTaken } from './repeats.ts'
import { erases, redacts, revisesAnywhere, underives } from './revising.ts'
import { rewords, rewordsAnything } from './rewording.ts'

/** The numbers, as given to `idOf`, of the exchanges that a query finds, in the order found. */
async function found(store: Store, text: string): Promise<number[]> {
  const { rows } = await store.find(ask(text), { limit: 100 })
  return rows.map(({ opening: { exchange } }) => Number.parseInt(exchange.slice(24), 16))
}

async function keepsWholeEntries(store: Store): Promise<void> {
  const exchange = idOf(1)
  const long = bodyOf('a prompt that is long enough to be compressed. '.repeat(100))
  const asked = opening(exchange, { model: 'gpt-5', tools: ['read', 'run'], body: long, text: 'a prompt' })
  const ended = ending(exchange, { usage: { input: 3 }, pace: [[1, 2]], body: bodyOf(''), text: 'a reply' })
  await commit(store, asked)
  await commit(store, ended)
  const { text: _asked, ...keptAsked } = asked
  const { text: _ended, ...keptEnded } = ended
  const kept = await store.exchange(exchange)
  assert.deepEqual(plain(kept), plain({ seq: 1, opening: keptAsked, ending: keptEnded, closing: 2 }))
}

/** As JSON, with bytes as text: buffers and arrays of the same bytes are equal. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, it) =>
      it?.type === 'Buffer'
        ? Buffer.from(it.data).toString('latin1')
        : it instanceof Uint8Array
          ? Buffer.from(it).toString('latin1')
          : it,
    ),
  )

async function keepsBytesAsTheyAre(store: Store): Promise<void> {
  for (const [at, size] of [0, 1, 511, 512, 70_000].entries()) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 7919) % 256)
    await commit(store, opening(idOf(at), { body: { ...bodyOf(''), bytes } }))
    const kept = await store.exchange(idOf(at))
    assert.ok(kept?.opening.body && Buffer.compare(kept.opening.body.bytes, bytes) === 0, `${size} bytes`)
  }
}

async function numbersEntries(store: Store): Promise<void> {
  const first = await commit(store, opening(idOf(1)), opening(idOf(2)))
  const second = await commit(store, ending(idOf(2)), opening(idOf(3, NOON + DAY)), ending(idOf(1)))
  assert.deepEqual(first.outcomes, [1, 2])
  assert.deepEqual([...second.outcomes].sort(), [3, 4, 5])
}

async function refusesWhatDoesNotFit(store: Store): Promise<void> {
  await commit(store, opening(idOf(1)), opening(idOf(2), { kind: 'refused' }))
  const wrong = await commit(
    store,
    opening(idOf(1)),
    ending(idOf(2)),
    ending(idOf(9)),
    ending(idOf(1)),
    ending(idOf(1)),
  )
  const codes = wrong.outcomes.map((outcome) => (outcome instanceof Fault ? outcome.code : outcome))
  assert.deepEqual(codes, ['gateway.internal', 'gateway.internal', 'gateway.internal', 3, 'gateway.internal'])
  assert.equal((await store.exchange(idOf(1)))?.ending?.kind, 'replied')
}

async function tellsWhatIsUnfinished(store: Store): Promise<void> {
  await commit(store, opening(idOf(1)), opening(idOf(2)), opening(idOf(3), { kind: 'refused' }), opening(idOf(4)))
  await store.commit({ entries: [], pieces: [piece(idOf(1), 'one '), piece(idOf(2), 'ein '), piece(idOf(1), 'two ')] })
  await store.commit({ entries: [ending(idOf(2))], pieces: [piece(idOf(1), 'three'), piece(idOf(2), 'zwei')] })
  await store.commit({ entries: [opening(idOf(5))], pieces: [piece(idOf(5), 'five')] })
  const told = (await store.unfinished()).map(({ opening: { exchange }, bytes }) => [
    exchange,
    Buffer.from(bytes).toString(),
  ])
  assert.deepEqual(told, [
    [idOf(1), 'one two three'],
    [idOf(4), ''],
    [idOf(5), 'five'],
  ])
}

async function findsByPrefix(store: Store): Promise<void> {
  const early = idOf(1, NOON - 10 * DAY)
  await commit(store, opening(early), opening(idOf(1)), opening(idOf(2)))
  assert.equal((await store.exchange(early.slice(0, 8)))?.opening.exchange, early)
  assert.equal((await store.exchange(idOf(2)))?.opening.exchange, idOf(2))
  await assert.rejects(store.exchange(idOf(1).slice(0, 35)), {
    code: 'trail.ambiguous',
    detail: `2 begin so: ${idOf(2)}, ${idOf(1)}`,
  })
  assert.equal(await store.exchange(idOf(3)), undefined)
}

async function fill(store: Store): Promise<void> {
  const actor = { id: 'u1', kind: 'person', name: 'Alice', groups: [] } as const
  const client = { client: { value: 'copilot-cli 1.2', source: 'declared' } } as const
  const repository = { repository: { value: 'Acme/Shop', source: 'declared' } } as const
  const deny = { kind: 'deny', rule: 'no-prod', reason: 'because' } as const
  await commit(
    store,
    opening(idOf(1, NOON - 3 * DAY), {
      at: NOON - 3 * DAY,
      actor,
      model: 'gpt-5',
      session: 's1',
      text: 'Refactor the login page',
    }),
    opening(idOf(2, NOON - DAY), {
      at: NOON - DAY,
      actor: { ...actor, id: 'u2', name: 'Bob' },
      facts: client,
      connection: 'copilot',
      text: 'call getUserName twice',
    }),
    opening(idOf(3), {
      actor,
      verdict: deny,
      facts: { ...client, ...repository },
      session: 's1',
      findings: [finding('github-token', true, 'aa11', 'bb22')],
    }),
    opening(idOf(4), { kind: 'refused', verdict: { kind: 'allow' }, session: 's2', text: 'the page of the login' }),
    ending(idOf(1, NOON - 3 * DAY), { text: 'the page now has a test', usage: { input: 10, output: 5 } }),
    ending(idOf(2, NOON - DAY), { kind: 'aborted', findings: [finding('aws-key', false, 'bb22', 's:cc33')] }),
  )
}

const QUERIES: [string, number[]][] = [
  ['', [4, 3, 2, 1]],
  ['user:alice', [3, 1]],
  ['user:U1', [3, 1]],
  ['user:alice user:bob', [3, 2, 1]],
  ['user:*', [3, 2, 1]],
  ['-user:alice', [4, 2]],
  ['-user:nobody', [4, 3, 2, 1]],
  ['user:nobody', []],
  ['model:gpt*', [1]],
  ['client:copilot-cli', [3, 2]],
  ['client:"copilot-cli 1.2"', [3, 2]],
  ['client:copilot*2', [3, 2]],
  ['connection:copilot', [2]],
  ['repo:acme/*', [3]],
  ['session:s1', [3, 1]],
  ['session:s*', [4, 3, 1]],
  ['verdict:deny', [3]],
  ['verdict:allow verdict:aborted', [4, 2]],
  ['verdict:refused', [4]],
  ['verdict:re*', [4, 1]],
  ['verdict:masked', [3]],
  ['-verdict:masked', [4, 2, 1]],
  ['-verdict:replied', [4, 3, 2]],
  ['rule:github-token', [3]],
  ['rule:no-*', [3]],
  ['rule:aws-key', [2]],
  ['-rule:aws-key', [4, 3, 1]],
  ['has:finding', [3, 2]],
  ['secret:aa11', [3]],
  ['secret:bb22', [3, 2]],
  ['secret:s:cc33', [2]],
  ['secret:aa* -secret:s:*', [3]],
  ['secret:dd44', []],
  ['-has:finding', [4, 1]],
  ['after:2d', [4, 3, 2]],
  ['before:12h', [2, 1]],
  ['after:2d before:12h', [2]],
  ['login', [4, 1]],
  ['"login page"', [1]],
  ['"the page"', [4, 1]],
  ['page login', [4, 1]],
  ['refactor test', [1]],
  ['refactor -test', []],
  ['-login', [3, 2]],
  ['getusername', [2]],
  ['get_user_name', [2]],
  ['"user name"', [2]],
  ['username', []],
  ['login user:alice', [1]],
  ['log', []],
]

async function answersQueries(store: Store): Promise<void> {
  await fill(store)
  for (const [text, expected] of QUERIES) assert.deepEqual(await found(store, text), expected, text)
}

async function pages(store: Store): Promise<void> {
  const numbers = Array.from({ length: 7 }, (_, at) => at)
  const when = (at: number) => NOON - (at % 3) * DAY
  for (const at of numbers) await commit(store, opening(idOf(at, when(at)), { text: 'word', at: when(at) }))
  for (const text of ['', 'word']) {
    const all: string[] = []
    let before: string | undefined
    do {
      const page = await store.find(ask(text), { limit: 2, ...(before && { before }) })
      all.push(...page.rows.map(({ opening: { exchange } }) => exchange))
      before = page.next
    } while (before)
    const ids = numbers.map((at) => idOf(at, when(at)))
    assert.deepEqual(all, ids.sort().reverse(), `the pages of "${text}"`)
  }
  await assert.rejects(store.find(ask(''), { limit: 2, before: 'nonsense' }), { code: 'query.syntax' })
}

async function listsSessions(store: Store): Promise<void> {
  await fill(store)
  const { rows, next } = await store.sessions(ask(''), { limit: 1 })
  const more = await store.sessions(ask(''), { limit: 5, before: next ?? '' })
  const [first, second] = [...rows, ...more.rows]
  assert.deepEqual([first?.session, second?.session, more.rows.length, more.next], ['s2', 's1', 1, undefined])
  assert.equal(second?.newest.opening.exchange, idOf(3))
  const { newest: _, ...figures } = second!
  const expected = { session: 's1', exchanges: 2, first: NOON - 3 * DAY, last: NOON, findings: 1, input: 10, output: 5 }
  assert.deepEqual(figures, expected)
  const ids = (await store.session('s1')).map((row) => row.opening.exchange)
  assert.deepEqual(ids, [idOf(1, NOON - 3 * DAY), idOf(3)])
  assert.deepEqual((await store.sessions(ask('user:bob'), { limit: 5 })).rows, [])
  assert.equal((await store.sessions(ask('login'), { limit: 5 })).rows.length, 2)
}

async function keepsNotes(store: Store): Promise<void> {
  const gap: Gap = {
    kind: 'gap',
    exchange: idOf(1),
    at: NOON,
    from: 1,
    to: 2,
    count: 3,
    reason: 'full',
    signature: 'ff',
  }
  const searched: Note = {
    ...{ kind: 'searched', exchange: idOf(3), at: NOON, via: 'server', fingerprint: 'ab', query: 'q', found: 1 },
  }
  assert.deepEqual((await commit(store, gap, opening(idOf(2)), searched)).outcomes, [1, 2, 3])
  assert.deepEqual(await store.notes('gap'), [{ seq: 1, note: gap }])
  assert.deepEqual(await store.notes('searched'), [{ seq: 3, note: searched }])
  assert.deepEqual(await found(store, ''), [2])
  const days = [5, 6, 7, 8].map((nth) => read(nth, NOON + (nth - 6) * DAY))
  assert.deepEqual((await commit(store, ...days)).outcomes.toSorted(), [4, 5, 6, 7])
  assert.deepEqual(
    (await store.notes('read')).map(({ note }) => note),
    days,
  )
  const newest = (await store.notes('read', 3)).map(({ note }) => note.exchange)
  assert.deepEqual(
    newest,
    days.slice(1).map(({ exchange }) => exchange),
  )
}

async function holdsNotesAgainstTheirProof(store: Store): Promise<void> {
  const act = { at: NOON, who: { value: 'ana', source: 'declared' }, why: 'case 17' } as const
  const hold: Note = { kind: 'hold', exchange: idOf(1), ...act, scope: { session: 's1' } }
  const release: Note = { kind: 'release', exchange: idOf(2, NOON - DAY), ...act, hold: hold.exchange }
  const ruled: Note = { kind: 'ruled', exchange: idOf(3), at: NOON, via: 'start', policy: 'ab', text: 'rules' }
  assert.deepEqual(await store.claims(['hold']), [])
  await commit(store, hold, opening(idOf(4)), ruled, read(5, NOON))
  await commit(store, release)
  assert.deepEqual(await store.claims(['hold', 'release']), [
    { seq: (await store.notes('hold'))[0]?.seq, note: hold },
    { seq: 5, note: release },
  ])
  assert.deepEqual(
    (await store.claims(['ruled'])).map(({ note, mark }) => [note, mark]),
    [[ruled, undefined]],
  )
}

const read = (nth: number, at: number): Read => ({
  ...{ kind: 'read', exchange: idOf(nth, at), at, did: 'viewed', via: 'server', of: idOf(2) },
  ...{ reader: { value: 'ana', source: 'declared' }, content: true, count: 1, times: 1 },
})

async function keepsDocuments(store: Store): Promise<void> {
  await store.putDocument('key', 'b', '{"v":1}')
  await store.putDocument('key', 'a', '{"v":2}')
  await store.putDocument('key', 'b', '{"v":3}')
  await store.putDocument('other', 'c', '{}')
  assert.deepEqual(await store.listDocuments('key'), [
    { id: 'a', json: '{"v":2}' },
    { id: 'b', json: '{"v":3}' },
  ])
  assert.equal(await store.getDocument('key', 'a'), '{"v":2}')
  assert.equal(await store.getDocument('key', 'c'), undefined)
  assert.deepEqual([await store.deleteDocument('key', 'a'), await store.deleteDocument('key', 'a')], [true, false])
}

/** A session under another key, where there are keys: all of it is as it was, and nothing of it is told as not to be opened. */
async function rekeys(store: Store): Promise<void> {
  for (const [nth, session] of ['s', 's', undefined].entries())
    await commit(store, opening(idOf(nth), { body: bodyOf(`prompt ${nth}`), ...(session && { session }) }))
  await commit(store, ending(idOf(1), { body: bodyOf('a reply') }))
  for (const session of ['s', undefined, 'nobody']) {
    await store.rekey(session)
    assert.deepEqual(await store.unopened(session), [])
  }
  const rows = await Promise.all([0, 1, 2].map((nth) => store.exchange(idOf(nth))))
  const told = rows.flatMap((row) => [row?.opening.body, row?.ending?.body]).map((body) => body && plain(body.bytes))
  assert.deepEqual(told, ['prompt 0', undefined, 'prompt 1', 'a reply', 'prompt 2', undefined])
}

async function standsHostileValues(store: Store): Promise<void> {
  const name = `'; DROP TABLE entries; -- "\u0000\u202e*\n`
  const actor = { id: name, kind: 'person', name, groups: [] } as const
  await commit(store, opening(idOf(1), { actor, model: '*', session: '"', text: `${name} NEAR(a b) OR *` }))
  assert.equal((await store.exchange(idOf(1)))?.opening.actor?.name, name)
  assert.deepEqual(await found(store, `"drop table entries"`), [1])
  assert.deepEqual(await found(store, `user:"'; drop*"`), [1])
  assert.deepEqual(await found(store, `NEAR OR "NEAR(a"`), [1])
}

const MAKE = { idOf, opening, noon: NOON }

/** Each case gets a store of its own, empty. */
export const CASES: readonly [string, (store: Store) => Promise<void>][] = [
  ['keeps whole entries', keepsWholeEntries],
  ['keeps bytes as they are', keepsBytesAsTheyAre],
  ['puts bodies together that repeat earlier ones', (store) => repeatsComeBack(store, MAKE)],
  ['takes a body that is like none it has', (store) => unknownLikesAreTaken(store, MAKE)],
  ['numbers entries without a hole', numbersEntries],
  ['refuses what does not fit an exchange', refusesWhatDoesNotFit],
  ['tells what is unfinished, with its bytes in order', tellsWhatIsUnfinished],
  ['finds an exchange by a prefix that only it has', findsByPrefix],
  ['answers queries', answersQueries],
  ['goes through a list page by page', pages],
  ['lists sessions', listsSessions],
  ['finds over days and files, page by page', findsOverDays],
  ['lists sessions over days and files', listsSessionsOverDays],
  ['keeps apart what is kept for different times', keepsApart],
  ['removes days', removesDays],
  ['erases exchanges', erases],
  ['writes bodies anew', redacts],
  ['finds a body that is written anew by what it says still', rewords],
  ['finds it so whatever it was and is', rewordsAnything],
  ['takes what was derived of a reply that is written anew', underives],
  ['takes out and writes anew anywhere, and all else stays', revisesAnywhere],
  ['gives entries in order, page by page', followsEntries],
  ['writes nothing in the places of entries that vanished', standsBehindWhatVanished],
  ['tells sessions apart whose ids differ in case', tellsCase],
  ['counts a secret once that is repeated', countsSecretsOnce],
  ['keeps what became of suggestions', keepsOutcomes],
  ['finds exchanges by account, place and outcome', findsByPlaceAndOutcome],
  ['keeps notes', keepsNotes],
  ['holds notes against their proof', holdsNotesAgainstTheirProof],
  ['keeps what replies brought, and finds it by its lines', findsLines],
  ['finds lines among many', findsAmongMany],
  ['keeps documents', keepsDocuments],
  ['reads all under another key as before', rekeys],
  ['stands hostile values', standsHostileValues],
]
