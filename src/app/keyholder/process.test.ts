/** The process that holds the keys under a parent that means it ill: every message, malformed, out of order, again, too large. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { printCheckpoint } from '#trail'
import { PROVIDER_HOSTS } from '../ca/providers.ts'

const PROGRAM = fileURLToPath(new URL('./process.ts', import.meta.url))
const ORIGIN = 'audit.example/log'

interface Answer {
  readonly number: number
  readonly value?: unknown
  readonly fault?: { readonly code: string; readonly detail: string }
}

/** A parent that says whatever it likes. */
class Parent {
  readonly folder: string
  readonly child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #count = 0

  constructor(t: TestContext, folder = folderFor(t)) {
    this.folder = folder
    this.child = spawn(process.execPath, ['--disable-sigusr1', '--max-old-space-size=64', '--no-warnings', PROGRAM], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { PATH: process.env['PATH'], HOME: folder, PLANTED: 'planted-value' },
    })
    const gone = once(this.child, 'exit')
    t.after(() => this.child.kill('SIGKILL') && gone)
    this.child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.number)?.(answer)
      this.#waiting.delete(answer.number)
    })
  }

  raw(message: unknown): void {
    this.child.send(message as never)
  }

  ask(name: unknown, ...args: unknown[]): Promise<Answer> {
    return this.say(++this.#count, { number: this.#count, name, args })
  }

  say(number: number, message: unknown): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.#waiting.set(number, resolve)
    this.raw(message)
    return promise
  }

  begin(options: unknown = this.options()): Promise<Answer> {
    return this.say(0, { begin: options })
  }

  options(form: object = {}) {
    const data = join(this.folder, 'data')
    mkdirSync(join(data, 'seal'), { recursive: true })
    const wrapping = { form: { folder: join(this.folder, 'keys'), former: [], ...form }, data }
    return { wrapping: { ...wrapping, id: '0123456789abcdef', fresh: true }, variables: ['PLANTED'] }
  }

  get data() {
    return join(this.folder, 'data')
  }

  seal(path = join(this.folder, 'data', 'seal.key')) {
    return { origin: ORIGIN, key: { kind: 'file', path } }
  }

  ca(more: object = {}) {
    return { data: this.data, permitted: [...PROVIDER_HOSTS], configured: undefined, ...more }
  }
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-parent-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const head = (size: number, byte = size) =>
  Buffer.from(printCheckpoint({ origin: ORIGIN, size, root: Buffer.alloc(32, byte) }))

const codeOf = async (answer: Promise<Answer>) => (await answer).fault?.code

/** A program that leaves a trace where it was started. */
function trap(folder: string): { argv: string[]; sprung: () => boolean } {
  const [program, trace] = [join(folder, 'trap.sh'), join(folder, 'sprung')]
  writeFileSync(program, `#!/bin/sh\nenv > ${trace}\necho AAAA\n`)
  chmodSync(program, 0o755)
  return { argv: [program], sprung: () => existsSync(trace) }
}

test('before it was begun it does nothing', async (t) => {
  const parent = new Parent(t)
  for (const [name, args] of [
    ['wrap', [[Buffer.alloc(32)]]],
    ['signer', [parent.seal(), parent.data]],
    ['sign', [head(1)]],
    ['counts', []],
  ] as const)
    assert.equal(await codeOf(parent.ask(name, ...args)), 'keys.asked')
  assert.deepEqual(readdirSync(parent.folder), [])
})

test('what it was begun with stays, and nothing else is opened or run', async (t) => {
  const parent = new Parent(t)
  const { argv, sprung } = trap(parent.folder)
  assert.equal(await codeOf(parent.begin()), undefined)
  assert.equal(await codeOf(parent.begin()), undefined, 'the same once more is no change')
  const before = readdirSync(join(parent.folder, 'keys'))
  for (const other of [
    parent.options({ folder: join(parent.folder, 'elsewhere') }),
    parent.options({ key: { command: argv } }),
    { ...parent.options(), variables: ['PATH'] },
  ])
    assert.equal(await codeOf(parent.begin(other)), 'keys.fixed')
  assert.ok(!existsSync(join(parent.folder, 'elsewhere')))
  assert.deepEqual(readdirSync(join(parent.folder, 'keys')), before)
  assert.ok(!sprung())
  assert.deepEqual((await parent.ask('counts')).value, { begin: 1, counts: 1 })
})

