/** What was signed last, where it is remembered: beside the key, beside the wrapping keys, in the folder. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { headBeside } from './seal-key.ts'
import { rememberedIn, rememberedOutside, sealedOutside, toldBy } from './signed-last.ts'

const RECORD = '0123456789abcdef'
const note = (size: number) =>
  `x.example/log\n${size}\n${Buffer.alloc(32, size).toString('base64')}\n\n— x.example/log ${Buffer.alloc(68).toString('base64')}\n`

function places(t: TestContext) {
  const parent = mkdtempSync(join(tmpdir(), 'gatelog-signed-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  const [data, keys] = [join(parent, 'data'), join(parent, 'keys')]
  for (const folder of [data, keys]) mkdirSync(folder)
  return { data, keys, key: join(parent, 'seal.pem') }
}

test('every memory counts, the one beside a key that lies elsewhere among them; none is no fault', (t) => {
  const { data, keys, key } = places(t)
  const seal = { key: { kind: 'file', path: key } } as const
  assert.deepEqual(rememberedIn(seal, { data, keys, record: RECORD }), { notes: [], unread: [] })
  writeFileSync(headBeside(key, RECORD), note(4))
  writeFileSync(join(keys, 'seal.head'), note(3))
  writeFileSync(join(data, 'seal.head'), note(2))
  writeFileSync(join(data, 'seal.known'), note(1))
  assert.deepEqual(rememberedIn(seal, { data, keys, record: RECORD }), { notes: [4, 3, 2, 1].map(note), unread: [] })
  assert.deepEqual(rememberedIn(undefined, { data, keys: undefined, record: RECORD }).notes, [2, 1].map(note))
})

test('what an earlier version left beside a key counts where it is of the configured name, until there is a file of the record', (t) => {
  const { data, keys, key } = places(t)
  const at = { data, keys, record: RECORD }
  const seal = (origin?: string) => ({ ...(origin && { origin }), key: { kind: 'file', path: key } }) as const
  const told = (origin?: string) => [
    rememberedIn(seal(origin), at).notes.length,
    rememberedOutside(seal(origin), at).length,
    sealedOutside(seal(origin), at),
  ]
  const left = (text: string) => writeFileSync(`${key}.head`, text)
  left(note(4))
  assert.deepEqual(told('x.example/log'), [1, 1, 4])
  for (const origin of ['y.example/log', undefined]) assert.deepEqual(told(origin), [0, 0, undefined])
  left(`gatelog heads 2\nrecord ${'f'.repeat(16)}\n${note(5)}record -\n${note(3)}`)
  assert.deepEqual(told('x.example/log'), [1, 1, 3])
  writeFileSync(headBeside(key, RECORD), note(1))
  assert.deepEqual(told('x.example/log'), [1, 1, 1])
})

test('a memory that is there and tells nothing is named', async (t) => {
  const { data, keys } = places(t)
  mkdirSync(join(keys, 'seal.head'))
  writeFileSync(join(data, 'seal.head'), 'nothing')
  assert.deepEqual(rememberedIn(undefined, { data, keys, record: RECORD }), {
    notes: [],
    unread: [`${join(keys, 'seal.head')}: EISDIR`, `${join(data, 'seal.head')}: it holds no head of a log`],
  })
  const dead = {
    vkey: 'v',
    sign: async () => new Uint8Array(),
    last: () => Promise.reject(new Fault('seal.key', 'gone')),
  }
  const { notes, unread } = await toldBy(dead)
  assert.deepEqual([notes, unread.length, unread[0]?.includes('gone')], [[], 1, true])
})
