/** Lines and small records that somebody wanted the gateway to act on, and what verification must say of them. Data. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Custody } from '../../src/trail/index.ts'
import { EMPTY_ROOT } from '../../src/trail/seal/hashes.ts'
import { printCheckpoint, printNote } from '../../src/trail/seal/note.ts'
import { printTaken } from '../../src/trail/seal/taken.ts'
import { idOf, NOON } from '../../src/trail/stores/made.ts'
import type { Mutation } from './mutations.case.ts'
import { ACT, type Change, forge, headSql, keyring, open, SIZE } from './tampered.case.ts'

/** A hold, sealed; and what is done to it then. */
const withHold =
  (change: Change): Change =>
  async (folder, t) => {
    const trail = await open(folder, true)
    let count = 8400
    const custody = new Custody({ trail, keyring, now: () => NOON, uuid: () => idOf(count++) })
    await custody.holds.add({ user: 'ana' }, { who: ACT.who, why: ACT.why })
    await trail.close()
    await change(folder, t)
  }

/** A head of a log of which nothing is here, and what somebody says of it. */
const LOST = printNote({
  text: printCheckpoint({ origin: 'other.example/log', size: 9000, root: Buffer.alloc(32, 7) }),
  signatures: [{ name: 'other.example/log', id: '01010101', bytes: Buffer.alloc(64, 1) }],
})
const BEGUN = {
  ...{ ...ACT, kind: 'begun', origin: 'gatelog.example/log' },
  former: { origin: 'other.example/log', size: 0, root: EMPTY_ROOT.toString('hex') },
  known: { origin: 'other.example/log', size: 9000, root: '07'.repeat(32) },
}

export const BELIEVED: readonly Mutation[] = [
  [
    'what a hold is about taken away',
    withHold((f) => headSql(f, `DELETE FROM documents WHERE kind = 'hold'`)),
    ['hold changed', SIZE + 1, /is gone/],
  ],
  [
    'a hold that is to be about somebody else',
    withHold((f) => headSql(f, `UPDATE documents SET json = replace(json, 'ana', 'ben') WHERE kind = 'hold'`)),
    ['forged', undefined, /document hold/],
  ],
  [
    'a hold that a line releases which nobody wrote',
    withHold((f) => {
      headSql(f, `DELETE FROM documents WHERE kind = 'hold'`)
      forge(f, { ...ACT, kind: 'release', hold: idOf(8400) }, SIZE + 2)
    }),
    ['forged', SIZE + 2],
  ],
  [
    'a hold taken out, and its day with a file that a purge takes',
    withHold(async (f) => {
      await rm(join(f, 'days/2026-11-24.custody.db'))
      headSql(f, `DELETE FROM documents WHERE kind = 'hold'`)
      const trail = await open(f, true)
      const took = printTaken([SIZE + 1])
      const days = [{ day: '2026-11-24', entries: 1, exchanges: 0, took }]
      await trail.append({ ...ACT, kind: 'purge', exchange: idOf(8500), days })
      await trail.close()
    }),
    ['dropped', SIZE + 1],
  ],
  [
    'a log of which nothing is here, excused by a line that nobody wrote',
    (f) => forge(f, BEGUN),
    ['rolled back', undefined, /of another log/],
    { known: [LOST] },
  ],
]
