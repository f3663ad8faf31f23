/** Who can write in the data folder and has none of its keys makes no key of a user, stops no start, and is told by every surface. */
import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openKeyring } from '../../src/app/keyring.ts'
import { makeKey } from '../../src/identity/index.ts'
import { startGateway } from '../process.case.ts'

const YAML = `connections: { up: { kind: openai } }
export: { sinks: { lines: { kind: file, path: lines.jsonl, from: now } } }`

const KINDS = ['erasing', 'cutting', 'hold', 'kept', 'clock', 'rescan', 'reported', 'credential', 'backup_under']
const TEXTS = ['null', '{', '[]', '5', '{"seen":1e300}', '{"id":"x"}']

/** A document of a key that its maker knows, as the gateway would write it: the install key lies in the data folder. */
function forgedKey(data: string): { readonly key: string; readonly json: string } {
  const key = makeKey('user', (bytes) => Buffer.alloc(bytes, 7))
  const digest = openKeyring(data).digest('key', key).toString('hex')
  const actor = { id: 'mallory', kind: 'person', name: 'mallory', groups: [] }
  const record = { id: 'k_forged', kind: 'user', digest, actor, connections: '*', created: 1, expires: 4e12 }
  return { key, json: JSON.stringify(record) }
}

test('documents that somebody put into head.db', async (t) => {
  const first = await startGateway(t, YAML)
  const key = await first.key()
  const call = async (at: string, own: string) => {
    const answer = await fetch(`${at}/c/up/none`, { headers: { 'x-gatelog-key': own } })
    return [answer.status, await answer.text()] as const
  }
  const [status, told] = await call(first.url, key)
  assert.ok(!told.includes('identity.'), told)
  await first.end('SIGTERM')

  const data = join(first.folder, 'gatelog-data')
  const forged = forgedKey(data)
  const head = new DatabaseSync(join(data, 'head.db'))
  const put = head.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?)')
  put.run('key', 'k_forged', forged.json)
  put.run('export', 'lines', JSON.stringify({ name: 'lines', seq: 9e15, at: 1 }))
  for (const kind of KINDS) for (const [nth, text] of TEXTS.entries()) put.run(kind, `x${nth}`, text)
  put.run('clock', 'current', '{"seen":1e300}')
  head.close()

  const gateway = await startGateway(t, YAML, first.folder)
  await gateway.hears('was not written by who had the key of this record')
  await gateway.hears('export lines: A document of head.db')
  await gateway.hears('begins again with the oldest entry that is kept')
  assert.doesNotMatch(gateway.said(), /made a mistake/)
  assert.equal((await call(gateway.url, key))[0], status)
  const [refused, why] = await call(gateway.url, forged.key)
  assert.ok(refused >= 400 && !why.includes('mallory'), why)
  assert.match(why, /not known|unknown/i)
  const { ready, forged_documents } = (await (await fetch(`${gateway.health}/readyz`)).json()) as Record<
    string,
    unknown
  >
  assert.deepEqual([ready, (forged_documents as number) > KINDS.length * TEXTS.length], [true, true])
  const listed = await gateway.gatelog('keys', 'list')
  assert.ok(listed.stdout.includes('k_') && !listed.stdout.includes('mallory'), listed.stdout)
  const doctor = await gateway.gatelog('doctor')
  assert.match(doctor.stdout, /documents.*was not written by who had the key/)
  const verified = await gateway.gatelog('verify', '--json')
  assert.equal(verified.code, 5)
  const { alarms } = JSON.parse(verified.stdout) as { alarms: { document?: { kind: string; id: string } }[] }
  assert.ok(alarms.some(({ document }) => document?.kind === 'key' && document.id === 'k_forged'))
  await gateway.end('SIGTERM')
  assert.equal((await gateway.gatelog('verify')).code, 5)

  const keys = join(first.folder, '.config/gatelog/keys')
  renameSync(keys, `${keys}.away`)
  for (const args of [
    ['keys', 'list'],
    ['hold', 'list'],
  ]) {
    const locked = await gateway.gatelog(...args)
    assert.ok(locked.code !== 0 && locked.stderr.includes('trail.key'), `${args}: ${locked.stdout} ${locked.stderr}`)
  }
  const lost = await gateway.gatelog('doctor')
  assert.match(lost.stdout, /nobody can tell which documents of head.db are true/)
  assert.doesNotMatch(lost.stdout + lost.stderr, /made a mistake/)
  renameSync(`${keys}.away`, keys)
  assert.equal((await gateway.gatelog('keys', 'list')).code, 0)
})
