/** Lines that somebody wrote who has the data folder and none of the keys are told as such, sealed or not. */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { adopt } from '../../src/trail/index.ts'
import { commitmentsOf, parseLeaf, printLeaf } from '../../src/trail/seal/leaf.ts'
import { bodyOf, idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import type { Expected } from './mutations.case.ts'
import {
  ACT,
  type Change,
  forge,
  headSql,
  keysSql,
  look,
  mutated,
  open,
  plant,
  READ,
  rewrite,
  SIZE,
  setUp,
  sql,
  takeOut,
  tearDown,
  unsealed,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

describe('lines that somebody wrote who has the folder and not its keys', () => {
  const asked = opening(idOf(8000), { actor: { id: 'bea', name: 'Bea' } as never, body: bodyOf('x') })
  const purge = {
    ...{ ...ACT, kind: 'purge' },
    days: [{ day: '2026-11-23', entries: SIZE, exchanges: SIZE }],
  }
  const serve = async (f: string) => {
    const trail = await open(f, true)
    await adopt({ trail, now: () => NOON, uuid: () => idOf(8300) })
    await trail.close()
  }
  const cases: readonly (readonly [string, Change, readonly Expected[]])[] = [
    ['an exchange that never was, before anybody sealed it', (f) => forge(f, asked), [['forged', SIZE + 1]]],
    [
      'the same, and a server was started on it',
      async (f) => {
        forge(f, asked)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    ...(['read', 'searched'] as const).flatMap((kind): readonly (readonly [string, Change, readonly Expected[]])[] => {
      const inItsPlace = async (f: string) => {
        await unsealed(f)
        takeOut(f, SIZE + 1)
        forge(f, { ...READ, kind, fingerprint: 'ab', query: '', found: 0 })
      }
      const told: readonly Expected[] = [['forged', SIZE + 1]]
      return [
        [`a ${kind} line in the place of an exchange that was not sealed yet`, inItsPlace, told],
        [
          `the same ${kind} line, and a server was started on it`,
          async (f) => {
            await inItsPlace(f)
            await serve(f)
          },
          told,
        ],
      ]
    }),
    [
      'an exchange that was not sealed yet taken out, and a line of who read left to be put on the record',
      async (f) => {
        await unsealed(f)
        takeOut(f, SIZE + 1)
        plant(f, { line: READ })
        await serve(f)
      },
      [
        ['dropped', SIZE + 1],
        ['dropped', SIZE + 2],
      ],
    ],
    [
      'a line that waited and was put on the record, written anew',
      async (f) => {
        plant(f, { line: READ })
        await serve(f)
        sql(f, `UPDATE entries SET json = replace(json, '"viewed"', '"listed"') WHERE seq = ${SIZE + 1}`)
      },
      [['changed', SIZE + 1]],
    ],
    ['a line left to be put on the record that nobody wrote', (f) => plant(f, { line: READ }), []],
    [
      'the same, put on the record',
      async (f) => {
        plant(f, { line: READ }, { line: { ...ACT, kind: 'purge', days: [] } })
        await serve(f)
      },
      [],
    ],
    [
      'a purge that never was, after a server was started on it',
      async (f) => {
        forge(f, purge)
        await rm(join(f, 'days/2026-11-23.default.db'))
        await serve(f)
      },
      [['dropped', 1]],
    ],
    [
      'a line with the proof of another',
      async (f) => {
        forge(f, asked)
        sql(f, `UPDATE entries SET salt = (SELECT salt FROM entries e WHERE e.seq = 600) WHERE seq = ${SIZE + 1}`)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    [
      'the key that proves was taken out of keys.db, and a server was started on it',
      async (f) => {
        forge(f, asked)
        keysSql(f, `DELETE FROM keys WHERE file = 'entries'`)
        headSql(f, `DELETE FROM documents WHERE kind = 'proof'`)
        await serve(f)
      },
      [['forged', 1]],
    ],
    [
      'since when entries are proven was taken out, and a server was started on it',
      async (f) => {
        forge(f, asked)
        headSql(f, `DELETE FROM documents WHERE kind = 'proof'`)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    [
      'since when entries are proven was written anew',
      (f) => headSql(f, `UPDATE documents SET json = '{"since":999,"mark":"00"}' WHERE kind = 'proof'`),
      [['forged', undefined]],
    ],
    [
      'the key that proves is gone',
      (f) => keysSql(f, `DELETE FROM keys WHERE file = 'entries'`),
      [['forged', undefined]],
    ],
    [
      'who has the key of the seal too wrote an entry and its leaf anew',
      async (f) => {
        const row = 'SELECT json, salt FROM entries WHERE seq = 15'
        sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 15`)
        const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
        const { json, salt } = db.prepare(row).get() as { json: string; salt: Uint8Array }
        db.close()
        await rewrite(f, (leaves) => {
          const { body } = parseLeaf(String(leaves[14]))?.fields ?? {}
          const entry = JSON.parse(json)
          leaves[14] = Buffer.from(printLeaf(15, entry, { ...commitmentsOf(entry, salt, undefined), body }))
        })
      },
      [['forged', 15]],
    ],
  ]
  for (const [name, change, expected] of cases)
    test(`${name}: ${expected.map(([harm]) => harm).join(', ') || 'no alarm'}`, async (t) => {
      const { alarms, found } = await look(await mutated(t, change))
      const told = alarms.map(({ harm, seq }) => [harm, seq])
      for (const [harm, seq] of expected)
        assert.ok(
          told.some((one) => one[0] === harm && one[1] === seq),
          JSON.stringify(alarms.slice(0, 3)),
        )
      if (expected.length === 0) assert.equal(found, 0)
    })
})