test('one log is signed: with no other key, memory or name, and nothing below or beside what was signed', async (t) => {
  const parent = new Parent(t)
  const { argv, sprung } = trap(parent.folder)
  await parent.begin()
  const { vkey } = (await parent.ask('signer', parent.seal(), parent.data)).value as { vkey: string }
  assert.equal(((await parent.ask('sign', head(100))).value as Uint8Array).length, 64)
  const other = join(parent.folder, 'other')
  mkdirSync(join(other, 'seal'), { recursive: true })
  for (const [seal, data] of [
    [parent.seal(), other],
    [{ ...parent.seal(), origin: 'anything.example/log' }, parent.data],
    [parent.seal(join(other, 'made.key')), parent.data],
    [{ key: { kind: 'command', argv, vkey } }, parent.data],
    [{ key: { kind: 'env', name: 'PLANTED' } }, parent.data],
  ] as const)
    assert.equal(await codeOf(parent.ask('signer', seal, data)), 'keys.fixed')
  assert.equal(await codeOf(parent.ask('signer', parent.seal(), parent.data)), undefined)
  for (const bad of [head(50, 2), head(100, 2), head(1)])
    assert.equal(await codeOf(parent.ask('sign', bad)), 'seal.behind')
  assert.equal(await codeOf(parent.ask('sign', Buffer.from('pay mallory 100\n'))), 'seal.key')
  assert.equal(await codeOf(parent.ask('signKeep', 'a note of nobody')), 'keys.asked')
  assert.deepEqual(readdirSync(other), ['seal'])
  assert.ok(!sprung())
})

test('what was signed is remembered over a restart, whatever became of the data folder', async (t) => {
  const first = new Parent(t)
  await first.begin()
  await first.ask('signer', first.seal(), first.data)
  await first.ask('sign', head(100))
  const gone = once(first.child, 'exit')
  first.child.kill('SIGKILL')
  await gone
  rmSync(join(first.data, 'seal'), { recursive: true })
  const second = new Parent(t, first.folder)
  await second.begin()
  await second.ask('signer', second.seal(), second.data)
  assert.equal(await codeOf(second.ask('sign', head(99))), 'seal.behind')
  assert.match(String((await second.ask('signLast')).value), /^audit\.example\/log\n100\n/)
})

test('after the handshake nothing is opened that was not opened in it', async (t) => {
  const parent = new Parent(t)
  const { argv, sprung } = trap(parent.folder)
  await parent.begin()
  await parent.ask('credentials', { a: { parts: [{ text: 'a-key-' }, { env: 'PLANTED' }] } })
  await parent.ask('settled')
  assert.equal(await codeOf(parent.ask('signer', parent.seal(), parent.data)), 'keys.fixed')
  assert.equal(await codeOf(parent.ask('ca', parent.ca())), 'keys.fixed')
  for (const source of [{ command: argv }, { parts: [{ file: '/etc/hostname' }] }, { parts: [{ env: 'HOME' }] }])
    assert.equal(await codeOf(parent.ask('credentials', { a: source })), 'keys.fixed')
  assert.equal((await parent.ask('credential', 'a')).value, 'a-key-planted-value')
  assert.equal(await codeOf(parent.ask('credential', 'b')), 'upstream.credential')
  assert.ok(!sprung())
})

test('each connection has its pace: many are asked for as often as one, and one no oftener', async (t) => {
  const parent = new Parent(t)
  await parent.begin()
  const names = Array.from({ length: 250 }, (_, nth) => `c${nth}`)
  await parent.ask('credentials', Object.fromEntries(names.map((name) => [name, { parts: [{ text: 'a-key' }] }])))
  for (let round = 0; round < 3; round++)
    for (const name of names) assert.equal((await parent.ask('credential', name)).value, 'a-key', name)
  const codes = new Set<string | undefined>()
  for (let nth = 0; nth < 40; nth++) codes.add(await codeOf(parent.ask('credential', 'c0')))
  assert.ok(codes.has('keys.asked'))
})

test('a program that it was told to start has none of its secrets, and is held to its bounds', async (t) => {
  const parent = new Parent(t)
  const trace = join(parent.folder, 'environment')
  const run = (script: string) => ({ command: ['/bin/sh', '-c', script] })
  await parent.begin()
  await parent.ask('credentials', {
    good: run(`env > ${trace}; echo printed-key`),
    fails: run('echo never-shown; exit 3'),
    long: run('yes never-shown'),
    lines: run('printf "one\\ntwo\\n"'),
    empty: run(':'),
    absent: { command: [join(parent.folder, 'none')] },
  })
  assert.equal((await parent.ask('credential', 'good')).value, 'printed-key')
  for (const name of ['fails', 'long', 'lines', 'empty', 'absent']) {
    const { fault } = await parent.ask('credential', name)
    assert.equal(fault?.code, 'upstream.credential', name)
    assert.doesNotMatch(fault.detail, /never-shown/)
  }
  rmSync(trace)
  assert.equal((await parent.ask('credential', 'good')).value, 'printed-key', 'what it printed stands for a while')
  assert.ok(!existsSync(trace))
})

