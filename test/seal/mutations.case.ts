/** All that can be done to the entries of a record and its index, and what verification must say of it. Data. */
import { cp, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { VerifyOptions } from '../../src/trail/seal/evidence.ts'
import type { Alarm } from '../../src/trail/seal/report.ts'
import { idOf } from '../../src/trail/stores/made.ts'
import {
  ACT,
  beforeFirst,
  type Change,
  exchangeIds,
  forge,
  hasEntry,
  keysSql,
  markAnew,
  onBytes,
  SIZE,
  sql,
  swap,
  swapBodies,
  underMadeUp,
} from './tampered.case.ts'

/** The first alarm: what it is, of which entry, what it says. */
export type Expected = readonly [harm: Alarm['harm'], seq: number | 'any' | undefined, told?: RegExp]

/** What is done, and what is first said of it. */
export type Mutation = readonly [string, Change, Expected, VerifyOptions?]

export const MUTATIONS: readonly Mutation[] = [
  [
    'a flipped character of an entry',
    (f) => sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 3`),
    ['changed', 3, /who/],
  ],
  [
    'a finding taken out',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.findings', json('[]')) WHERE seq = 513`),
    ['changed', 513, /judged/],
  ],
  [
    'another time',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.at', 5) WHERE seq = 12`),
    ['changed', 12, /^at/],
  ],
  [
    'a field added',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.more', 5) WHERE seq = 12`),
    ['changed', 12, /about/],
  ],
  [
    'a flipped bit of a body',
    (f) => sql(f, `UPDATE bodies SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE seq = 4`),
    ['changed', 4, /body/],
  ],
  ['a body taken out', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 6'), ['changed', 6, /body/]],
  ['JSON that is none', (f) => sql(f, `UPDATE entries SET json = '{' WHERE seq = 6`), ['unreadable', 6]],
  [
    'a salt exchanged',
    (f) => sql(f, 'UPDATE entries SET salt = randomblob(32) WHERE seq = 20'),
    ['changed', 20, /salt/],
  ],
  [
    'a salt taken out',
    (f) => sql(f, 'UPDATE entries SET salt = NULL WHERE seq = 20'),
    ['changed', 20, /the salt of about, judged was taken out/],
  ],
  ['salts of two entries swapped', (f) => swap(f, 'salt', 3, 7), ['changed', 3, /salt/]],
  ['bodies of two entries swapped', swapBodies, ['changed', 4, /body/]],
  ['an entry dropped', (f) => sql(f, 'DELETE FROM entries WHERE seq = 77'), ['dropped', 77]],
  ['an entry emptied as if erased', (f) => sql(f, `UPDATE entries SET json = '' WHERE seq = 78`), ['dropped', 78]],
  [
    'an entry said to be erased by nobody',
    (f) => {
      sql(f, `UPDATE entries SET json = '' WHERE seq = 78`)
      sql(f, 'INSERT INTO erased VALUES (78, ?, ?)', idOf(77), idOf(999))
    },
    ['dropped', 78],
  ],
  [
    'a body said to be redacted by nobody',
    (f) => {
      sql(f, `INSERT INTO redacted VALUES (4, ?, x'00', '[]')`, idOf(999))
      sql(f, 'UPDATE entries SET salt = substr(salt, 1, 0) WHERE seq = 4')
    },
    ['changed', 4],
  ],
  [
    'an entry said to be erased by an entry that was never sealed',
    (f) => {
      forge(f, { ...ACT, kind: 'erase', basis: 'law', scope: {}, exchanges: 5, sessions: 1, later: 0, notes: 0 })
      sql(f, `UPDATE entries SET json = '' WHERE seq = 78`)
      sql(f, 'INSERT INTO erased VALUES (78, ?, ?)', idOf(77), ACT.exchange)
    },
    ['dropped', 78, /601, which is not sealed/],
  ],
  [
    'a day said to be purged by an entry that was never sealed',
    async (f) => {
      forge(f, { ...ACT, kind: 'purge', days: [{ day: '2026-11-23', entries: SIZE, exchanges: SIZE }] })
      await rm(join(f, 'days/2026-11-23.default.db'))
    },
    ['dropped', 1],
  ],
  ['a whole day dropped', (f) => rm(join(f, 'days/2026-11-23.default.db')), ['dropped', 1]],
  ['two entries reordered', (f) => swap(f, 'json', 3, 7), ['reordered', 3, /entry 7/]],
  [
    'an entry duplicated over another',
    (f) => sql(f, 'UPDATE entries SET json = (SELECT json FROM entries e WHERE e.seq = 5) WHERE seq = 11'),
    ['duplicated', 11, /copy of entry 5/],
  ],
  [
    'a second row of one seq in another file',
    (f) => {
      const row = `INSERT INTO entries SELECT 1, json, salt FROM d.entries WHERE seq = 1`
      const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
      db.prepare('ATTACH ? AS d').run(join(f, 'days/2026-11-23.default.db'))
      db.exec(row)
      db.exec(`UPDATE d.entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 1`)
      db.close()
    },
    ['duplicated', 1, /more than one entry/],
  ],
  [
    'a day file cut in the middle',
    async (f) => {
      const path = join(f, 'days/2026-11-24.default.db')
      await truncate(path, Math.floor((await stat(path)).size / 2))
    },
    ['unreadable', 3, /days\/2026-11-24.default.db: 450 of its entries cannot be read/],
  ],
  [
    'a page of a day file overwritten: what is on the others is verified',
    (f) =>
      onBytes(join(f, 'days/2026-11-24.default.db'), (b) => {
        const at = b.indexOf(`"exchange":"${idOf(300)}"`)
        b.fill(0, at - (at % 4096), at - (at % 4096) + 4096)
        return b
      }),
    ['unreadable', 'any', /days\/2026-11-24.default.db: [1-9]?\d of its entries cannot be read/],
  ],
  [
    'a day file that is none',
    (f) => writeFile(join(f, 'days/2026-11-24.default.db'), 'no database'.repeat(1000)),
    ['unreadable', 3, /450 of its entries cannot be read, the first 3, the last 600/],
  ],
  [
    'the key of a body destroyed',
    (f) => keysSql(f, `DELETE FROM keys WHERE file LIKE '2%'`),
    ['unreadable', 1, /the key of its body was destroyed/],
  ],
  [
    'an exchange taken out of the index',
    (f) => sql(f, 'DELETE FROM exchanges WHERE exchange = ?', idOf(76)),
    ['index changed', 77, /its exchange is not in the index/],
  ],
  [
    'an exchange that the index has under another id',
    (f) => sql(f, `UPDATE exchanges SET exchange = ? WHERE exchange = ?`, idOf(77_777), idOf(76)),
    ['index changed', 77, /its exchange is not in the index/],
  ],
  [
    'an exchange added to the index',
    (f) =>
      sql(
        f,
        `INSERT INTO exchanges(seq, exchange, at, findings, masked, input, output) SELECT 9999, ?, 1, 0, 0, 0, 0
          WHERE EXISTS (SELECT 1 FROM entries WHERE seq = 3)`,
        idOf(77_777),
      ),
    ['index changed', 3, /tells of entry 9999, which is not there/],
  ],
  [
    'an exchange that the index has at another time',
    (f) => sql(f, 'UPDATE exchanges SET at = 7 WHERE seq = 77'),
    ['index changed', 77, /another time/],
  ],
  [
    'an exchange without its end in the index',
    (f) => sql(f, 'UPDATE exchanges SET closing = NULL, outcome = NULL WHERE seq = 77'),
    ['index changed', 78, /not its end/],
  ],
  [
    'another outcome in the index',
    (f) => sql(f, `UPDATE exchanges SET outcome = 'denied' WHERE seq = 77`),
    ['index changed', 78, /another outcome/],
  ],
  [
    'another user in the index',
    (f) => sql(f, 'UPDATE exchanges SET user = NULL WHERE seq = 77'),
    ['index changed', 77, /another user/],
  ],
  [
    'the name of a user in the index is another’s',
    (f) => sql(f, `UPDATE terms SET value = 'bea' WHERE key = 'user'`),
    ['index changed', 1, /another user/],
  ],
  [
    'findings that the index does not have',
    (f) => sql(f, 'UPDATE exchanges SET findings = 0 WHERE seq = 77'),
    ['index changed', 78, /other findings/],
  ],
  [
    'a rule that an exchange is not found by any more',
    (f) => sql(f, 'DELETE FROM rules WHERE seq = 77'),
    ['index changed', 77, /lacks a rule/],
  ],
  [
    'an exchange that the index has with the end of another, and for another user',
    (f) => {
      const user = (id: number) => `INSERT INTO terms(key, value) SELECT 'user', 'carl' WHERE ${hasEntry(id)}`
      sql(f, user(77))
      sql(f, `UPDATE exchanges SET closing = 80, user = (SELECT id FROM terms WHERE value = 'carl') WHERE seq = 77`)
    },
    ['index changed', 77, /another user/],
  ],
  ['two exchanges that the index has under each other’s ids', exchangeIds, ['index changed', 77, /not in the index/]],
  [
    'an entry that is as it was, marked as erased',
    (f) => sql(f, `INSERT INTO erased SELECT 77, ?, ? WHERE ${hasEntry(77)}`, idOf(76), ACT.exchange),
    ['index changed', 77, /marked as erased, and nothing was done/],
  ],
  [
    'a body that is as it was, marked as written anew',
    (f) => markAnew(f, 77),
    ['index changed', 77, /marked as written anew, and nothing was done/],
  ],
  [
    'the same of a reply',
    (f) => markAnew(f, 78),
    ['index changed', 78, /marked as written anew, and nothing was done/],
  ],
  [
    'a mark on an entry that is not there',
    (f) => sql(f, `INSERT INTO erased SELECT 9999, ?, ? WHERE ${hasEntry(3)}`, idOf(77_777), ACT.exchange),
    ['index changed', 3, /tells of entry 9999, which is not there/],
  ],
  [
    'what a reply brought taken out',
    (f) => sql(f, 'DELETE FROM edits WHERE seq = 78'),
    ['index changed', 78, /is gone/],
  ],
  [
    'what a reply brought, its fingerprints others',
    (f) => sql(f, `UPDATE edits SET prints = CAST('abcdef' AS BLOB) WHERE seq = 78`),
    ['index changed', 78, /what was derived of it differs/],
  ],
  [
    'what a reply brought, its units others',
    (f) => sql(f, `UPDATE edits SET units = CAST(substr(units, 1, length(units) - 1) || x'00' AS BLOB) WHERE seq = 78`),
    ['index changed', 78, /what was derived of it differs/],
  ],
  [
    'what a reply brought, under a key that never was',
    (f) => sql(f, 'UPDATE edits SET key = 999 WHERE seq = 78'),
    ['index changed', 78, /what was derived of it differs/],
  ],
  [
    'what a reply brought, under a made-up key of a made-up wrapping key',
    (f) => underMadeUp(f, 78),
    ['index changed', 78, /what was derived of it differs/],
  ],
  [
    'what a reply brought, under another one',
    (f) => sql(f, 'UPDATE edits SET seq = 80 WHERE seq = 78'),
    ['index changed', 78, /is gone/],
  ],
  [
    'a copy of what a reply brought, under another one',
    (f) => sql(f, 'INSERT INTO edits SELECT 80, units, key, prints FROM edits WHERE seq = 78'),
    ['index changed', 80, /it brought nothing/],
  ],
  [
    'what a reply that is not there brought',
    (f) => sql(f, 'INSERT INTO edits SELECT 9999, units, key, prints FROM edits WHERE seq = 78'),
    ['index changed', 3, /tells of entry 9999/],
  ],
  [
    'a reply as an outcome of an exchange',
    (f) => sql(f, `INSERT INTO outcomes SELECT 77, 66 WHERE ${hasEntry(77)}`),
    ['index changed', 77, /for an outcome of it what is none/],
  ],
  [
    'an outcome of what is no exchange',
    (f) => sql(f, `INSERT INTO outcomes SELECT 78, 66 WHERE ${hasEntry(77)}`),
    ['index changed', 78, /for an outcome of it what is none/],
  ],
  ['an exchange before the first', (f) => beforeFirst(f), ['added', -9, /before the first entry/]],
  [
    'an exchange before the first, in a day file of its own',
    async (f) => {
      const other = join(f, 'days/2026-11-22.default.db')
      await cp(join(f, 'days/2026-11-24.default.db'), other)
      beforeFirst(f)
      for (const [name, left] of Object.entries({ 22: '<', 24: '>' })) {
        const db = new DatabaseSync(join(f, `days/2026-11-${name}.default.db`))
        for (const table of ['entries', 'exchanges']) db.exec(`DELETE FROM ${table} WHERE NOT seq ${left} 1`)
        db.close()
      }
    },
    ['added', -9, /before the first entry/],
  ],
]
