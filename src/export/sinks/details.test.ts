/** What single sinks promise beyond the cases that all share: signatures, sizes, files that others touch. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { rowOf } from '../row.ts'
import { LOG, recordedOf, rowsOfEveryKind } from '../rows.case.ts'
import { openSink, SinkForm } from './index.ts'
import { signed } from './sigv4.ts'
import { framed, messagesOf } from './syslog/message.ts'

test('SigV4: the signature is that of the example in the documentation of S3', () => {
  const headers = signed({
    method: 'GET',
    url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
    hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    at: new Date('2013-05-24T00:00:00Z'),
    headers: { range: 'bytes=0-9' },
    region: 'us-east-1',
    access_key: `${'AKIA'}IOSFODNN7EXAMPLE`,
    secret_key: ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/'),
  })
  assert.match(headers['authorization'] ?? '', /SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,/)
  assert.match(
    headers['authorization'] ?? '',
    /Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41$/,
  )
})

test('syslog: a row that is too long is shortened to what always fits, and is JSON still', () => {
  const how = { facility: 13, message_bytes: 2048, format: 'jsonl', hostname: 'häst 1' } as const
  const long = rowOf(recordedOf(1, 'é'.repeat(5000)), LOG)
  const [message = ''] = messagesOf(long, how)
  assert.ok(Buffer.byteLength(message) <= 2048)
  assert.match(message, /^<110>1 \S+ hst1 gatelog - replied - \{/)
  const told = JSON.parse(message.slice(message.indexOf('{')))
  assert.deepEqual([told.id, told.shortened, told.leaves.length, told.actor], [long.id, true, 2, 'ana'])
  for (const row of rowsOfEveryKind('é'.repeat(5000)))
    for (const format of ['jsonl', 'ocsf'] as const)
      for (const each of messagesOf(row, { ...how, format })) assert.ok(Buffer.byteLength(each) <= 2048)
  assert.equal(framed('héllo').toString(), '6 héllo')
})

function fileSink(t: TestContext, more: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-file-'))
  const path = join(folder, 'rows.jsonl')
  const sink = openSink(SinkForm.parse({ kind: 'file', path, ...more }))
  t.after(async () => {
    await sink.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const deliver = (nth: number) => sink.deliver([rowOf(recordedOf(nth))], AbortSignal.timeout(5000))
  const idsIn = (name: string) => {
    const rows = readFileSync(join(folder, name), 'utf8').trim().split('\n')
    return rows.map((row) => JSON.parse(row).seq)
  }
  return { folder, path, deliver, idsIn }
}

test('file: what a crash left of a line goes before the next one; a file that was moved is begun anew', async (t) => {
  const { folder, path, deliver, idsIn } = fileSink(t)
  writeFileSync(path, `{"seq":0}\n${'x'.repeat(70_000)}`)
  await deliver(1)
  assert.deepEqual(idsIn('rows.jsonl'), [0, 2])
  renameSync(path, join(folder, 'moved'))
  await deliver(2)
  assert.deepEqual([idsIn('moved'), idsIn('rows.jsonl')], [[0, 2], [4]])
  assert.equal(statSync(path).mode & 0o777, 0o600)
  rmSync(path)
  writeFileSync(path, 'no line at all')
  await deliver(3)
  assert.deepEqual(idsIn('rows.jsonl'), [6])
})

test('file: from a size on a new one is begun, and only so many earlier ones stay', async (t) => {
  const { folder, path, deliver, idsIn } = fileSink(t, { rotate_bytes: 4096, keep: 2 })
  appendFileSync(join(folder, 'rows.jsonl.bak'), 'not ours')
  for (let nth = 1; nth <= 4; nth++) {
    await deliver(nth)
    appendFileSync(path, `${JSON.stringify({ seq: 'pad', pad: 'x'.repeat(5000) })}\n`)
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  const earlier = readdirSync(folder)
    .filter((name) => /jsonl\.\d/.test(name))
    .sort()
  assert.deepEqual(earlier.map(idsIn), [
    [4, 'pad'],
    [6, 'pad'],
  ])
  assert.deepEqual(idsIn('rows.jsonl'), [8, 'pad'])
  assert.ok(readdirSync(folder).includes('rows.jsonl.bak'))
})

test('a wrong sink is told by what is wrong', () => {
  const wrong = [
    [{ kind: 'kafka' }, /a sink is one of file, otlp, syslog, s3, webhook/],
    [{ kind: 'otlp', url: 'http://collector.example' }, /plain http is for this machine alone/],
    [{ kind: 'webhook', url: 'https://a.example', secret: 'whsec_c2hvcnQ=' }, /at least 24 bytes/],
    [{ kind: 'otlp', url: 'https://a.example', headers: { 'x-a': 'b\r\nc: d' } }, /one line/],
    [{ kind: 'syslog', host: 'a b' }, /host name/],
    [{ kind: 'file', path: 'x', url: 'https://a' }, /url/],
  ] as const
  for (const [settings, told] of wrong) assert.match(SinkForm.safeParse(settings).error?.message ?? '', told)
  assert.ok(SinkForm.safeParse({ kind: 'otlp', url: 'http://127.0.0.1:4318' }).success)
})
