/** What was done to the record is listed and shown by the command line: by whom, why, on what basis; nothing in it drives the terminal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, Fault, type Note } from '#exchange'
import { AT, drives, exchangeOf, HOSTILE, idOf, refusedOf } from './entries.case.ts'
import { openHouse } from './house.case.ts'

const act = (nth: number, why = 'why it was') =>
  ({ exchange: idOf(nth), at: AT + nth, who: { value: 'root', source: 'observed' }, why }) as const
const SEALED = { origin: 'first', size: 9, root: 'ab' } as const

const erase = { kind: 'erase', ...act(60), basis: 'GDPR 17', scope: { user: 'd1' } } as const
const ERASED: Note = { ...erase, exchanges: 1, sessions: 1, later: 2, notes: 3, took: [0, 1, 1, 3, 40, 1] }

/** One of each kind that `trail log` lists, and of those that have lists of their own. */
const NOTES: readonly Note[] = [
  ERASED,
  { kind: 'hold', ...act(61, HOSTILE), scope: { connection: 'demo', query: 'd2', since: AT } },
  { kind: 'release', ...act(62), hold: idOf(61) },
  { kind: 'purge', ...act(63), days: [{ day: '2026-11-14', retain: '1d', entries: 3, exchanges: 1, took: [499, 2] }] },
  {
    kind: 'redact',
    ...act(64),
    policy: 'c0',
    bodies: [{ exchange: idOf(1), part: 'prompt', rules: ['r1', 'r2'], commitment: 'c' }],
  },
  { kind: 'begun', ...act(65), origin: 'second', former: SEALED, known: { ...SEALED, size: 12 } },
  {
    ...{ kind: 'rotated', exchange: idOf(66), at: AT, via: 'local', key: 'k2', former: ['k1'], rewrapped: 2, lost: 1 },
    reader: { value: 'ana', source: 'declared' },
  },
  {
    ...{ kind: 'restored', exchange: idOf(67), at: AT, reader: { value: 'ana', source: 'observed' }, from: 'b1' },
    ...{ taken: AT, last: 8, sealed: 7, known: 7, erasures: 1, holds: 0, revocations: 0, voided: 1 },
  },
  { kind: 'ruled', exchange: idOf(68), at: AT, via: 'reload', policy: 'c0', text: '{"rules":[1]}' },
  { kind: 'gap', exchange: idOf(69), at: AT, from: AT, to: AT + 5, count: 4, reason: HOSTILE, signature: 's' },
  { kind: 'vanished', exchange: idOf(70), at: AT, from: 3, to: 5 },
  {
    ...{ kind: 'read', exchange: idOf(71), at: AT, via: 'local', did: 'exported', of: 'user:ana', content: true },
    ...{ reader: { value: 'bea', source: 'declared' }, format: 'csv', count: 7, times: 2 },
  },
]

const house = (t: Parameters<typeof openHouse>[0]) =>
  openHouse(t, [...exchangeOf({ nth: 1, text: 'text' }), refusedOf(2, 'x'), ...NOTES] satisfies Entry[])

test('what was done to the record is listed, newest first, by kind and since when', async (t) => {
  const { run, trail } = await house(t)
  const told = await run('trail', 'log')
  assert.equal(told.code, 0, told.err)
  assert.ok(!drives(told.out), told.out)
  const rows = told.out.trim().split('\n')
  assert.match(rows[0] ?? '', /^entry +when +did +who +what$/)
  const did = rows.slice(1).map((row) => row.split(/ {2,}/)[2])
  const kinds = NOTES.filter(({ kind }) => kind !== 'read').map(({ kind }) => kind)
  assert.deepEqual(did, kinds.toReversed())
  assert.match(rows.at(-1) ?? '', /^4 +\S+ \S+ +erase +root \(observed\) +1 exchange, GDPR 17: why it was$/)
  assert.match(rows.at(-4) ?? '', / purge +root \(observed\) +2026-11-14: 1 exchange: why it was$/)
  const one = JSON.parse((await run('trail', 'log', '--kind', 'erase', '--json')).out)
  assert.deepEqual(one, { entries: [{ seq: 4, kind: 'erase', note: ERASED }], more: 0 })
  const few = await run('trail', 'log', '--limit', '2')
  assert.equal(few.out.trim().split('\n').length, 3)
  assert.match(few.err, /^9 more before these/)
  assert.match((await run('trail', 'log', '--since', '2026-11-25')).err, /^nothing was done to the record/)
  assert.equal((await run('trail', 'log', '--kind', 'asked')).code, 2)
  const reads = (await trail.reads(9)).map(({ read }) => `${read.did} ${read.format} ${read.of}`)
  assert.ok(reads.includes('listed log erase'), reads.join())
})

