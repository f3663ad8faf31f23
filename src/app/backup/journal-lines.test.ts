/** What a hold was about stands nowhere once it is released: neither in the journal nor in one that a restore put together. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup, bytesIn, DOER, erasureIn, exchange, ground, sealed, WORD } from './ground.case.ts'
import { openJournal } from './journal-file.ts'

test('a journal forgets what a released hold was about, and nothing else; what is noted next follows', async (t) => {
  const { folder } = ground(t)
  const path = join(folder, 'journal.jsonl')
  const journal = openJournal(path)
  const hold = (id: string) => ({ kind: 'document', of: 'hold', id, value: { id, scope: { query: WORD } } }) as const
  const key = { kind: 'document', of: 'key', id: 'h1', value: { revoked: 1 } } as const
  for (const line of [hold('h1'), key, hold('h2')]) await journal.note(line)
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"kind":"docu\n`)
  writeFileSync(`${path}.new`, 'what a crash left')
  const gone = { kind: 'gone', of: 'hold', id: 'h1' } as const
  await Promise.all([journal.note(gone), journal.note({ kind: 'mark', at: 3 })])
  const told = [JSON.stringify(key), JSON.stringify(hold('h2')), '{"kind":"docu', JSON.stringify(gone)]
  assert.equal(readFileSync(path, 'utf8'), `${[...told, '{"kind":"mark","at":3}'].join('\n')}\n`)
  assert.deepEqual(globSync('*.new', { cwd: folder }), [])
  await journal.close()
})

test('what a hold was about is nowhere once it is released and its user erased, nor after an older backup is put back', async (t) => {
  const { folder, config, open, to, keys, restore, back } = ground(t)
  const record = await open()
  await exchange(record, 'ana', 'said')
  await exchange(record, 'ben', 'said')
  const hold = await record.custody.holds.add({ user: 'ana', query: WORD }, { ...DOER, why: 'case 12' })
  await record.custody.holds.add({ user: 'ben' }, DOER)
  await sealed(record)
  await record.identity.create({ kind: 'user', actor: 'ana', connections: '*' })
  const { name } = await backup(record, config.data, to, keys)
  await record.custody.holds.release(hold.id, DOER)
  await erasureIn(record).erase({ user: 'ana' }, DOER)
  await record.close()
  for (const part of ['keys', 'data'])
    for (const text of bytesIn(join(folder, part))) assert.ok(!text.includes(WORD) && !text.includes('"user":"ana"'))
  const path = globSync('keys/**/journal.jsonl', { cwd: folder })[0] ?? ''
  const line = { kind: 'document', of: 'hold', id: hold.id, value: hold }
  writeFileSync(join(folder, path), `${JSON.stringify(line)}\n${readFileSync(join(folder, path), 'utf8')}`)
  await (await open()).close()
  assert.ok(!readFileSync(join(folder, path), 'utf8').includes(WORD))
  const { journal, replayed } = await restore({ name })
  assert.deepEqual([journal, replayed.voided], [true, 0], 'it forgot what it was about, and nothing else')
  const put = await back()
  assert.deepEqual(
    (await put.custody.holds.list()).map(({ scope }) => scope),
    [{ user: 'ben' }],
  )
  await put.close()
  for (const part of ['keys', 'back'])
    for (const text of bytesIn(join(folder, part))) assert.ok(!text.includes(WORD), part)
})
