/** Where a configuration's record is, without reading the rest of it; what `loadConfig` says is the measure. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderOf, loadConfig } from './index.ts'

function written(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-folder-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'gatelog.yaml')
  writeFileSync(path, text)
  return path
}

const SAME = [
  '',
  'listen: {}\n',
  'data: ./elsewhere\n',
  '{ "data": "/a b", path_keys: true }',
  'data: &a ./x\n',
  '# data: y',
]
for (const text of SAME)
  test(`as the whole configuration says: ${JSON.stringify(text)}`, async (t) => {
    const path = written(t, text)
    assert.equal(await folderOf(path), (await loadConfig(path)).data)
  })

test('a file that is absent means the default', async () =>
  assert.deepEqual(
    [await folderOf('gatelog.yaml'), await folderOf('/nowhere/gatelog.yaml')],
    ['./gatelog-data', '/nowhere/gatelog-data'],
  ))

test('what takes a closer look is not guessed', async (t) => {
  for (const text of ["data: '${env:HOME}/x'", 'data: [', 'data: 7', 'data: a\ndata: b'])
    assert.equal(await folderOf(written(t, text)), undefined, text)
})

test('a configuration that is wrong elsewhere still says where the record is', async (t) =>
  assert.match((await folderOf(written(t, 'data: ./here\nrules: 7\n'))) ?? '', /^\/.*\/here$/))
