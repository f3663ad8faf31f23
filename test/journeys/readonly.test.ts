/** A record on a file system that is mounted read-only: it is verified there as it lies, and whatever would write says what stops it. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { askDemo, gatelog, startGateway, type Told } from '../process.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')

/** Mounts a folder read-only for one command alone, in a name space of its own. */
const MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
const may = spawnSync('unshare', ['-m', 'sh', '-c', MOUNT, '/var', 'true']).status === 0
const skip = may ? false : 'nothing can be mounted here'

function under(folder: string, data: string, args: readonly string[]): Promise<Told> {
  return new Promise((resolve) => {
    const given = ['-m', 'sh', '-c', MOUNT, data, process.execPath, BIN, ...args]
    const { GATELOG_CONFIG: _config, ...env } = process.env
    const options = { cwd: folder, env: { ...env, HOME: folder, NO_COLOR: '1' }, timeout: 50_000 }
    execFile('unshare', given, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    )
  })
}

async function ground(t: TestContext) {
  const gateway = await startGateway(t, 'connections: { demo: { kind: demo } }\n')
  const key = await gateway.key('--user', 'ana')
  await askDemo(gateway, key, 'a lighthouse keeper')
  return { gateway, folder: gateway.folder, data: join(gateway.folder, 'gatelog-data') }
}

test('a record that was closed in order is verified there, and nothing else begins', {
  skip,
}, async (t) => {
  const { gateway, folder, data } = await ground(t)
  const running = await under(folder, data, ['verify', data])
  assert.equal(running.code, 0, 'the server that runs is asked')
  assert.equal(await gateway.end('SIGTERM'), 0)
  const there = readdirSync(data)
  const verified = await under(folder, data, ['verify'])
  assert.equal(verified.code, 0, verified.stderr)
  assert.match(verified.stdout, /^(\d+) entries are sealed: \1 verified\n/)
  assert.deepEqual(readdirSync(data), there)
  for (const args of [['search'], ['show', 'last'], ['export'], ['serve'], ['keys', 'create', '--user', 'bea']]) {
    const { code, stderr } = await under(folder, data, args)
    assert.equal(code, 1, args.join(' '))
    assert.match(stderr, /mounted read-only.*\[disk\.readonly\]\n.*copy/, args.join(' '))
  }
  assert.equal((await gatelog(folder, ['verify'])).code, 0)
})

test('one that was not closed in order is not taken for what lies in its files alone; a copy is verified', {
  skip,
}, async (t) => {
  const { gateway, folder, data } = await ground(t)
  await gateway.end('SIGKILL')
  const cut = await under(folder, data, ['verify'])
  assert.match(cut.stderr, /not closed in order.*\[disk\.readonly\]/)
  const copy = join(folder, 'copy')
  cpSync(data, copy, { recursive: true })
  assert.equal((await gatelog(folder, ['verify', copy])).code, 0)
})
