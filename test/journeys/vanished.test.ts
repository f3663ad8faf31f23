/** Entries that are cut off after a kill, before they were sealed, are missed from then on; a record that was only killed is whole. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Ends, type Gateway, lastOf, sealedUpTo, startGateway } from '../process.case.ts'

const YAML = 'connections: { demo: { kind: demo } }'
const VERIFIER = join(import.meta.dirname, '../../verifier/verify.ts')

async function ask({ url }: Gateway, key: string): Promise<void> {
  const answer = await fetch(`${url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'how tall is the lighthouse' }] }),
  })
  assert.equal(answer.status, 200)
  await answer.text()
}

const dataOf = ({ folder }: Gateway): string => join(folder, 'gatelog-data')
const sealedIn = (gateway: Gateway): number =>
  Number(readFileSync(join(dataOf(gateway), 'seal/checkpoint'), 'utf8').split('\n')[1])

/** Runs a work on each of its files, while none has them open. */
function onFiles(gateway: Gateway, names: string, work: (db: DatabaseSync) => void): void {
  for (const path of globSync(names, { cwd: dataOf(gateway) })) {
    const db = new DatabaseSync(join(dataOf(gateway), path))
    db.exec('PRAGMA foreign_keys=OFF')
    work(db)
    db.close()
  }
}

function lastIn(gateway: Gateway): number {
  let last = 0
  onFiles(gateway, 'days/*.db', (db) => {
    last = Math.max(last, Number(db.prepare('SELECT max(seq) AS seq FROM entries').get()?.['seq'] ?? 0))
  })
  return last
}

/** Takes out all that tells of the entries from `from` on, as whoever can write in the folder can. */
function cut(gateway: Gateway, from: number): void {
  onFiles(gateway, 'days/*.db', (db) => {
    for (const table of [
      'entries',
      'bodies',
      'exchanges',
      'gaps',
      'rules',
      'outcomes',
      'edits',
      'unprinted',
      'originals',
    ])
      db.exec(`DELETE FROM ${table} WHERE seq >= ${from}`)
    db.exec(`UPDATE exchanges SET closing = NULL, outcome = NULL WHERE closing >= ${from}`)
    for (const table of ['flight', 'unindexed']) db.exec(`DELETE FROM ${table}`)
  })
  onFiles(gateway, 'head.db', (db) => db.exec(`UPDATE marks SET value = ${from - 1} WHERE value >= ${from}`))
}

interface Killed {
  readonly sealed: number
  readonly last: number
}

/** Kills it while entries wait to be sealed, another one where they no longer did; the last one that is sealed, and the last one. */
async function killed(t: Ends, gateway: Gateway, key: string): Promise<Killed> {
  const before = sealedIn(gateway)
  for (let tries = 0; sealedIn(gateway) === before && tries < 200; tries++) {
    await ask(gateway, key)
    await wait(20)
  }
  await ask(gateway, key)
  assert.equal(await gateway.end('SIGKILL'), 'SIGKILL')
  const [sealed, last] = [sealedIn(gateway), lastIn(gateway)]
  if (last > sealed) return { sealed, last }
  return killed(t, await startGateway(t, YAML, gateway.folder), key)
}

test('what was acknowledged and is cut off is told by verify, at the next start, and by the record from then on', async (t) => {
  const first = await startGateway(t, YAML)
  const key = await first.key()
  await ask(first, key)
  await sealedUpTo(first, (await lastOf(first)).opening.exchange)
  await killed(t, first, key)
  assert.equal((await first.gatelog('verify')).code, 0)

  const second = await startGateway(t, YAML, first.folder)
  await wait(1500)
  assert.doesNotMatch(second.said(), /acknowledged/, 'a kill alone takes nothing')
  const { sealed, last } = await killed(t, second, key)
  cut(second, sealed + 1)
  assert.equal(lastIn(second), sealed)
  const gone = `entries ${sealed + 1} to ${last}`
  const found = await second.gatelog('verify')
  assert.equal(found.code, 5, found.stdout)
  assert.match(found.stdout, new RegExp(`truncated entry ${sealed + 1}: ${gone} were acknowledged`))

  const third = await startGateway(t, YAML, first.folder)
  await third.hears(`${gone} had been acknowledged and were gone on `)
  const ready = (await (await fetch(`${third.health}/readyz`)).json()) as { ready: boolean; vanished?: number }
  assert.deepEqual([ready.ready, ready.vanished], [true, last - sealed])
  const doctor = await third.gatelog('doctor')
  assert.match(doctor.stdout, new RegExp(`fail +entries +${gone} had been acknowledged`))
  assert.match(doctor.stdout, /ok +last entries +\S+acked\.mark/)
  assert.equal(doctor.code, 5)
  await ask(third, key)
  for (let tries = 0; sealedIn(third) <= last + 1 && tries < 600; tries++) await wait(50)
  const verified = await third.gatelog('verify')
  assert.equal(verified.code, 0, verified.stdout)
  assert.match(verified.stdout, new RegExp(`, ${last - sealed} vanished`))
  assert.match(verified.stdout, new RegExp(`${gone} had been acknowledged and are gone, says entry ${last + 1}`))

  const evidence = join(first.folder, 'hour.zip')
  const proved = await third.gatelog('prove', 'after:1h', '--output', evidence)
  assert.equal(proved.code, 0, proved.stderr)
  const vkey = readFileSync(join(dataOf(third), 'seal/vkey'), 'utf8').trim()
  const checked = spawnSync(process.execPath, [VERIFIER, evidence, '--key', vkey], { encoding: 'utf8' })
  assert.equal(checked.status, 0, checked.stdout + checked.stderr)
  assert.match(checked.stdout, new RegExp(`gap +vanished: ${gone} had been acknowledged`))
  assert.equal(await third.end('SIGTERM'), 0)
  const after = await third.gatelog('verify')
  assert.equal(after.code, 0, after.stdout)
})
