/** Who makes a bundle of a record that was tampered with hears of each entry that its verifier will refuse, and of no other. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Bundle } from '../../src/cli/evidence/bundle.ts'
import { parseQuery } from '../../src/trail/index.ts'
import { idOf, NOON } from '../../src/trail/stores/made.ts'
import { checkBundle } from '../../verifier/bundle.ts'
import { unzip } from '../../verifier/zip.ts'
import {
  ACT,
  type Change,
  DAY,
  hasEntry,
  lookAt,
  markAnew,
  mutated,
  open,
  SIZE,
  setUp,
  signer,
  sql,
  swap,
  tearDown,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

/** Nothing is left of entry 77, and a row says by which entry. */
const taken = (folder: string, by: string) => {
  sql(folder, `INSERT INTO erased SELECT 77, exchange, ? FROM exchanges WHERE seq = 77`, by)
  sql(folder, `UPDATE entries SET json = '', salt = NULL WHERE seq = 77`)
}

/** A hold, sealed, and rows that say of it what is not so. */
async function marked(folder: string): Promise<void> {
  const trail = await open(folder, true)
  await trail.append({ ...ACT, at: NOON - 30 * DAY, kind: 'hold', scope: {} })
  await trail.close()
  const seq = SIZE + 1
  sql(folder, `INSERT INTO erased SELECT ${seq}, ?, ? WHERE ${hasEntry(seq)}`, ACT.exchange, ACT.exchange)
  markAnew(folder, seq)
}

const json = (set: string) => `UPDATE entries SET json = ${set} WHERE seq = 77`
const BOTH = [true, false]
/** What is done to the record, whether bodies are asked for, and what is told. */
const CASES: readonly (readonly [string, Change, readonly boolean[], RegExp?])[] = [
  ['nothing', () => undefined, BOTH],
  ['another actor', (f) => sql(f, json(`replace(json, '"Ana"', '"Bea"')`)), BOTH, /entry 77: who not what was sealed/],
  ['another time', (f) => sql(f, json(`json_set(json, '$.at', 5)`)), BOTH, /entry 77: another entry than was sealed/],
  ['a part more', (f) => sql(f, json(`json_set(json, '$.model', 'x')`)), BOTH, /entry 77: model not what was sealed/],
  ['a part less', (f) => sql(f, json(`json_remove(json, '$.actor', '$.session')`)), BOTH, /entry 77: who not what was/],
  ['another salt', (f) => sql(f, 'UPDATE entries SET salt = randomblob(32) WHERE seq = 77'), BOTH, /entry 77: about, /],
  ['no salt', (f) => sql(f, 'UPDATE entries SET salt = NULL WHERE seq = 77'), BOTH, /entries 77: nothing is left/],
  ['no JSON', (f) => sql(f, json(`'{'`)), BOTH, /entries 77: nothing is left/],
  ['two in each other’s place', (f) => swap(f, 'json', 77, 79), BOTH, /entry 77: /],
  ['erased by an entry that never was', (f) => taken(f, idOf(9000)), BOTH, /entry 77: nothing is left .* no entry/],
  ['erased by an entry that is no erasure', (f) => taken(f, idOf(78)), BOTH, /entry 77: nothing is left .* no entry/],
  ['written anew by nobody', (f) => markAnew(f, 77), BOTH, /entry 77: its body was written anew, and no entry/],
  [
    'written anew, and a salt that is none',
    (f) => {
      markAnew(f, 77)
      sql(f, `UPDATE redacted SET salt = CAST('hidden' AS BLOB)`)
    },
    [true],
    /entry 77: a salt of a body that was written anew has not 32 bytes/,
  ],
  ['an entry that tells of it, marked as erased and written anew', marked, BOTH],
  ['no body', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 77'), [true], /entry 77: its body is not there/],
  ['no body, and none asked for', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 77'), [false]],
]

for (const [name, change, asked, told] of CASES)
  test(name, async (t) => {
    const folder = await mutated(t, change)
    for (const bodies of asked)
      for (const question of [{ exchange: idOf(76) }, { query: parseQuery('after:2026-11-20', NOON), now: NOON }]) {
        const trail = await lookAt(folder)
        const file = join(folder, 'evidence.zip')
        const what = 'exchange' in question ? question.exchange : 'after:2026-11-20'
        const bundle = new Bundle(file, { question: what, made: NOON, version: '0', bodies })
        for await (const line of trail.prove(question, { bodies })) bundle.take(line)
        bundle.finish()
        bundle.close()
        await trail.close()
        const { problems } = checkBundle(unzip(await readFile(file)), signer.vkey)
        assert.equal(bundle.refused.length > 0, problems.length > 0, JSON.stringify([bundle.refused, problems]))
        if (told) assert.match(bundle.refused.join('; '), told)
        else assert.deepEqual(bundle.refused, [])
      }
  })
