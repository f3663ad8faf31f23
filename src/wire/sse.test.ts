/** The framer and `rewrite` under hostile cuts and shapes. Opens no file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { type Frame, Framer, rewrite } from './index.ts'

function framesOf(bytes: Uint8Array, step: number, limit = 1 << 24): Frame[] {
  const framer = new Framer({ limit })
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at += step) frames.push(...framer.push(bytes.subarray(at, at + step)))
  const rest = framer.end()
  return rest ? [...frames, rest] : frames
}

const LINES = fc.constantFrom(
  'data: a',
  'data:b',
  'data',
  'data:  c',
  'event: x',
  'id: 1',
  ': note',
  '',
  '',
  '\ufeffdata: é',
)
const ENDS = fc.constantFrom('\n', '\r\n', '\r')

test('any lines with any line ends: the raw bytes of the frames are the input, at every cut size', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(LINES, ENDS), { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (lines, step) => {
      const bytes = Buffer.from(lines.map((parts) => parts.join('')).join(''))
      const cut = framesOf(bytes, step)
      assert.equal(Buffer.concat(cut.map(({ raw }) => raw)).compare(bytes), 0)
      const told = (frames: Frame[]) => frames.flatMap(({ data, event }) => (data === undefined ? [] : [[data, event]]))
      assert.deepEqual(told(cut), told(framesOf(bytes, bytes.length || 1)))
      for (const frame of cut)
        if (frame.data !== undefined) assert.equal(Buffer.compare(rewrite(frame, frame.data), frame.raw), 0)
    }),
  )
})

test('rewritten data reads back as what was written, with more lines or with fewer', () => {
  const [frame] = framesOf(Buffer.from('event: e\r\ndata: one\r\nid: 7\r\ndata:two\r\n\r\n'), 100)
  for (const data of ['', 'x', 'x\ny', 'x\ny\nz', ' leading\n\n', '\n\n\n']) {
    const [again] = framesOf(rewrite(frame!, data), 1000)
    assert.deepEqual([again?.data, again?.event], [data, 'e'])
    assert.ok(again?.text.includes('id: 7\r\n'))
  }
})

test('a long line fed one byte at a time costs linear time and little memory', () => {
  const bytes = Buffer.from(`data: ${'x'.repeat(300_000)}\n\n`)
  const began = process.cpuUsage().user
  assert.equal(framesOf(bytes, 1)[0]?.data?.length, 300_000)
  assert.ok(process.cpuUsage().user - began < 3_000_000)
})

test('lines that end in CR alone cost linear time', () => {
  const began = process.cpuUsage().user
  assert.equal(framesOf(Buffer.from('a\r'.repeat(500_000)), 1 << 20).length, 1)
  assert.ok(process.cpuUsage().user - began < 3_000_000)
})

test('the limit counts the bytes of one event, however they come', () => {
  const fits = Buffer.from(`data: ${'x'.repeat(92)}\n\n`)
  const tooLong = Buffer.from(`data: ${'x'.repeat(93)}\n\n`)
  for (const step of [1, 7, 99, 1000]) {
    assert.equal(framesOf(Buffer.concat([fits, fits]), step, 100).length, 2)
    assert.throws(
      () => framesOf(tooLong, step, 100),
      (error) => error instanceof Fault && error.code === 'limit.event',
    )
  }
})
