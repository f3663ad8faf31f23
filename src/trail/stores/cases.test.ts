/** Every store passes every case. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { OpenStore } from '../store.ts'
import { wrappingOf } from '../wrapping.ts'
import { CASES } from './cases.ts'
import { openMemory } from './memory.ts'
import { openSqlite } from './sqlite.ts'

const wrapping = wrappingOf([Buffer.alloc(32, 9)])
const STORES: [string, OpenStore][] = [
  ['memory', openMemory],
  ['sqlite', openSqlite],
]

for (const [name, open] of STORES) {
  describe(name, () => {
    for (const [title, run] of CASES) test(title, () => inFolder(open, run))
  })
}

async function inFolder(open: OpenStore, run: (typeof CASES)[number][1]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-store-'))
  const broken: unknown[] = []
  const store = await open({
    folder,
    tokenKey: Buffer.alloc(32, 7),
    lineKey: Buffer.alloc(32, 8),
    wrapping,
    onBroken: (fault) => broken.push(fault),
  })
  try {
    await run(store)
    if (broken[0]) throw broken[0]
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}
