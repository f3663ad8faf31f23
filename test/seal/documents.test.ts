/** What verification cannot tell of documents: one that is gone, and an older one of the record's own. A limit, said in docs/trail.md. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { headSql, look, mutated, open, setUp, tearDown } from './tampered.case.ts'

before(setUp)
after(tearDown)

test('each forged document is named, with its kind and id, beside entries that are all verified', async (t) => {
  const folder = await mutated(t, (f) =>
    headSql(f, `INSERT INTO documents VALUES ('hold', 'a', 'null'), ('key', 'b', '{}'), ('waiting', 'c', '{}')`),
  )
  const { ok, found, alarms, counts } = await look(folder)
  assert.deepEqual([ok, found, counts.verified], [false, 2, 600])
  assert.deepEqual(
    alarms.map(({ document }) => document),
    [
      { kind: 'hold', id: 'a' },
      { kind: 'key', id: 'b' },
    ],
  )
})

test('a document that was taken out, and one put back as it once was, are told by nobody', async (t) => {
  for (const change of [
    `DELETE FROM documents WHERE kind = 'key'`,
    `DELETE FROM documents WHERE kind = 'key'; DELETE FROM macs`,
    `CREATE TEMP TABLE kept AS SELECT * FROM documents WHERE kind = 'key'; DELETE FROM documents WHERE kind = 'key';
     INSERT INTO documents SELECT * FROM kept`,
  ])
    assert.equal((await look(await mutated(t, (f) => headSql(f, change)))).ok, true)
})

test('a forged document hides nothing else, and stops no start', async (t) => {
  const folder = await mutated(t, (f) => headSql(f, `INSERT INTO documents VALUES ('key', 'b', '{')`))
  const trail = await open(folder, true)
  try {
    assert.deepEqual(await trail.documents.list('key'), [{ made: 400 }])
    assert.deepEqual(await trail.documents.forged(), [{ kind: 'key', id: 'b' }])
  } finally {
    await trail.close()
  }
})
