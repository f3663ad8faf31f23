/** A log that is taken away is missed at once: on stderr, by /readyz and by doctor; recording goes on. */
import assert from 'node:assert/strict'
import { renameSync, rmSync } from 'node:fs'
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
  for (let tries = 0; tries < 100 && (await sealed()) === 0; tries++) await wait(50)
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
  for (let tries = 0; tries < 100 && (await last.api<{ size: number }>('/seal')).size < 2; tries++) await wait(50)
  assert.equal((await last.gatelog('verify')).code, 0)
})
