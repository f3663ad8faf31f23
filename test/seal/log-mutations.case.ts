/** All that can be done to the log of a record, to its end and to the documents beside it, and what verification must say of it. Data. */
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { signerOf } from '../../src/trail/seal/made.ts'
import { printCheckpoint, printNote } from '../../src/trail/seal/note.ts'
import { printBundle } from '../../src/trail/seal/tiles.ts'
import type { Mutation } from './mutations.case.ts'
import { early, flip, headSql, onBytes, open, rewrite, SIZE, signer, sql, tileOf } from './tampered.case.ts'

export const LOG_MUTATIONS: readonly Mutation[] = [
  ['the end cut off', (f) => sql(f, 'DELETE FROM entries WHERE seq > 590'), ['truncated', 591, /10 entries/]],
  [
    'day files of before',
    async (f) => cp(join(early(), 'days'), join(f, 'days'), { recursive: true }),
    ['truncated', 401, /200 entries/],
  ],
  [
    'the log of before',
    async (f) => {
      await rm(sealIn(f), { recursive: true })
      await cp(sealIn(early()), sealIn(f), { recursive: true })
    },
    ['rolled back', undefined, /600 entries were sealed, the log has 400/],
  ],
  ['the log gone', (f) => rm(sealIn(f), { recursive: true }), ['rolled back', undefined, /is gone/]],
  ['a flipped bit of a leaf', (f) => onBytes(tileOf(f, 'entries', 1), (b) => flip(b, 700)), ['log changed', 257 + 1]],
  ['a flipped bit of a tile', (f) => onBytes(tileOf(f, 0, 1), (b) => flip(b, 32 * 9)), ['log changed', 257 + 9]],
  ['a flipped bit of an upper tile', (f) => onBytes(tileOf(f, 1, 0), (b) => flip(b, 32)), ['log changed', 257]],
  ['leaves cut off', (f) => onBytes(tileOf(f, 'entries', 2), (b) => b.subarray(0, 900)), ['log changed', 513]],
  [
    'leaf and tile changed together',
    async (f) => {
      const files = new LogFiles(sealIn(f), SIZE)
      const leaves = [...files.leaves(0)]
      leaves[4] = Buffer.from(String(leaves[4]).replace('"asked"', '"denied"'))
      await writeFile(tileOf(f, 'entries', 0), printBundle(leaves))
      const { leafHash } = await import('../../src/trail/seal/hashes.ts')
      await writeFile(tileOf(f, 0, 0), Buffer.concat(leaves.map(leafHash)))
    },
    ['log changed', 1],
  ],
  [
    'a flipped bit of the checkpoint’s root',
    (f) =>
      onBytes(join(sealIn(f), 'checkpoint'), (b) => {
        const text = b.toString()
        const at = text.split('\n').slice(0, 2).join('\n').length + 5
        return Buffer.from(text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1))
      }),
    ['forged', undefined],
  ],
  [
    'a checkpoint of another key over changed leaves',
    (f) => rewrite(f, (leaves) => leaves.splice(100, 1, Buffer.from('x')), signerOf(7)),
    ['forged', undefined, /not signed by/],
  ],
  [
    'a checkpoint signed by the true key over another tree',
    async (f) => {
      const text = printCheckpoint({ origin: 'gatelog.example/log', size: SIZE, root: Buffer.alloc(32, 3) })
      const bytes = await signer.sign(Buffer.from(text))
      const note = printNote({
        text,
        signatures: [{ name: 'gatelog.example/log', id: signer.vkey.split('+')[1]!, bytes }],
      })
      await writeFile(join(sealIn(f), 'checkpoint'), note)
    },
    ['forged', undefined, /not over the leaves/],
  ],
  ['a checkpoint that is none', (f) => writeFile(join(sealIn(f), 'checkpoint'), 'hello\n'), ['log changed', undefined]],
  [
    'leaves of two entries swapped by who has the key',
    (f) => rewrite(f, (leaves) => leaves.splice(2, 2, leaves[3]!, leaves[2]!)),
    ['log changed', 3],
  ],
  [
    'an entry dropped with its leaf by who has the key',
    async (f) => {
      sql(f, 'DELETE FROM entries WHERE seq = 600')
      await rewrite(f, (leaves) => leaves.splice(599, 1))
    },
    ['rolled back', undefined, /599/],
  ],
  [
    'a document that nobody wrote here',
    (f) => headSql(f, `INSERT INTO documents VALUES ('erasing', 'x', '{"id":"x"}')`),
    ['forged', undefined, /the document erasing x of head.db/],
  ],
  [
    'a document with another text',
    (f) => headSql(f, `UPDATE documents SET json = '{}' WHERE kind = 'key'`),
    ['forged', undefined, /the document key k_one of head.db/],
  ],
  [
    'a document moved to another id with its MAC',
    (f) => headSql(f, `UPDATE documents SET id = 'k_two' WHERE kind = 'key'; UPDATE macs SET id = 'k_two'`),
    ['forged', undefined, /the document key k_two of head.db/],
  ],
  [
    'a document copied to another kind with its MAC',
    (f) =>
      headSql(
        f,
        `INSERT INTO documents SELECT 'hold', id, json FROM documents WHERE kind = 'key';
         INSERT INTO macs SELECT 'hold', id, mac FROM macs WHERE kind = 'key'`,
      ),
    ['forged', undefined, /the document hold k_one of head.db/],
  ],
  [
    'a document put there, and no mark left of when documents began to bear MACs',
    async (f) => {
      headSql(f, `INSERT INTO documents VALUES ('key', 'k_two', '{}'); DELETE FROM documents WHERE kind = 'proof'`)
      await (await open(f, true)).close()
    },
    ['forged', undefined, /the document key k_two of head.db/],
  ],
]