test('each is shown with all that it says, by its number, its id or the beginning of that', async (t) => {
  const { run } = await house(t)
  for (const [at, note] of NOTES.entries()) {
    const told = await run('show', String(at + 4))
    assert.equal(told.code, 0, told.err)
    assert.ok(!drives(told.out), told.out)
    const [head, first] = told.out.split('\n')
    assert.equal(head, `${note.exchange}  ${note.kind}`)
    assert.match(first ?? '', new RegExp(`^ {2}entry +${at + 4}$`))
    const byId = await run('show', note.exchange)
    if (note.kind === 'read') assert.match(byId.err, /\[trail\.absent\]/, 'there may be very many')
    else assert.deepEqual(byId.out, told.out)
    const why = 'why' in note ? note.why : 'reason' in note ? note.reason : undefined
    if (why === 'why it was') assert.match(told.out, / {2}why +why it was\n/)
    if (why === HOSTILE) assert.match(told.out, / {2}(why|reason) +\\u\{1b\}\]0;owned/)
  }
  const erased = (await run('show', idOf(60))).out
  for (const row of [
    /who +root \(observed\)/,
    /basis +GDPR 17/,
    /of +user d1 \(user as a keyed digest\)/,
    /cut +2 later exchanges of those sessions/,
    /entries +1, 3–5, 46/,
  ])
    assert.match(erased, row)
  assert.match((await run('show', '12')).out, /── rules\n\{\n {2}"rules"/)
  assert.equal((await run('show', '1')).out, (await run('show', idOf(1))).out, 'an entry of an exchange')
  assert.deepEqual(JSON.parse((await run('show', '4', '--json')).out), { seq: 4, note: ERASED })
  assert.equal((await run('show', '4', '--raw')).code, 2)
  const several = await run('show', idOf(60).slice(0, 20))
  assert.match(several.err, /\[trail\.ambiguous\]/)
})

test('of what is not there any more it is told who took it, why and on what basis', async (t) => {
  const { run, trail } = await house(t)
  await trail.dayFiles.revise({ by: idOf(60), erased: [idOf(1)], bodies: [], notes: [] })
  const gone = await run('show', idOf(1))
  assert.equal(gone.code, 1)
  const by = /by entry 4, 2026-11-24T\S+Z, by root \(observed\), on the basis of GDPR 17: why it was/
  assert.match(gone.err, by)
  assert.match(gone.err, /\[trail\.erased\]\n.*gatelog show <entry>/)
  assert.match((await run('show', '46')).err, by, 'by its number')
  assert.match(
    (await run('show', '500')).err,
    /no such entry: 500: entry 7 removed its day: \S+, by root \(observed\): why it was/,
  )
  const old = idOf(5, Date.UTC(2026, 10, 14, 9))
  assert.match((await run('show', old)).err, /; entry 7 removed entries of its day, 2026-11-14: .* \[trail\.absent\]/)
  for (const number of ['0', '999', '99999999'])
    assert.match(
      (await run('show', number)).err,
      new RegExp(`no such entry: ${number} \\[trail\\.entry\\]\\n.*gatelog trail log`),
    )
  for (const begun of ['01999999', 'abcdef01'])
    assert.match((await run('show', begun)).err, new RegExp(`no such exchange: ${begun} \\[trail\\.absent\\]`))
  trail.claims = async () => [{ seq: 4, note: ERASED, mark: 'unproven' }]
  assert.match((await run('show', idOf(1))).err, /why it was \(UNPROVEN: nobody wrote it who had the key/)
  trail.claims = async () => [{ seq: 4, mark: 'changed', sealed: { kind: 'erase' } }]
  assert.match((await run('trail', 'log')).out, /^4 +CHANGED, erase +what stands here is no entry by its form$/m)
  trail.claims = async () => [{ seq: 4, note: ERASED }]
  trail.marks = async () => Promise.reject(new Fault('seal.damaged', 'text'))
  const unknown = await run('trail', 'log')
  assert.match(unknown.err, /cannot be held against the log \(SEAL UNKNOWN\)/)
  assert.match(unknown.out, /SEAL UNKNOWN, erase/)
})
