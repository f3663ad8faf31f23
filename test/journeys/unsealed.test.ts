/** A log that is taken away is missed at once, and recording goes on; where no server runs what goes is sealed first. */
import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startGateway } from '../process.case.ts'

const YAML = 'connections: { up: { kind: openai } }'

interface Ready {
  readonly ready: boolean
  readonly unsealed?: string
}

test('while it runs, and at the next start', async (t) => {
  const gateway = await startGateway(t, YAML)
  const key = await gateway.key()
  const call = (at: string, name: string) => fetch(`${at}/c/${name}/v1/models`, { headers: { 'x-gatelog-key': key } })
  const ready = async (at: string) => (await (await fetch(`${at}/readyz`)).json()) as Ready
  await call(gateway.url, 'one')
  const sealed = async () => (await gateway.api<{ size: number }>('/seal')).size
  for (let tries = 0; tries < 600 && (await sealed()) === 0; tries++) await wait(50)
  assert.equal((await ready(gateway.health)).unsealed, undefined)
  const seal = join(gateway.folder, 'gatelog-data/seal')
  renameSync(seal, `${seal}.away`)
  assert.equal((await call(gateway.url, 'two')).status, 404)
  await gateway.hears('what is recorded is not sealed')
  const told = await ready(gateway.health)
  assert.equal(told.ready, true)
  assert.match(told.unsealed ?? '', /sealed|rolled back/)
  const verified = await gateway.gatelog('verify')
  assert.equal(verified.code, 5)
  assert.match(verified.stdout, /^nothing is sealed now: /)
  await gateway.end('SIGTERM')
  const again = await startGateway(t, YAML, gateway.folder)
  await again.hears('what is recorded is not sealed')
  assert.match((await ready(again.health)).unsealed ?? '', /its files are gone|entries were sealed/)
  const doctor = await again.gatelog('doctor')
  assert.match(doctor.stdout, /its files are gone|entries were sealed/)
  await again.end('SIGTERM')
  rmSync(seal, { recursive: true, force: true })
  renameSync(`${seal}.away`, seal)
  const last = await startGateway(t, YAML, gateway.folder)
  assert.equal((await ready(last.health)).unsealed, undefined)
  for (let tries = 0; tries < 600 && (await last.api<{ size: number }>('/seal')).size < 2; tries++) await wait(50)
  assert.equal((await last.gatelog('verify')).code, 0)
})

test('what is erased, masked anew or purged where no server runs is sealed first, and so is what says so', async (t) => {
  const gateway = await startGateway(t, YAML)
  const key = await gateway.key()
  for (const nth of [1, 2, 3]) {
    const headers = { 'x-gatelog-key': key, 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `planted-${nth}-secret` }] })
    await (await fetch(`${gateway.url}/c/up/v1/chat/completions`, { method: 'POST', headers, body })).text()
  }
  const { exchanges } = await gateway.api<{ exchanges: { exchange: string }[] }>('/exchanges')
  await gateway.end('SIGTERM')
  const known = `${YAML}\nmasking: { known: [{ id: planted, value: planted-2-secret }] }`
  writeFileSync(join(gateway.folder, 'gatelog.yaml'), known)
  const why = ['--why', 'asked', '--basis', 'GDPR Art. 17']
  const done = [
    await gateway.gatelog('rescan', '--since', '2026-01-01', '--why', 'leaked'),
    await gateway.gatelog('erase', '--exchange', exchanges.at(-1)?.exchange ?? '', ...why, '--yes'),
  ]
  assert.deepEqual(
    done.map(({ code }) => code),
    [0, 0],
    JSON.stringify(done),
  )
  const verified = await gateway.gatelog('verify')
  assert.equal(verified.code, 0, verified.stdout)
  assert.match(verified.stdout, /[1-9]\d* erased/)
  assert.match(verified.stdout, /[1-9]\d* redacted/)
})

test('who read, and what went past, is listed whole where the log is damaged, with what is wrong with it', async (t) => {
  const gateway = await startGateway(t, YAML)
  const last_activity_at = new Date(Date.now() - 3_600_000).toISOString()
  const seats = join(gateway.folder, 'seats.json')
  writeFileSync(seats, JSON.stringify({ seats: [{ assignee: { login: 'octocat' }, last_activity_at }] }))
  assert.equal((await gateway.gatelog('coverage', 'import', seats, '--from', 'seats')).code, 0)
  await gateway.gatelog('search')
  await gateway.end('SIGTERM')
  const whole = await gateway.gatelog('reads', '--json')
  assert.doesNotMatch(whole.stdout, /"seal"|"fault"/)
  writeFileSync(join(gateway.folder, 'gatelog-data/seal/checkpoint'), 'garbage')
  const json = async (...args: string[]) => JSON.parse((await gateway.gatelog(...args, '--json')).stdout)
  const { reads, fault } = await json('reads')
  assert.ok(reads.length >= JSON.parse(whole.stdout).reads.length && fault.length > 0, fault)
  assert.ok(reads.every(({ seal }: { readonly seal?: string }) => seal === 'unknown'))
  const found = await json('coverage')
  assert.deepEqual(
    [found.bypasses.map(({ seal }: { readonly seal?: string }) => seal), found.fault],
    [['unknown'], fault],
  )
  for (const command of ['reads', 'coverage']) {
    const { code, stdout, stderr } = await gateway.gatelog(command)
    assert.equal(code, 0)
    assert.match(stdout, /SEAL UNKNOWN, /)
    assert.match(stderr, /cannot be held against the log .*checkpoint/)
  }
})
