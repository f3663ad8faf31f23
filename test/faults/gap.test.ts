/** A gap on a disk that is full, and a process that is killed within it: the next one says what passed. Needs root. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGateway } from '../process.case.ts'
import { DONE, prompt, startUpstream } from '../upstream.case.ts'

const root = process.getuid?.() === 0
const MANY = 12

interface Check {
  readonly check: string
  readonly state: string
  readonly told: string
}

test('a full disk, a gap, a kill: nothing that passed is without word', { skip: !root && 'needs root' }, async (t) => {
  const disk = mkdtempSync(join(tmpdir(), 'gatelog-full-'))
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status, 0, 'no tmpfs')
  t.after(() => {
    spawnSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })
  const upstream = await startUpstream(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(DONE)
  })
  const yaml = `data: ${join(disk, 'data')}\non_trail_failure: gap\nconnections: { up: { kind: openai, url: '${upstream.url}' } }\n`
  const gateway = await startGateway(t, yaml)
  const key = await gateway.key()
  const ask = (url: string) =>
    fetch(`${url}/c/up/v1/chat/completions`, {
      method: 'POST',
      body: prompt(`hi ${'x'.repeat(20_000)} ${Math.random()}`),
      headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    }).then(async (reply) => (await reply.text()) && reply.status)
  assert.equal(await ask(gateway.url), 200)
  const filled = spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=4k'], { encoding: 'utf8' })
  assert.match(filled.stderr, /No space left/)
  const statuses: number[] = []
  for (let at = 0; at < MANY; at++) statuses.push(Number(await ask(gateway.url)))
  assert.deepEqual(new Set(statuses), new Set([200]))
  const ready = (await (await fetch(`${gateway.health}/readyz`)).json()) as { unrecorded: number }
  assert.ok(ready.unrecorded > 0 && ready.unrecorded <= MANY, `${ready.unrecorded}`)
  await gateway.end('SIGKILL')
  rmSync(join(disk, 'fill'))
  const again = await startGateway(t, yaml, gateway.folder)
  const checks = JSON.parse((await again.gatelog('doctor', '--json')).stdout) as Check[]
  const gaps = checks.find(({ check }) => check === 'gaps')
  assert.deepEqual([gaps?.state, gaps?.told.split(' ')[0]], ['warn', String(ready.unrecorded)])
  assert.ok(!checks.some(({ check }) => check === 'open gap'))
  const recorded = Number(
    ((await again.gatelog('search', '--json', '--limit', '1000')).stdout.match(/"exchange"/g) ?? []).length,
  )
  assert.equal(recorded + ready.unrecorded, MANY + 1, 'each exchange is recorded, or counted in the gap')
  assert.equal(await ask(again.url), 200)
  await again.hears('the gap is on the trail')
})
