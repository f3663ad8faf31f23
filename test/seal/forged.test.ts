/** Lines that are no entries by their form stop nothing that reads the record, and are told wherever they would be shown. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, type TestContext, test } from 'node:test'
import { logIn } from '../../src/app/sealed-log.ts'
import { moment } from '../../src/cli/terminal.ts'
import { asSealed, shown } from '../../src/console/shown.ts'
import { FORMATS } from '../../src/export/formats/index.ts'
import { gather } from '../../src/export/gather.ts'
import type { Row } from '../../src/export/row.ts'
import { isEntry } from '../../src/trail/form.ts'
import { parseQuery, type Trail } from '../../src/trail/index.ts'
import { sealIn } from '../../src/trail/seal/files.ts'
import { FIELDS, printSalts, saltOf } from '../../src/trail/seal/leaf.ts'
import { idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import {
  ACT,
  type Change,
  DAY,
  forge,
  hasEntry,
  look,
  lookAt,
  markAnew,
  mutated,
  open,
  SIZE,
  setUp,
  sql,
  swapBodies,
  tearDown,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

const read = { kind: 'read', exchange: idOf(8000), at: NOON, did: 'viewed', via: 'local', of: '', content: false }
const whole = { ...read, reader: { value: 'x', source: 'observed' }, count: 1, times: 1 }

const BYPASS = {
  ...{ kind: 'bypass', exchange: idOf(8000), at: NOON, source: 'declared', via: 'otlp' },
  happened: NOON,
}
/** The last ms of the year 9999. */
const LAST = Date.UTC(10_000) - 1

/** Each is refused by its form: it claims to be of a kind and lacks what all of that kind have, or is nothing at all. */
const FORMLESS: readonly unknown[] = [
  { ...read, at: 'x' },
  read,
  { ...whole, at: 1e300 },
  { ...whole, at: LAST + 1 },
  { ...whole, at: -1 },
  { ...whole, late: { at: 8.64e15 } },
  { ...BYPASS, happened: 8.64e15 },
  { ...ACT, kind: 'hold', scope: { until: 8.64e15 } },
  { ...whole, exchange: 'x' },
  { ...whole, of: { deep: true } },
  { ...whole, late: { at: 'x' } },
  { ...whole, more: 'DEEP' },
  { kind: 'read' },
  { kind: 'searched', exchange: idOf(8000), at: NOON },
  { ...ACT, kind: 'purge', days: 5 },
  { ...ACT, kind: 'purge', days: [null] },
  { ...ACT, kind: 'erase', scope: null },
  { ...ACT, kind: 'redact', bodies: [{ exchange: 7 }] },
  { ...ACT, kind: 'begun' },
  { ...ACT, kind: 'hold', scope: [] },
  { ...ACT, kind: 'gap' },
  { ...ACT, kind: 'bypass', happened: 'never' },
  { ...ACT, kind: 'ruled', policy: 5 },
  { ...ACT, kind: 'restored' },
  { ...opening(idOf(8000)), findings: 5 },
  { ...opening(idOf(8000)), facts: { client: 'x' } },
  { ...opening(idOf(8000)), actor: { id: 'x' } },
  { kind: 'replied', exchange: idOf(8000), at: NOON },
  { kind: 'outcome', exchange: idOf(8000), at: NOON },
  { kind: 'toString', exchange: idOf(8000), at: NOON },
  { kind: '__proto__' },
  {},
  [],
  null,
  'asked',
  5,
]

test('a time that an entry may tell is shown in every zone', (t) => {
  const zone = process.env['TZ']
  t.after(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })
  const widest = 8.64e15 - DAY
  for (const [name, last] of [
    ['Pacific/Kiritimati', '10000-01-01 13:59:59'],
    ['Pacific/Pago_Pago', '9999-12-31 12:59:59'],
  ] as const) {
    process.env['TZ'] = name
    for (const at of [0, LAST]) assert.ok(isEntry({ ...whole, at }) && isEntry({ ...BYPASS, happened: at }))
    for (const at of [-1, LAST + 1]) assert.ok(!isEntry({ ...whole, at }) && !isEntry({ ...BYPASS, happened: at }))
    for (const since of [-widest, widest]) assert.ok(isEntry({ ...ACT, kind: 'hold', scope: { since } }))
    for (const at of [0, -widest, widest]) assert.match(moment(at), /^[+-]?\d{4,6}-\d\d-/)
    assert.match(moment(LAST), new RegExp(`^\\+?0*${last.slice(0, -3)}`))
  }
})

const all: Change = async (folder) => {
  for (const [at, line] of FORMLESS.entries()) forge(folder, line as object, SIZE + 1 + at)
  forge(folder, whole, SIZE + 1 + FORMLESS.length)
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  sql(folder, `UPDATE entries SET json = replace(json, '"DEEP"', ?) WHERE seq > ${SIZE}`, deep)
  sql(folder, `UPDATE entries SET json = '{' WHERE seq = ${SIZE + 2}`)
}

