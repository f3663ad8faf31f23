/** The queue between an upstream and its reader, against a model. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { Chunks } from './chunks.ts'
import { bytesOf, fault } from './loopback.case.ts'

function queue() {
  const calls: string[] = []
  const note = (name: string) => () => void calls.push(name)
  return { calls, chunks: new Chunks({ pause: note('pause'), resume: note('resume'), leave: note('leave') }) }
}

test('what is pushed comes out in order, whoever is first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 })),
      fc.array(fc.boolean()),
      async (parts, order) => {
        const { chunks } = queue()
        const rest = [...parts]
        const push = async () => {
          for (const early of order) {
            const part = rest.shift()
            if (part) chunks.push(part)
            if (early) await null
          }
          for (const part of rest) chunks.push(part)
          chunks.end()
        }
        const [got] = await Promise.all([bytesOf(chunks), push()])
        assert.ok(got.equals(Buffer.concat(parts)))
      },
    ),
  )
})

test('the source is paused once when full, and resumed once when all was read', async () => {
  const { chunks, calls } = queue()
  for (let i = 0; i < 10; i++) chunks.push(new Uint8Array(16 * 1024))
  assert.deepEqual([calls, chunks.queued], [['pause'], 160 * 1024])
  assert.equal((await chunks.next()).value?.length, 160 * 1024)
  assert.deepEqual([calls, chunks.queued], [['pause', 'resume'], 0])
  chunks.push(new Uint8Array(64 * 1024))
  assert.deepEqual(calls, ['pause', 'resume', 'pause'])
})

test('what comes within one turn of the source is read as one, also by a reader who waits', async () => {
  const { chunks } = queue()
  const reading = chunks.next()
  for (const part of ['a', 'b', 'c']) chunks.push(Buffer.from(part))
  assert.equal(String((await reading).value), 'abc')
  chunks.push(Buffer.from('d'))
  assert.equal(String((await chunks.next()).value), 'd')
})

test('a failure comes after what was queued, or at once; and only once', async () => {
  const late = queue().chunks
  late.push(Buffer.from('a'))
  late.fail(new Fault('upstream.reset'), false)
  assert.equal(String((await late.next()).value), 'a')
  await assert.rejects(late.next(), fault('upstream.reset'))
  assert.equal((await late.next()).done, true)
  const now = queue().chunks
  now.push(Buffer.from('a'))
  now.fail(new Fault('client.aborted'), true)
  await assert.rejects(now.next(), fault('client.aborted'))
  const waiting = queue().chunks
  const pending = waiting.next()
  waiting.fail(new Fault('upstream.reset'), false)
  await assert.rejects(pending, fault('upstream.reset'))
})

test('leaving ends a pending read and tells the source, unless it had ended', async () => {
  const open = queue()
  const pending = open.chunks.next()
  await open.chunks.return()
  assert.equal((await pending).done, true)
  open.chunks.push(Buffer.from('late'))
  assert.equal((await open.chunks.next()).done, true)
  assert.deepEqual(open.calls, ['leave'])
  const ended = queue()
  ended.chunks.end()
  await ended.chunks.return()
  assert.deepEqual(ended.calls, [])
})
