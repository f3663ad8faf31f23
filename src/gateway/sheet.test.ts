/** What a reply's record keeps of its bytes, and the digest of what came, against plain models of both. Opens no socket. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Keyring } from '#exchange'
import { Came } from './came.ts'
import { Sheet } from './sheet.ts'

const pieces = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 })

test('what was added is there in order, with its moments, and never changes', () => {
  fc.assert(
    fc.property(pieces, pieces, fc.nat(20), (first, second, kept) => {
      const sheet = new Sheet()
      const copies = first.map((bytes, at) => sheet.add(bytes, at))
      const length = Buffer.concat(first.slice(0, kept)).length
      const whole = Buffer.from(sheet.bytes())
      const given = sheet.bytes()
      assert.ok(whole.equals(Buffer.concat(first)))
      sheet.cut(length)
      const more = second.map((bytes, at) => sheet.add(bytes, 100 + at))
      const all = [...first.slice(0, kept), ...second]
      assert.ok(sheet.bytes().equals(Buffer.concat(all)))
      assert.equal(sheet.length, sheet.bytes().length)
      assert.ok(given.equals(whole))
      for (const [at, copy] of copies.entries()) assert.deepEqual([...copy], [...(first[at] ?? [])])
      for (const [at, copy] of more.entries()) assert.deepEqual([...copy], [...(second[at] ?? [])])
      const offsets = all.map((_, at) => Buffer.concat(all.slice(0, at)).length)
      const told = all.flatMap((bytes, at) => (bytes.length > 0 ? [offsets[at]] : []))
      assert.deepEqual(
        sheet.pace().map(([, offset]) => offset),
        told,
      )
    }),
  )
})

test('a sheet of small pieces takes little more room than they have', () => {
  const sheet = new Sheet()
  const kept = new Set(Array.from({ length: 500 }, (_, at) => sheet.add(Buffer.alloc(150), at).buffer))
  const room = [...kept].reduce((sum, { byteLength }) => sum + byteLength, 0)
  assert.ok(room < 1.7 * sheet.length, `${room} for ${sheet.length}`)
})

const keyring = { hash: () => createHmac('sha256', 'k') } as unknown as Keyring
const whole = (bytes: Uint8Array) => createHmac('sha256', 'k').update(bytes).digest('hex')

/** Bytes that come, how many of those inside leave after each, and at which of them a change is made. */
test('the digest of what came is that of its bytes, whether it left as it came, changed, or not at all', () => {
  const steps = fc.array(fc.tuple(fc.uint8Array({ maxLength: 40_000 }), fc.nat(50_000)), { maxLength: 12, size: 'max' })
  fc.assert(
    fc.property(steps, fc.nat(14), fc.boolean(), (all, change, notice) => {
      const sheet = new Sheet()
      const came = new Came(keyring, sheet)
      const received: Uint8Array[] = []
      for (const [nth, [bytes, leaving]] of all.entries()) {
        received.push(bytes)
        came.take(bytes)
        const edited = nth >= change
        if (edited) came.changed()
        const inside = Buffer.concat(received).subarray(sheet.length)
        if (edited) sheet.add(Buffer.from('otherwise'), 0)
        else sheet.add(inside.subarray(0, leaving), 0)
        if (!edited) came.passed()
      }
      if (notice) sheet.add(Buffer.from('data: a notice\n\n'), 0)
      assert.equal(came.digest(), whole(Buffer.concat(received)))
      assert.equal(came.digest(), came.digest())
    }),
    { numRuns: 300 },
  )
})