const LOG = { origin: 'x', size: Number.MAX_SAFE_INTEGER, leaf: () => undefined }
const WANTED = { content: false, openings: true, rows: 10_000 }

async function rowsAfter(trail: Trail, after: number, content = false): Promise<readonly Row[]> {
  const { rows, seq } = await gather(trail, after, { ...WANTED, content }, { log: LOG, waits: false, now: NOON })
  assert.ok(seq > after)
  for (const row of rows)
    for (const format of Object.values(FORMATS)) assert.equal(typeof format.lines(row, content), 'string')
  return rows
}

/** Runs on a record after a change. */
async function on(
  t: TestContext,
  change: Change,
  work: (trail: Trail, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mutated(t, change)
  const trail = await lookAt(folder)
  try {
    await work(trail, folder)
  } finally {
    await trail.close()
  }
}

test('exports go on past each line that is no entry, and tell it', (t) =>
  on(t, all, async (trail) => {
    const rows = await rowsAfter(trail, SIZE)
    assert.deepEqual(
      rows.map(({ seq, kind, seal }) => [seq, kind, seal]),
      [
        ...FORMLESS.map((_, at) => [SIZE + 1 + at, 'forged', 'forged']),
        [SIZE + 1 + FORMLESS.length, 'read', 'unproven'],
      ],
    )
  }))

test('lists, custody, policies and proofs leave them out', (t) =>
  on(t, all, async (trail) => {
    assert.deepEqual(
      (await trail.reads(100)).map(({ seq }) => seq),
      [SIZE + 1 + FORMLESS.length],
    )
    for (const none of [trail.custody(), trail.policies(), trail.gaps(), trail.searches(), trail.bypasses()])
      assert.deepEqual(await none, [])
    let lines = 0
    const query = parseQuery('after:2026-11-01', NOON)
    for await (const _line of trail.prove({ query, now: NOON }, { bodies: false })) lines += 1
    assert.ok(lines > SIZE)
  }))

test('verify calls each forged, whatever kind it claims, before a server was started on it and after', async (t) => {
  const folder = await mutated(t, all)
  const forged = async () => {
    const { alarms } = await look(folder)
    return alarms.flatMap(({ harm, seq }) => (harm === 'forged' || harm === 'unreadable' ? [seq] : []))
  }
  const seqs = FORMLESS.map((_, at) => SIZE + 1 + at)
  assert.deepEqual(
    (await forged()).filter((seq) => seq !== SIZE + 1 + FORMLESS.length),
    seqs,
  )
  await (await open(folder, true)).close()
  assert.deepEqual(
    (await forged()).filter((seq) => seq !== SIZE + 1 + FORMLESS.length),
    seqs,
  )
})

const emptied =
  (seq: number, json: string): Change =>
  (f) =>
    sql(f, 'UPDATE entries SET json = ? WHERE seq = ?', json, seq)

test('an exchange whose opening or ending is no entry is shown as forged', async (t) => {
  for (const json of ['{', '{"kind":"read"}', '[]', '{"kind":"asked"}', JSON.stringify(whole)])
    await on(t, emptied(77, json), async (trail) => {
      const found = await trail.exchange(idOf(76))
      assert.deepEqual([found?.opening.exchange, found?.forged], [idOf(76), [77]])
      const told = shown(asSealed(found!, await trail.standing(idOf(76), [77, 78])))
      assert.match(told.opening.reason ?? '', /^FORGED/)
      const { exchanges } = await trail.find(parseQuery('', NOON), { limit: 1000 })
      assert.ok(exchanges.find(({ exchange }) => exchange === idOf(76))?.forged)
      assert.ok((await rowsAfter(trail, 70, true)).some(({ seq, seal }) => seq === 78 && seal === 'forged'))
      const [line] = (await trail.recorded(parseQuery('', NOON), { limit: 1000 })).rows.filter(({ seq }) => seq === 77)
      assert.deepEqual(line?.forged, [77])
    })
  await on(t, emptied(78, '{"kind":"replied"}'), async (trail) => {
    const found = await trail.exchange(idOf(76))
    assert.deepEqual([found?.opening.kind, found?.ending, found?.forged], ['asked', undefined, [78]])
    assert.equal((await rowsAfter(trail, 77))[0]?.seal, 'forged')
  })
})

test('rows of the index that tell of nothing, or of something else, stop no surface', async (t) => {
  const changes: readonly Change[] = [
    (f) => sql(f, `INSERT INTO outcomes SELECT 77, 66 WHERE ${hasEntry(77)}`),
    (f) => sql(f, `INSERT INTO redacted SELECT 77, 'x', x'00', '{' WHERE ${hasEntry(77)}`),
    (f) => sql(f, `INSERT OR REPLACE INTO edits SELECT 78, x'00', 0, 'text' WHERE ${hasEntry(77)}`),
    (f) => sql(f, 'UPDATE exchanges SET closing = 9999 WHERE seq = 77'),
    (f) => sql(f, 'DELETE FROM entries WHERE seq IN (77, 78)'),
    (f) => sql(f, 'DELETE FROM exchanges WHERE seq = 77'),
  ]
  for (const change of changes) {
    const folder = await mutated(t, change)
    const trail = await open(folder, true)
    try {
      const found = await trail.exchange(idOf(76))
      if (found) shown(asSealed(found, await trail.standing(idOf(76), [77, 78])))
      await trail.find(parseQuery('', NOON), { limit: 1000 })
      for (const session of ['s0', 's1', 's2', 's3']) await trail.session(session)
      await rowsAfter(trail, 70, true)
      await trail.append(opening(idOf(8001)))
      assert.equal(trail.state.kind, 'open')
    } finally {
      await trail.close()
    }
  }
})

test('what is no opening of an open exchange keeps no server from its start', async (t) => {
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, true)
    await trail.append(opening(idOf(8000)))
    await trail.close()
    const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
    db.exec(`UPDATE exchanges SET outcome = NULL, closing = NULL WHERE seq > ${SIZE}`)
    db.exec(`UPDATE entries SET json = '{}' WHERE seq > ${SIZE}`)
    db.close()
  })
  const trail = await open(folder, true)
  await trail.append(opening(idOf(8001)))
  await trail.close()
})

