/** What the three processes that hold secrets have in memory stays there: no core, no inspector, however they are started. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { rootCertificates } from 'node:tls'
import { folderFor, type Launch, startGateway } from '../process.case.ts'
import { checksOf, holderOf, isAlive, listening } from './holder.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')
const YAML = 'connections: { demo: { kind: demo } }\n'
const LOOKS = '--inspect=127.0.0.1:0 --report-on-signal --heapsnapshot-signal=SIGUSR2'

/** The ways in which an inspector gets into a process without anybody meaning it. */
const LAUNCHES: readonly (readonly [string, Launch])[] = [
  ['NODE_OPTIONS', { env: { NODE_OPTIONS: LOOKS } }],
  ['its command line', { node: ['--inspect=127.0.0.1:0', '--inspect-publish-uid=http'] }],
]

/** Nothing is dumped, and nobody gets in: by a signal, by a port, by what the environment says. */
async function isShut(pid: number): Promise<void> {
  assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m)
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  assert.ok(command.includes('--disable-sigusr1'), command.join(' '))
  assert.doesNotMatch(command.join(' '), /--inspect|--report|--heapsnapshot/)
  assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), /--inspect|--report|--heapsnapshot/)
  const before = listening(pid)
  for (let nth = 0; nth < 3; nth++) {
    process.kill(pid, 'SIGUSR1')
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  assert.ok(isAlive(pid))
  assert.deepEqual(listening(pid), before)
}

for (const [how, launch] of LAUNCHES)
  test(`gateway and keyholder are shut, though ${how} asks for an inspector`, async (t) => {
    const gateway = await startGateway(t, YAML, folderFor(t), launch)
    const holder = await holderOf(gateway)
    await isShut(gateway.child.pid ?? 0)
    await isShut(holder)
    assert.deepEqual(listening(holder), [])
    assert.equal(listening(gateway.child.pid ?? 0).length, 3, 'gateway, health, demo')
    assert.equal((await checksOf(gateway)).find(({ check }) => check === 'memory')?.state, 'ok')
    assert.deepEqual(
      readdirSync(gateway.folder).filter((name) => /^(report|Heap|core)/.test(name)),
      [],
    )
  })

async function startAgent(t: TestContext, { node = [], env = {} }: Launch) {
  const folder = folderFor(t)
  writeFileSync(join(folder, 'cert.pem'), rootCertificates[0] ?? '')
  writeFileSync(join(folder, 'key'), 'gtl_user_none', { mode: 0o600 })
  const flags = ['--gateway', 'https://127.0.0.1:9', '--ca', 'cert.pem', '--key-file', 'key', '--port', '0']
  const { NODE_OPTIONS: _options, ...rest } = process.env
  const child = spawn(process.execPath, [...node, BIN, 'agent', ...flags], {
    ...{ cwd: folder, env: { ...rest, HOME: folder, ...env } },
  })
  const ended = once(child, 'exit')
  t.after(() => child.kill('SIGKILL') && ended)
  let said = ''
  for await (const part of child.stdout) {
    said += part
    if (/agent +http/.test(said)) break
  }
  assert.match(said, /agent +http/)
  return child
}

for (const [how, launch] of [['nothing', {}] as const, ...LAUNCHES])
  test(`the agent is shut, though ${how} asks for an inspector`, async (t) => {
    const { pid = 0 } = await startAgent(t, launch)
    await isShut(pid)
    assert.equal(listening(pid).length, 1)
  })
