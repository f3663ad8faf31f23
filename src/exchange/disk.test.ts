/** What the file system says is a fault that names what to do; what a network says, or a mistake, is none of the disk. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { faultOf, faultOfDisk } from './fault.ts'

const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

test('errors that the system gives are faults of the disk', { skip: process.platform !== 'linux' }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const errors: readonly [unknown, string][] = [
    [thrown(() => writeFileSync('/dev/full', 'x')), 'disk.full'],
    [thrown(() => readFileSync(join(folder, 'none'))), 'disk.path'],
    [thrown(() => readFileSync(folder)), 'disk.path'],
    [thrown(() => readdirSync(file)), 'disk.path'],
    [Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', syscall: 'open' }), 'disk.readonly'],
    [Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'read' }), 'disk.failed'],
  ]
  for (const [error, code] of errors) assert.equal(faultOf(error).code, code)
  assert.equal(faultOfDisk(errors[1]?.[0], 'out.csv')?.detail, 'out.csv: ENOENT')
})

test('what no file system said is none', async () => {
  const refused = await new Promise<Error>((resolve) => connect('/nowhere/gatelog.sock').once('error', resolve))
  for (const error of [refused, new Error('ENOENT'), new TypeError('x is undefined'), 'EIO'])
    assert.deepEqual([faultOfDisk(error), faultOf(error).code], [undefined, 'gateway.internal'])
})
