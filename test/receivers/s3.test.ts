/** The bucket of a sink and the place of backups, against an S3 server that others wrote and that checks each signature. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { openS3 } from '../../src/export/backup/s3.ts'
import { openBucket } from '../../src/export/sinks/bucket.ts'
import { openSink, SinkForm } from '../../src/export/sinks/index.ts'
import { NO_S3, ROWS, serving } from './installed.case.ts'

interface Told {
  readonly url: string
  readonly region: string
  readonly access_key: string
  readonly secret_key: string
}

const started = async (t: TestContext): Promise<Told> => JSON.parse(await serving(t, 's3.py'))

test('a sink’s objects are taken, and are the rows', { skip: NO_S3 }, async (t) => {
  const told = await started(t)
  const sink = openSink(SinkForm.parse({ kind: 's3', ...told, prefix: 'team=a/b_c.d-e/' }))
  await sink.deliver(ROWS, AbortSignal.timeout(60_000))
  await sink.deliver(ROWS, AbortSignal.timeout(60_000))
  await sink.close()
  const bucket = openBucket({ ...told }, 67_108_864)
  t.after(() => bucket.close())
  const keys = await bucket.list('team=a/', AbortSignal.timeout(60_000))
  assert.ok(
    keys.length > 0 && keys.every((key) => /^team=a\/b_c\.d-e\/\d{4}\/\d\d\/\d\d\/\d+-\d+\.jsonl\.gz$/.test(key)),
  )
  const ids: string[] = []
  for (const key of keys) {
    const bytes = await bucket.get(key, AbortSignal.timeout(60_000))
    const lines = gunzipSync(bytes ?? Buffer.of())
      .toString()
      .trim()
      .split('\n')
    ids.push(...lines.map((line) => JSON.parse(line).id))
  }
  assert.deepEqual(ids.toSorted(), ROWS.map(({ id }) => id).toSorted())
})

test('a place of backups puts, lists over pages, reads, replaces and removes', { skip: NO_S3 }, async (t) => {
  const told = await started(t)
  const place = openS3({ ...told, prefix: 'p/q/', timeout_ms: 60_000 })
  t.after(() => place.close())
  assert.deepEqual(
    [await place.list('parts/'), await place.get('parts/1'), await place.size('parts/1')],
    [[], undefined, undefined],
  )
  const names = Array.from({ length: 1005 }, (_, nth) => `parts/${String(nth).padStart(4, '0')}`)
  for (let at = 0; at < names.length; at += 15)
    await Promise.all(names.slice(at, at + 15).map((name) => place.put(name, Buffer.from(name))))
  assert.deepEqual(await place.list('parts/'), names)
  const large = Buffer.alloc(5_000_000, 7)
  await place.put('parts/0000', large)
  assert.deepEqual(
    [await place.size('parts/0000'), (await place.get('parts/0000'))?.equals(large)],
    [large.length, true],
  )
  await place.remove('parts/0000')
  await place.remove('parts/0000')
  assert.deepEqual(await place.list('parts/'), names.slice(1))
})

test('a wrong secret and an unknown key are refused; every name of an object is signed as it is sent', {
  skip: NO_S3,
}, async (t) => {
  const told = await started(t)
  for (const wrong of [{ secret_key: `${told.secret_key}x` }, { access_key: 'OTHER' }]) {
    const bucket = openBucket({ ...told, ...wrong })
    t.after(() => bucket.close())
    await assert.rejects(bucket.put('a', Buffer.from('x'), 'text/plain', AbortSignal.timeout(60_000)), {
      code: 'export.refused',
      detail: /answered 403/,
    })
  }
  const bucket = openBucket(told)
  t.after(() => bucket.close())
  for (const key of ['a=b/c_d.e-f', 'sp ace/ü+~*', 'x&y/50%/q?r#s']) {
    await bucket.put(
      encodeURIComponent(key).replaceAll('%2F', '/'),
      Buffer.from(key),
      'text/plain',
      AbortSignal.timeout(60_000),
    )
    assert.deepEqual(await bucket.list(key.slice(0, 3), AbortSignal.timeout(60_000)), [key])
  }
})