test('a CA is one, its constraints are those it was made with, and its key does not come out', async (t) => {
  const parent = new Parent(t)
  await parent.begin()
  assert.equal(await codeOf(parent.ask('leaf', 'api.openai.com')), 'ca.off')
  assert.equal(await codeOf(parent.ask('ca', parent.ca())), undefined)
  assert.equal(await codeOf(parent.ask('ca', parent.ca({ permitted: ['evil.example'] }))), 'keys.fixed')
  const configured = { chain: 'x', key: { file: '/etc/hostname' } }
  assert.equal(await codeOf(parent.ask('ca', parent.ca({ configured }))), 'keys.fixed')
  assert.equal(await codeOf(parent.ask('leaf', 'evil.example')), 'forward.constraint')
  assert.equal(await codeOf(parent.ask('leaf', 'api.openai.com')), undefined)
  const codes = await Promise.all(Array.from({ length: 1500 }, () => codeOf(parent.ask('leaf', 'api.openai.com'))))
  assert.deepEqual([...new Set(codes)].sort(), ['keys.asked', undefined], 'it is bounded')
})

const CALLS = [
  ...['known', 'wrap', 'unwrap', 'renew', 'signer', 'sign', 'signLast', 'credentials', 'credential', 'ca', 'leaf'],
  ...['caRows', 'caExport', 'caRotate', 'caRequest', 'caImport', 'caBeyond', 'caExposed', 'settled', 'counts'],
]

test('malformed and oversized messages are refused, one after the other, and the process goes on', async (t) => {
  const parent = new Parent(t)
  await parent.begin()
  await parent.ask('signer', parent.seal(), parent.data)
  await parent.ask('settled')
  for (const bad of [undefined, null, 0, 'begin', [], {}, { number: 'x', name: 'known', args: [] }, { number: 1.5 }])
    if (bad !== undefined) parent.raw(bad)
  for (const bad of [null, 0, '', [], {}, { wrapping: {} }, { wrapping: { form: null, data: 1 }, variables: [] }])
    assert.ok(['keys.asked', 'keys.fixed'].includes((await codeOf(parent.begin(bad))) ?? ''), JSON.stringify(bad))
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'exit', '', 7, null, ['known']])
    assert.equal(await codeOf(parent.ask(name)), 'keys.asked', String(name))
  const large = Buffer.alloc(8_000_000)
  for (const name of CALLS)
    for (const args of [
      [large],
      ['x'.repeat(8_000_000)],
      [null, null, null],
      [[large]],
      [{ a: 'x'.repeat(2_000_000) }],
    ])
      assert.equal(await codeOf(parent.ask(name, ...args)), 'keys.asked', name)
  const keys = Array.from({ length: 1025 }, () => Buffer.alloc(32))
  assert.equal(await codeOf(parent.ask('wrap', keys)), 'keys.asked')
  assert.equal(await codeOf(parent.ask('wrap', [Buffer.alloc(31)])), 'keys.asked')
  assert.equal((await parent.ask('wrap', [Buffer.alloc(32)])).fault, undefined)
})

test('whatever it is asked, it answers each time once, and opens nothing', { timeout: 60_000 }, async (t) => {
  const parent = new Parent(t)
  await parent.begin()
  await parent.ask('signer', parent.seal(), parent.data)
  await parent.ask('settled')
  const before = readdirSync(parent.folder, { recursive: true }).length
  const argument = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.uint8Array(),
    fc.dictionary(fc.string(), fc.string()),
  )
  const named = fc.constantFrom(...CALLS.filter((name) => !['renew'].includes(name)))
  await fc.assert(
    fc.asyncProperty(fc.oneof(named, fc.string()), fc.array(argument, { maxLength: 3 }), async (name, args) => {
      const { fault, value } = await parent.ask(name, ...args)
      if (fault) assert.notEqual(fault.code, 'gateway.internal', `${name} ${fault.detail}`)
      else assert.ok(value === undefined || !(value instanceof Uint8Array), name)
    }),
    { numRuns: 300 },
  )
  assert.equal(readdirSync(parent.folder, { recursive: true }).length, before)
})

test('it ends with its parent', async (t) => {
  const parent = new Parent(t)
  await parent.begin()
  const gone = once(parent.child, 'exit')
  parent.child.disconnect()
  await gone
})
