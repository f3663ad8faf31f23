/** What every place of backups does, in a folder and in a bucket: whole objects by name, listed, replaced, removed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openFolder } from './folder.ts'
import type { Place } from './place.ts'
import { openS3 } from './s3.ts'

/** As much of S3 as is asked for: two keys a page, and no request without a signature. */
async function bucket(t: TestContext) {
  const objects = new Map<string, Buffer>()
  const states: string[] = []
  const server = createServer(async (asked, answer) => {
    const body = Buffer.concat(await asked.toArray())
    const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://x')
    const key = decodeURIComponent(pathname).replace(/^\/b\//, '')
    const found = objects.get(key)
    if (states.length > 0 || !/^AWS4-HMAC-SHA256 Credential=id\//.test(asked.headers.authorization ?? ''))
      return void answer.writeHead(403).end('<Code>AccessDenied</Code>')
    if (asked.method === 'PUT') objects.set(key, body)
    if (asked.method === 'DELETE') objects.delete(key)
    if (asked.method === 'PUT') return void answer.writeHead(200, { etag: '"e"' }).end()
    if (asked.method === 'DELETE') return void answer.writeHead(204).end()
    if (searchParams.get('list-type') !== '2')
      return void answer.writeHead(found ? 200 : 404, { 'content-length': found?.length ?? 0 }).end(found)
    const all = [...objects.keys()].filter((each) => each.startsWith(searchParams.get('prefix') ?? '')).sort()
    const from = Number(searchParams.get('continuation-token')?.split('&')[1] ?? 0)
    const keys = all.slice(from, from + 2).map((each) => `<Contents><Key>${each}</Key></Contents>`)
    const next = from + 2 < all.length ? `<NextContinuationToken>n&amp;${from + 2}</NextContinuationToken>` : ''
    answer.end(`<ListBucketResult>${keys.join('')}${next}</ListBucketResult>`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/b`
  const place = openS3({
    url,
    region: 'us-east-1',
    access_key: 'id',
    secret_key: 'k',
    prefix: 'p/q/',
    timeout_ms: 5000,
  })
  t.after(async () => {
    await place.close()
    server.close()
  })
  return { place, break: () => void states.push('ill') }
}

function folder(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'gatelog-place-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  const place = openFolder(join(path, 'in', 'it'))
  return {
    place,
    break() {
      rmSync(path, { recursive: true, force: true })
      writeFileSync(path, 'a file')
    },
  }
}

for (const [name, open] of Object.entries({ folder, bucket }))
  test(`a place keeps whole objects by name; ${name}`, async (t) => {
    const { place, break: broken }: { place: Place; break(): void } = await open(t)
    assert.deepEqual(await place.list('parts/'), [])
    assert.equal(await place.get('parts/aa/1'), undefined)
    assert.equal(await place.size('parts/aa/1'), undefined)
    const bytes = Buffer.from([0, 255, 1, 2])
    for (const part of ['parts/aa/1', 'parts/bb/2', 'parts/bb/3', 'backups/x.json']) await place.put(part, bytes)
    await place.put('parts/bb/2', Buffer.from('again'))
    assert.deepEqual(await place.list('parts/'), ['parts/aa/1', 'parts/bb/2', 'parts/bb/3'])
    assert.deepEqual(await place.get('parts/aa/1'), bytes)
    assert.equal((await place.get('parts/bb/2'))?.toString(), 'again')
    assert.equal(await place.size('parts/aa/1'), 4)
    await place.remove('parts/aa/1')
    await place.remove('parts/aa/1')
    assert.deepEqual(await place.list('parts/'), ['parts/bb/2', 'parts/bb/3'])
    broken()
    await assert.rejects(place.put('parts/cc/4', bytes), { code: 'backup.place' })
  })
