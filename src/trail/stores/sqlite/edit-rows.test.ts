import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { EditUnit } from '#exchange'
import { Prints } from '../../prints.ts'
import type { DayKeys } from './day-keys.ts'
import { EditRows } from './edit-rows.ts'
import { File } from './file.ts'
import { FORMAT } from './schema.ts'
import { packUnits, unpackUnits } from './units.ts'

/** Keys that leave everything open. */
const OPEN: Pick<DayKeys, 'seal' | 'open'> = {
  seal: (_session, _seq, _part, bytes) => ({ key: 0, bytes }),
  open: ({ bytes }) => bytes,
}

function rowsIn(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-edits-'))
  const file = new File(join(folder, '2026-11-24.default.db'), FORMAT)
  t.after(() => {
    file.close()
    rmSync(folder, { recursive: true })
  })
  return { file, rows: new EditRows(file, OPEN as DayKeys, new Prints(Buffer.alloc(32, 1))) }
}

const lines = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }))
  .map(([first, gaps]) => {
    const fresh = gaps.map((_, at) => first + gaps.slice(0, at + 1).reduce((sum, gap) => sum + gap, -1))
    return { lines: [first, (fresh.at(-1) ?? first) + 3] as const, fresh }
  })
const unit: fc.Arbitrary<EditUnit> = fc
  .record(
    {
      from: fc.constantFrom('fence', 'completion', 'edit', 'patch', 'shell'),
      path: fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }).filter((text) => text.isWellFormed()),
      language: fc.string({ minLength: 1, maxLength: 32 }),
      call: fc.nat(1000),
      field: fc.string({ minLength: 1, maxLength: 128 }),
    },
    { requiredKeys: ['from'] },
  )
  .chain((named) => lines.map((where) => ({ ...named, ...where }) as EditUnit))

test('units come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), fc.boolean(), (units, cut) => {
      const kept = unpackUnits(packUnits({ units, cut }))
      assert.deepEqual(kept, { units, ...(cut && { cut }) })
    }),
  )
})

test('damaged units are told, and take no memory without bound', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(255), (units, at, byte) => {
      const bytes = packUnits({ units })
      const whole = unpackUnits(bytes)
      for (let end = 0; end < bytes.length; end++)
        assert.throws(() => unpackUnits(bytes.subarray(0, end)), RangeError, `${end} of ${bytes.length}`)
      const damaged = Uint8Array.from(bytes)
      damaged[at % bytes.length] = byte
      try {
        assert.ok(unpackUnits(damaged).units.length <= 2 ** 20 && whole)
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error))
      }
    }),
  )
})

test('a row that is removed is found no more, whether it was in the index or not', (t) => {
  const { file, rows } = rowsIn(t)
  const given = (form: string) => ({ units: packUnits({ units: [] }), forms: form })
  const [print = ''] = new Prints(Buffer.alloc(32, 1)).pack(['a=b(c)']).toString('hex').match(/.{12}/g) ?? []
  file.transaction(() => {
    for (const seq of [1, 2, 3]) rows.keep(seq, null, rows.derive(given('a=b(c)')))
  })
  const [row] = rows.between(1, 2)
  assert.equal(row && rows.digestOf(row), rows.derive(given('a=b(c)')).digests.derived)
  assert.equal(rows.index(2), 2)
  const found = () => rows.find([print], 10).map(({ seq }) => seq)
  assert.deepEqual(found(), [2, 1])
  file.transaction(() => {
    rows.remove(1)
    rows.remove(3)
    rows.remove(9)
  })
  assert.deepEqual([found(), rows.waiting, rows.read(1), rows.read(2)?.prints], [[2], 0, undefined, [print]])
  rows.index(5)
  assert.deepEqual(found(), [2])
})
