/** When heads are signed and over what: the sealer alone, over entries that are made up. Never waits for more than it says. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { signerOf } from './made.ts'
import { type Sealable, Sealer } from './sealer.ts'
import { LogWriter } from './writer.ts'

const folder = await mkdtemp(join(tmpdir(), 'gatelog-sealer-'))
after(() => rm(folder, { recursive: true }))

const entry = (seq: number): Sealable => ({
  seq,
  json: JSON.stringify({ kind: 'replied', exchange: `e${seq}`, at: seq, status: 200 }),
  salts: new Uint8Array(32).fill(seq % 256),
  body: undefined,
  bytes: () => undefined,
  isProven: () => true,
})

/** A sealer over `last` entries, which may become more; every head that it signs. */
function sealing(name: string, unsealed: { last: number }) {
  const sizes: number[] = []
  const taken: number[] = []
  const signer = signerOf()
  const sealer = new Sealer({
    async open() {
      const reached = (at: string) => at === 'published' && sizes.push(Number(log.size))
      const log: LogWriter = await LogWriter.open({
        ...{ folder: join(folder, name), origin: signer.vkey.split('+')[0] ?? '', signer, reached },
      })
      return log
    },
    unsealed: {
      get last() {
        return unsealed.last
      },
      take: (seq, most) => {
        taken.push(most)
        return Array.from({ length: Math.min(most, unsealed.last + 1 - seq) }, (_, at) => entry(seq + at))
      },
    },
    reading: async (work) => work(),
    shown: () => undefined,
    failed: (error) => assert.fail(String(error)),
  })
  return { sealer, sizes, taken }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('where more waits than a tile holds a head ends with a whole tile, and what is left follows by itself', async () => {
  const unsealed = { last: 600 }
  const { sealer, sizes } = sealing('many', unsealed)
  await sealer.open()
  await until(() => sizes.length === 2)
  assert.deepEqual(sizes, [512, 600], 'the rest within a second, with nobody who wakes it')
  unsealed.last = 900
  sealer.wake()
  await until(() => sizes.length === 4)
  assert.deepEqual(sizes.slice(2), [768, 900])
  await sealer.close()
})

test('where less waits a head covers all of it, and so does the last one', async () => {
  const unsealed = { last: 200 }
  const { sealer, sizes } = sealing('few', unsealed)
  await sealer.open()
  await until(() => sizes.length === 1)
  unsealed.last = 700
  await sealer.close()
  assert.equal(sizes[0], 200)
  assert.equal(sizes.at(-1), 700)
})

test('the more waits the more is sealed at a time, under one head', async () => {
  const { sealer, sizes, taken } = sealing('behind', { last: 20_000 })
  await sealer.open()
  await until(() => sizes.length === 2)
  await sealer.close()
  assert.deepEqual(sizes, [19_968, 20_000], 'a head for all whole tiles, and one for what is left')
  assert.deepEqual([taken[0], taken.includes(32)], [2048, true])
})
