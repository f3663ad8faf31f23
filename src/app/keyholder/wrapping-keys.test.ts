/** Wrapping keys in their folder and from the configuration: made once, never over an old record, never quietly absent. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { nameOfKey } from '#trail'
import { keyFrom } from './sources.ts'
import { makeWrappingKey, openWrappingKeys, type WrappingForm } from './wrapping-keys.ts'

const ID = '0123456789abcdef'
const key = (byte: number) => Buffer.alloc(32, byte)

function ground(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-keys-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  const options = (fresh: boolean, form: Partial<WrappingForm> = {}) => ({
    ...{ data: at('data'), id: ID, fresh },
    form: { folder: at('keys'), former: [], ...form },
  })
  return { folder, at, options }
}

test('the first start makes a key, for its owner alone, and the next ones find it', (t) => {
  const { at, options } = ground(t)
  const first = openWrappingKeys(options(true))
  assert.deepEqual([first.keys.length, first.place, first.made], [1, join(at('keys'), ID), true])
  const second = openWrappingKeys(options(false))
  assert.deepEqual([second.keys, second.made], [first.keys, undefined])
  const files = readdirSync(first.place ?? '')
  assert.deepEqual(files.sort(), [`${nameOfKey(key(0).fill(first.keys[0] as Buffer))}.key`, 'current'].sort())
  for (const name of files) assert.equal(statSync(join(first.place ?? '', name)).mode & 0o777, 0o600)
  assert.equal(statSync(first.place ?? '').mode & 0o777, 0o700)
})

test('for a record that has another key none is made', (t) => {
  const { at, options } = ground(t)
  assert.deepEqual(openWrappingKeys(options(false)).keys, [])
  assert.throws(() => readdirSync(at('keys')), { code: 'ENOENT' })
})

test('a new key goes first, and the ones before stay; a damaged or missing file is told by its path, and is no other’s', (t) => {
  const { options } = ground(t)
  const [old] = openWrappingKeys(options(true)).keys
  const renewed = makeWrappingKey(options(false))
  assert.deepEqual([renewed.keys.length, renewed.keys[1]], [2, old])
  const path = join(renewed.place ?? '', `${nameOfKey(renewed.keys[0] as Buffer)}.key`)
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  )
  const without = (missing: string, damaged?: string[]) => {
    const told = openWrappingKeys(options(false))
    assert.deepEqual([told.keys, told.missing, told.damaged], [[old], missing, damaged])
  }
  without(`${path} is damaged`, [`${path} is damaged`])
  rmSync(path)
  without(`${path} is gone`)
  mkdirSync(path)
  without(`${path} cannot be read`, [`${path} cannot be read`])
  rmSync(path, { recursive: true })
  writeFileSync(path, text)
  const current = join(renewed.place ?? '', 'current')
  rmSync(current)
  const { keys, missing } = openWrappingKeys(options(false))
  assert.deepEqual([keys.length, missing], [2, `${current} names no key`])
  const anew = makeWrappingKey(options(false))
  assert.deepEqual([anew.keys.length, anew.missing], [3, undefined])
  const former = join(renewed.place ?? '', `${nameOfKey(old as Buffer)}.key`)
  writeFileSync(former, 'no key')
  const left = openWrappingKeys(options(false))
  assert.deepEqual([left.keys.length, left.missing, left.damaged], [2, undefined, [`${former} is damaged`]])
})

test('a key of the configuration comes from a file, a variable or a command, in hex or base64', (t) => {
  const { at, options } = ground(t)
  writeFileSync(at('key'), `${key(3).toString('base64')}\n`)
  process.env['GATELOG_TEST_KEY'] = key(4).toString('hex')
  t.after(() => delete process.env['GATELOG_TEST_KEY'])
  const command = [process.execPath, '-p', `Buffer.alloc(32, 5).toString('hex')`]
  const { keys, place } = openWrappingKeys(
    options(false, { key: { file: at('key') }, former: [{ env: 'GATELOG_TEST_KEY' }, { command }] }),
  )
  assert.deepEqual([keys, place], [[key(3), key(4), key(5)], undefined])
  const secret = 'not-a-key-but-secret'
  writeFileSync(at('bad'), secret)
  for (const [source, said] of [
    [{ file: at('gone') }, /gone cannot be read \(ENOENT\)/],
    [{ file: at('bad') }, /bad does not hold 32 bytes/],
    [{ env: 'GATELOG_TEST_NONE' }, /GATELOG_TEST_NONE is not set/],
    [{ command: [process.execPath, '-e', 'process.exit(3)'] }, /ended with 3/],
    [{ command: ['/no/such/program'] }, /ENOENT/],
  ] as const)
    assert.throws(
      () => keyFrom(source),
      (error: { code?: string; message: string }) =>
        error.code === 'trail.key' && said.test(error.message) && !error.message.includes(secret),
    )
})

test('where no folder outside will take it, the key lies in the data folder, and is found there again', (t) => {
  const { at } = ground(t)
  const [config, keys] = [process.env['XDG_CONFIG_HOME'], process.env['GATELOG_KEYS']]
  writeFileSync(at('file'), 'no folder')
  process.env['XDG_CONFIG_HOME'] = at('file')
  delete process.env['GATELOG_KEYS']
  t.after(() => {
    if (config === undefined) delete process.env['XDG_CONFIG_HOME']
    else process.env['XDG_CONFIG_HOME'] = config
    if (keys !== undefined) process.env['GATELOG_KEYS'] = keys
  })
  const options = { data: at('data'), id: ID, fresh: true, form: { former: [] } }
  const made = openWrappingKeys(options)
  assert.equal(made.place, join(at('data'), 'wrapping'))
  rmSync(at('file'))
  mkdirSync(at('file'))
  chmodSync(at('file'), 0o700)
  assert.deepEqual(openWrappingKeys({ ...options, fresh: false }).keys, made.keys)
})