test('a row says of each of its entries that it is not what was sealed, and of none that is', async (t) => {
  const ana = 'UPDATE entries SET json = replace(json, \'"Ana"\', \'"Bea"\') WHERE seq = 77'
  const cases: readonly (readonly [Change, readonly (string | undefined)[]])[] = [
    [() => undefined, [undefined, undefined]],
    [(f) => sql(f, ana), ['changed', 'changed']],
    [(f) => sql(f, "UPDATE entries SET json = json_set(json, '$.at', 5) WHERE seq = 78"), [undefined, 'changed']],
    [(f) => sql(f, 'UPDATE entries SET salt = randomblob(32) WHERE seq = 78'), [undefined, 'changed']],
    [(f) => sql(f, 'UPDATE entries SET salt = NULL WHERE seq = 77'), ['changed', 'changed']],
    [(f) => sql(f, 'DELETE FROM exchanges WHERE seq = 77'), [undefined, 'changed']],
  ]
  for (const [change, expected] of cases)
    await on(t, change, async (trail, folder) => {
      for (const content of [false, true]) {
        const reach = { log: logIn(sealIn(folder)), waits: false, now: NOON }
        const { rows } = await gather(trail, 70, { ...WANTED, content }, reach)
        const seals = [77, 78].map((seq) => rows.find((row) => row.seq === seq)?.seal)
        assert.deepEqual(seals, expected)
        assert.deepEqual(
          rows.filter(({ seq, seal }) => seal !== undefined && seq !== 77 && seq !== 78),
          [],
        )
      }
    })
})

test('a body that is another is told where it leaves too, and nowhere else', (t) =>
  on(t, swapBodies, async (trail) => {
    const seqs = Array.from({ length: SIZE }, (_, at) => at + 1)
    assert.deepEqual(await trail.marks(seqs, false), [])
    assert.deepEqual(
      await trail.marks(seqs, true),
      [4, 6].map((seq) => ({ seq, mark: 'changed' })),
    )
  }))

test('a row that marks a body as written anew hides no body that is gone, or another’s', async (t) => {
  const gone = (f: string) => sql(f, 'DELETE FROM bodies WHERE seq = 4')
  /** The salts of an entry without that of its body, as a redaction leaves them, but for the proof. */
  const cut = (f: string) => {
    const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
    const root = db.prepare('SELECT salt FROM entries WHERE seq = 4').get()?.['salt'] as Uint8Array
    db.close()
    const own = FIELDS.map((name) => [name, name === 'body' ? undefined : saltOf(name, root)] as const)
    sql(f, 'UPDATE entries SET salt = ? WHERE seq = 4', printSalts(Object.fromEntries(own)))
  }
  const cases: readonly (readonly [Change, readonly number[]])[] = [
    [() => undefined, []],
    [gone, [4]],
    [swapBodies, [4, 6]],
    [cut, [4]],
  ]
  for (const [change, seqs] of cases) {
    const both: Change = async (f, test) => {
      markAnew(f, 4)
      await change(f, test)
    }
    const changed = seqs.map((seq) => ({ seq, mark: 'changed' }))
    await on(t, both, async (trail) => assert.deepEqual(await trail.marks([3, 4, 5, 6], true), changed))
  }
})

test('what nobody proved is told as such, sealed or not, and bears no leaf', async (t) => {
  const folder = await mutated(t, (f) => forge(f, { ...opening(idOf(8000)), kind: 'refused' }))
  for (const isServed of [false, true]) {
    if (isServed) await (await open(folder, true)).close()
    const trail = await lookAt(folder)
    const { rows } = await gather(trail, SIZE, WANTED, { log: logIn(sealIn(folder)), waits: false, now: NOON })
    await trail.close()
    assert.deepEqual(
      rows.map(({ seq, seal, leaves }) => [seq, seal, leaves]),
      [[SIZE + 1, 'unproven', undefined]],
    )
  }
})
