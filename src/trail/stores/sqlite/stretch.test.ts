/** What is passed over for its time has no exchange of that time, and what is looked through comes once, the highest seqs first. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { File } from './file.ts'
import { type Range, Times } from './stretch.ts'

interface Row {
  readonly seq: number
  readonly at: number
}

const schema = 'CREATE TABLE exchanges(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL)'

function fileOf(t: TestContext): File {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-stretch-'))
  const file = new File(join(folder, 'x.db'), { version: 1, schema })
  t.after(() => {
    file.close()
    rmSync(folder, { recursive: true })
  })
  return file
}

/** The stretches, the highest first. */
function stretchesOf(times: Times, range: Range | undefined) {
  const all: { above: number; to: number }[] = []
  for (let next = times.below(1000, range); next; next = times.below(next.above + 1, range)) all.push(next)
  return all
}

const ROWS = fc.uniqueArray(fc.record({ seq: fc.integer({ min: 1, max: 60 }), at: fc.integer({ min: 0, max: 9 }) }), {
  selector: ({ seq }) => seq,
  maxLength: 30,
})
const RANGE = fc.record(
  { after: fc.integer({ min: 0, max: 9 }), before: fc.integer({ min: 0, max: 9 }) },
  { requiredKeys: [] },
)

test('every exchange of a time is in a stretch, whatever is known', (t) => {
  const file = fileOf(t)
  fc.assert(
    fc.property(ROWS, RANGE, fc.nat(5), fc.nat(30), (unsorted, range, learns, late) => {
      const rows: readonly Row[] = unsorted.toSorted((a, b) => a.seq - b.seq)
      const put = (some: readonly Row[]) => {
        for (const { seq, at } of some) file.run('INSERT INTO exchanges VALUES (?, ?)', seq, at)
      }
      file.run('DELETE FROM exchanges')
      put(rows.slice(0, late))
      const times = new Times(file, { block: 4, rows: 3 })
      for (let one = 0; one < learns; one++) times.learn()
      put(rows.slice(late))
      const stretches = stretchesOf(times, range)
      const { after = 0, before = 10 } = range
      for (const { seq, at } of rows)
        if (at >= after && at < before)
          assert.equal(stretches.filter(({ above, to }) => seq > above && seq <= to).length, 1, `${seq} at ${at}`)
      for (const [nth, { above, to }] of stretches.entries())
        assert.ok(above < to && to <= (stretches[nth - 1]?.above ?? 1000))
    }),
  )
})

test('what is known to be of another time is passed over', (t) => {
  const file = fileOf(t)
  for (let seq = 1; seq <= 40; seq++) file.run('INSERT INTO exchanges VALUES (?, ?)', seq, seq)
  const times = new Times(file, { block: 4, rows: 7 })
  while (times.learn());
  assert.deepEqual(stretchesOf(times, { after: 17, before: 19 }), [{ above: 15, to: 19 }])
  assert.deepEqual(stretchesOf(times, { after: 41 }), [])
  assert.deepEqual(stretchesOf(times, undefined), [{ above: 0, to: 40 }])
  file.run('INSERT INTO exchanges VALUES (41, 41)')
  assert.deepEqual(stretchesOf(times, { after: 41 }), [{ above: 40, to: 41 }])
})
