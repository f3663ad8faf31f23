/** A session of which the key of its earlier turns is not here: no command destroys what it cannot read, or keeps silent of it. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderFor, type Gateway, gatelog, startGateway } from '../process.case.ts'

const YAML = 'connections: { demo: { kind: demo } }\n'
const FIRST = 'my private customer list is Muller and Sons of Bremen city'
const [SECOND, THIRD] = ['and now sort it by name please', 'and write the word kangaroo-7731-bluebird']
const MASKING = 'masking: { known: [{ id: animal, value: kangaroo-7731-bluebird }] }\n'

async function say(gateway: Gateway, key: string, said: readonly string[]): Promise<void> {
  const answer = await fetch(`${gateway.url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify({ model: 'demo', messages: said.map((content) => ({ role: 'user', content })) }),
  })
  await answer.text()
  assert.equal(answer.status, 200)
}

const placeOf = (folder: string) => {
  const keys = join(folder, '.config/gatelog/keys')
  return join(keys, readdirSync(keys)[0] ?? '')
}

/** Two turns whose key is lost, and a third one under another: their ids, the oldest first. */
async function lost(t: TestContext) {
  const folder = folderFor(t)
  const gateway = await startGateway(t, YAML, folder)
  const key = await gateway.key('--user', 'ana')
  await say(gateway, key, [FIRST])
  await say(gateway, key, [FIRST, SECOND])
  await gateway.end('SIGTERM')
  const place = placeOf(folder)
  cpSync(place, join(folder, 'away'), { recursive: true })
  const [name = ''] = readdirSync(place).filter((each) => each.endsWith('.key'))
  rmSync(join(place, name))
  assert.equal((await gatelog(folder, ['trail', 'rotate-key', '--lost'])).code, 0)
  const again = await startGateway(t, YAML, folder)
  await say(again, key, [FIRST, SECOND, THIRD])
  await again.end('SIGTERM')
  const { exchanges } = JSON.parse((await gatelog(folder, ['search', '--json'])).stdout)
  const ids = exchanges.map(({ exchange }: { exchange: string }) => exchange).toReversed()
  const back = () => cpSync(join(folder, 'away', name), join(place, name))
  const run = (...args: string[]) => gatelog(folder, args)
  return { folder, ids: ids as readonly string[], key: name.replace('.key', ''), back, run }
}

test('an erasure is refused, by number and key; rescan, export and prove say what they could not open; all is there once the key is', async (t) => {
  const { folder, ids, key, back, run } = await lost(t)
  const [a = '', b = '', c = ''] = ids
  assert.equal((await run('hold', 'add', '--exchange', b, '--why', 'case 17')).code, 0)
  const erase = ['erase', '--exchange', a, '--why', 'a', '--basis', 'b']
  const plan = await run(...erase, '--dry-run')
  assert.match(
    plan.stdout,
    new RegExp(`^forbidden: turns of these sessions that cannot be read, for key ${key} is not here: 2;`, 'm'),
  )
  assert.match(plan.stdout, /^forbidden: held, .*: 1, by /m)
  const refused = await run(...erase, '--yes')
  assert.match(refused.stderr, new RegExp(`key ${key} is not here; 1 of all held, by .*\\[custody\\.unread\\]`))
  assert.equal(refused.code, 1)
  writeFileSync(join(folder, 'gatelog.yaml'), YAML + MASKING)
  const scanned = await run('rescan', '--since', '2026-01-01')
  assert.match(scanned.stderr, /^3 exchanges looked through, 1 body masked anew$/m)
  assert.match(scanned.stderr, new RegExp(`^4 bodies could not be opened: key ${key} is not here;`, 'm'))
  assert.match(scanned.stdout, new RegExp(c))
  assert.equal(scanned.code, 7)
  const exported = await run('export', '--bodies', '--format', 'csv')
  assert.match(exported.stdout, /trail\.key,trail\.key/)
  assert.match(exported.stderr, /^4 bodies could not be opened/m)
  assert.equal(exported.code, 7)
  const proof = await run('prove', a, '--bodies')
  assert.match(proof.stderr, /^2 bodies could not be opened/m)
  assert.equal(proof.code, 7)
  const verified = await run('verify')
  assert.equal(verified.code, 7, verified.stdout)
  back()
  for (const [id, said] of [
    [a, FIRST],
    [b, SECOND],
  ] as const)
    assert.match((await run('show', id)).stdout, new RegExp(said))
  assert.equal((await run('verify')).code, 0)
  assert.equal((await run('rescan', '--since', '2026-01-01')).code, 0)
  assert.equal((await run('export', '--bodies')).code, 0)
})
