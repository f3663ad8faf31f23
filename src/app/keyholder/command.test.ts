/** A program that is asked for a key: bounded in time and size, gone with all that it started, and never quoted. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { printedBy } from './command.ts'
import { keyFrom } from './sources.ts'

const sh = (script: string) => ['/bin/sh', '-c', script] as const
const BOUNDS = { ms: 5000, most: 64 }

test('what it prints comes back, and its arguments reach no shell', async () => {
  const args = ['$(id)', '; echo hi', '`id`', '*']
  const printed = await printedBy(['/usr/bin/env', 'printf', '%s|', ...args], BOUNDS, 'seal.key')
  assert.equal(printed.toString(), `${args.join('|')}|`)
  const echoed = await printedBy(['/bin/cat'], { ...BOUNDS, input: Buffer.from('a head') }, 'seal.key')
  assert.equal(echoed.toString(), 'a head')
  await printedBy(sh('exit 0'), { ...BOUNDS, input: Buffer.alloc(200_000) }, 'seal.key')
})

test('one that fails, says too much or is not there is a fault that names it and not what it said', async () => {
  for (const [argv, why] of [
    [sh('echo never-shown; exit 7'), /ended with 7/],
    [sh('kill -9 $$'), /ended with a signal/],
    [sh('yes never-shown'), /more than 64 bytes/],
    [['/none/such'], /cannot be run/],
  ] as const) {
    const fault = await printedBy(argv, BOUNDS, 'upstream.credential').then(
      () => assert.fail(String(argv)),
      (error: Error) => error,
    )
    assert.match(fault.message, why)
    assert.doesNotMatch(fault.message, /never-shown/)
  }
})

test('one that hangs is ended with what it started, though that ignores it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-command-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const pid = join(folder, 'pid')
  const script = `trap '' TERM HUP INT; sleep 1000 & echo $! > ${pid}.new; mv ${pid}.new ${pid}; wait; sleep 1000`
  await assert.rejects(printedBy(sh(script), { ms: 1500, most: 64 }, 'seal.key'), /did not end within 1500 ms/)
  await ended(Number(readFileSync(pid, 'utf8')))
})

/** Waits for the end of a process that is no child of this one. */
async function ended(pid: number): Promise<void> {
  const lives = () => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  while (lives()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('one that hangs ends with the process that started it', async () => {
  const code = `import { printedBy } from ${JSON.stringify(new URL('command.ts', import.meta.url).href)}
    printedBy(['sh', '-c', 'echo $$ >&2; trap "" TERM HUP INT; sleep 1000; sleep 1000'], { ms: 60000, most: 64 }, 'seal.key')
    process.on('disconnect', () => process.exit(0))`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const [said] = (await once(starter.stderr as Readable, 'data')) as [Buffer]
  const gone = once(starter, 'exit')
  starter.disconnect()
  await gone
  await ended(Number(said.toString()))
})

test('a command that prints more than a key, or none, gives no wrapping key', () => {
  const key = 'ab'.repeat(32)
  assert.equal(keyFrom({ command: sh(`echo ${key}`) }).toString('hex'), key)
  for (const script of ['yes', `echo ${key}; exit 1`, 'echo never-shown', ':'])
    assert.throws(
      () => keyFrom({ command: sh(script) }),
      (error: Error & { code?: string }) => error.code === 'trail.key' && !error.message.includes('never-shown'),
    )
})
