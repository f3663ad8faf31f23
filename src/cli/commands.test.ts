/** What each command says and how it ends, as a person sees it. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { makeKey } from '#identity'
import { exchangeOf, idOf } from './entries.case.ts'
import { EXIT } from './exit.ts'
import { folderFor, heard, openHouse, put, run, spawned, until } from './house.case.ts'

const KEY = makeKey('user', (bytes) => new Uint8Array(bytes).fill(9))

describe('commands', { concurrency: 2 }, () => {
  test('a list says how it goes on', async (t) => {
    const entries = [1, 2, 3].flatMap((nth) => exchangeOf({ nth, text: 'ana' }))
    const { run: gatelog } = await openHouse(t, entries)
    const first = await gatelog('search', '--limit', '2')
    assert.match(
      first.out,
      /^exchange +time +who +client +connection +model +outcome +found\n(01a20cad-1740 .*alert +2\n){2}$/,
    )
    const cursor = /^more: --before (\S+)\n$/.exec(first.err)?.[1] ?? assert.fail(first.err)
    const rest = await gatelog('search', '--limit', '2', '--before', cursor)
    assert.deepEqual([rest.out.trim().split('\n').length, rest.err], [2, ''])
    const none = await gatelog('search', 'user:nobody')
    assert.deepEqual([none.code, none.out, none.err], [0, '', 'nothing found\n'])
  })

  const FAULTS: readonly (readonly [args: readonly string[], code: number, err: RegExp])[] = [
    [['search', 'nokey:x'], EXIT.usage, /no key "nokey".* \[query\.syntax\]\n {2}\S/],
    [['search', '--limit', '0'], EXIT.usage, /whole number from 1 to 1000/],
    [['show', idOf(9)], EXIT.error, /\[trail\.absent\]/],
    [['replay', 'nosession'], EXIT.error, /no session nosession \[trail\.absent\]/],
    [['replay', 'last', '--speed', '0'], EXIT.usage, /number from 0\.01/],
    [['keys', 'revoke', 'k_none'], EXIT.auth, /\[identity\.unknown\]/],
    [['keys', 'create'], EXIT.usage, /name one of --user, --job, --service, --path/],
    [['keys', 'create', '--user', 'a', '--days', '400'], EXIT.usage, /to 366/],
    [['export', '--since', '2026-13-45'], EXIT.usage, /option '--since <time>'.*It is 2026-11-24, .*how long ago/],
    [['rescan', '--since', '2026-02-31'], EXIT.usage, /option '--since <time>'/],
    [['purge', '--before', '2026-02-31'], EXIT.usage, /option '--before <day>'/],
    [['export', '--since', '1d', '--until', '2d'], EXIT.usage, /the period ends before it begins/],
    [['hold', 'add', '--since', '1d', '--until', '1w', '--why', 'x'], EXIT.usage, /the period ends before it begins/],
    [['nothing'], EXIT.usage, /unknown command 'nothing'/],
    [[], EXIT.usage, /Usage: gatelog/],
    [['connect', 'emacs'], EXIT.usage, /Allowed choices are copilot-cli, claude, codex, openai, anthropic/],
    [['rules', 'import', 'none.toml'], EXIT.usage, /none\.toml: ENOENT \[usage\.input\]/],
    [['show', ''], EXIT.usage, /name an exchange.*\[usage\.option\]/],
    [['hold', 'release', '', '--why', 'x'], EXIT.usage, /name a hold/],
    [['keys', 'revoke', ' '], EXIT.usage, /name a key/],
    [['check', '--config', 'bad.yaml'], EXIT.config, /bad\.yaml:1:\d+ .*\[config\.invalid\]/],
  ]
  test('a fault is told in two lines on stderr, with its exit code and never a stack', {
    concurrency: 2,
  }, async (t) => {
    const { folder } = await openHouse(t, exchangeOf({ nth: 1, text: 'ana' }))
    put(folder, 'bad.yaml', 'nokey: 1\n')
    const all = FAULTS.map(([args, code, err]) =>
      t.test(args.join(' ') || '(nothing)', async () => {
        const ran = await run(folder, args)
        assert.equal(ran.code, code, ran.err)
        assert.match(ran.err, err)
        assert.equal(ran.out, '')
        assert.doesNotMatch(ran.err, /^\s+at |gateway\.internal/m)
      }),
    )
    await Promise.all(all)
  })

  test('a record whose install.key is gone ends with 5, whoever asks', async (t) => {
    const folder = folderFor(t)
    mkdirSync(join(folder, 'gatelog-data', 'days'), { recursive: true })
    for (const args of [
      ['verify'],
      ['verify', 'gatelog-data'],
      ['search'],
      ['doctor'],
      ['migrate', '--dry-run'],
      ['serve'],
    ]) {
      const { code, err } = await run(folder, args)
      assert.deepEqual(
        [args, code, /install\.key is gone.*\[trail\.damaged\]/.test(err)],
        [args, EXIT.evidence, true],
        err,
      )
    }
    assert.deepEqual(readdirSync(join(folder, 'gatelog-data')), ['days'])
  })

  test('a beginning that several ids have is told with what they are', async (t) => {
    const { run: gatelog } = await openHouse(
      t,
      [1, 2].flatMap((nth) => exchangeOf({ nth, text: 'ana' })),
    )
    const { code, err } = await gatelog('show', idOf(1).slice(0, 13))
    assert.equal(code, EXIT.error)
    assert.match(err, new RegExp(`2 begin so: ${idOf(2)}, ${idOf(1)} \\[trail\\.ambiguous\\]`))
    assert.equal((await gatelog('show', idOf(1))).code, EXIT.ok)
  })

  test('nobody is asked to agree to an erasure that is forbidden, or of nothing', async (t) => {
    const none = { exchanges: 0, sessions: 0, later: 0, notes: 0, held: 0, holds: [], worm: 0, open: 0 }
    const plans = [
      [
        { ...none, exchanges: 2, sessions: 1, held: 1, holds: ['h'] },
        /1 of what goes.*\(2 exchanges\), by h \[custody\.held\]/,
      ],
      [{ ...none }, /\[custody\.nothing\]/],
      [{ ...none, exchanges: 1, sessions: 1 }, /\[client\.consent\]/],
    ] as const
    for (const [row, err] of plans) {
      const refuse = () => Promise.reject(new Error('nothing may be erased'))
      const plan = async () => ({ ...row, unread: 0, damaged: 0, keys: [] })
      const reviser = { plan, erase: refuse, rescan: refuse, resume: refuse }
      const { run: gatelog } = await openHouse(t, [], { reviser })
      const ran = await gatelog('erase', '--user', 'ana', '--why', 'x', '--basis', 'y')
      assert.match(ran.err, err)
      assert.notEqual(ran.code, EXIT.ok)
    }
  })

  test('what was erased is told by the numbers of exchanges and lines', async (t) => {
    const whole = { exchanges: 1, sessions: 1, later: 0, notes: 2, held: 0, holds: [], worm: 0, open: 0 }
    const plan = async () => ({ ...whole, unread: 0, damaged: 0, keys: [] })
    const refuse = () => Promise.reject(new Error('nothing may be looked through'))
    const erase = async () => ({ ...(await plan()), seq: 7, left: 0, begun: 0 })
    const { run: gatelog } = await openHouse(t, [], { reviser: { plan, erase, rescan: refuse, resume: refuse } })
    const ran = await gatelog('erase', '--user', 'ana', '--why', 'x', '--basis', 'y', '--yes')
    assert.equal(ran.code, EXIT.ok, ran.err)
    assert.match(ran.out, /^erased by entry 7: 1 exchange, 2 lines$/m)
  })

  test('a hold says how many exchanges it keeps now', async (t) => {
    const { run: gatelog } = await openHouse(t, exchangeOf({ nth: 1, text: 'ana' }))
    const spelt = await gatelog('hold', 'add', '--connection', 'demo', '--why', 'case 17')
    assert.match(spelt.err, /^it keeps 1 exchange now, and what comes and fits\n$/)
    const wrong = await gatelog('hold', 'add', '--connection', 'nope', '--why', 'case 17')
    assert.match(wrong.err, /^it keeps no exchange now \(is it spelt right\?\)/)
    assert.match((await gatelog('hold', 'list')).out, /keeps +why\n.* 1 +case 17\n.* 0 +case 17\n$/)
  })

  test('who read is found by name, the one behind sudo too, and by time', async (t) => {
    const line = { kind: 'read', did: 'listed', via: 'local', content: false, count: 1, times: 1 } as const
    const readBy = (nth: number, value: string, at: number) =>
      ({ ...line, exchange: idOf(nth), at, of: `user:u${nth}`, reader: { value, source: 'observed' } }) as const
    const { run: gatelog } = await openHouse(t, [
      readBy(1, 'root (sudo by ana)', Date.parse('2026-11-20T10:00:00Z')),
      readBy(2, 'ana', Date.parse('2026-11-22T10:00:00Z')),
      readBy(3, 'anabel', Date.parse('2026-11-22T11:00:00Z')),
    ])
    const shown = async (...args: string[]) =>
      [...(await gatelog('reads', ...args)).out.matchAll(/user:u(\d)/g)].map(([, nth]) => nth)
    assert.deepEqual(await shown('--user', 'ana'), ['2', '1'])
    assert.deepEqual(await shown('--user', 'ana', '--since', '2026-11-21'), ['2'])
    assert.deepEqual(await shown('--until', '2026-11-21'), ['1'])
    assert.deepEqual(await shown('--user', 'ana', '--limit', '1'), ['2'])
    assert.equal((await gatelog('reads', '--user', 'nobody')).err, 'nothing found\n')
    assert.match((await gatelog('reads', '--limit', '1')).out, /user:"nobody"/)
  })

  test('a recorded reply leaves byte for byte in a pipe', async (t) => {
    const entries = exchangeOf({ nth: 1, text: 'a\u001b[2Jé' })
    const { spawned: gatelog } = await openHouse(t, entries)
    const { out } = await gatelog('show', 'last', '--raw')
    assert.equal(out, Buffer.from(entries[1].body?.bytes ?? []).toString())
  })

  test('evidence that does not hold is 5, another failure is 1, an upstream that is away is 6', async (t) => {
    const failing = (check: string) => openHouse(t, [], { checks: async () => [{ check, state: 'fail', told: 'x' }] })
    for (const check of ['gaps', 'entries'])
      assert.equal((await (await failing(check)).run('doctor')).code, EXIT.evidence)
    assert.equal((await (await failing('disk')).run('doctor')).code, EXIT.error)
    const away = await openHouse(t, [], { test: async () => [{ host: 'api', ok: false, told: 'no' }] })
    assert.equal((await away.run('connections', 'test', 'demo')).code, EXIT.unreachable)
  })

  test('a key in a file is written only when somebody agrees, is never shown, and goes again', async (t) => {
    const folder = folderFor(t)
    put(folder, 'key', `${KEY}\n`)
    put(folder, 'settings.json', '{"model":"opus"}')
    const args = ['connect', 'claude', '--key-file', 'key', '--file', 'settings.json']
    const refused = await spawned(folder, [...args, '--write'], 'y\n')
    assert.equal(refused.code, EXIT.usage)
    assert.match(refused.err, /\+ .*"ANTHROPIC_AUTH_TOKEN":"gtl_user_9999…"[\s\S]*\[client\.consent\]/)
    assert.equal(readFileSync(join(folder, 'settings.json'), 'utf8'), '{"model":"opus"}')
    const written = await run(folder, [...args, '--write', '--yes'])
    assert.equal(written.code, 0)
    assert.ok(!(written.out + written.err + refused.err).includes(KEY))
    assert.ok(readFileSync(join(folder, 'settings.json'), 'utf8').includes(KEY))
    put(folder, 'settings.json', readFileSync(join(folder, 'settings.json'), 'utf8').replace('opus', 'haiku'))
    const changed = await run(folder, ['connect', 'claude', '--undo', '--yes', '--file', 'settings.json'])
    assert.equal(changed.code, EXIT.error)
    assert.match(changed.err, /What would be lost[\s\S]*- .*haiku[\s\S]*\+ .*opus[\s\S]*has changed since/)
    put(folder, 'settings.json', readFileSync(join(folder, 'settings.json'), 'utf8').replace('haiku', 'opus'))
    const undone = await run(folder, ['connect', 'claude', '--undo', '--yes', '--file', 'settings.json'])
    assert.deepEqual([undone.code, readFileSync(join(folder, 'settings.json'), 'utf8')], [0, '{"model":"opus"}'])
    assert.equal(existsSync(join(folder, 'gatelog-data')), false, 'connect opens no record')
  })

  const SCRIPT = spawnSync('script', ['--version']).status === 0

  /** Runs at a terminal of its own; `typed` is what the person types once there is a question. */
  async function atTerminal(t: TestContext, folder: string, args: readonly string[], typed: string): Promise<string> {
    const bin = join(import.meta.dirname, '../../bin/gatelog.mjs')
    const command = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ')
    const env = { PATH: process.env['PATH'], HOME: folder, TZ: 'UTC', TERM: 'xterm' }
    const child = spawn('script', ['-qec', `stty cols 80; ${command}`, '/dev/null'], { cwd: folder, env })
    t.after(() => child.kill('SIGKILL'))
    const said = heard(child)
    const ended = once(child, 'close')
    await until(said, /\[y\/N\]/)
    child.stdin.write(typed)
    await ended
    return said()
  }

  for (const [typed, agreed] of [
    ['y\n', true],
    ['n\n', false],
    ['\u0004', false],
  ] as const)
    test(`a person at a terminal is asked: ${JSON.stringify(typed)}`, {
      skip: !SCRIPT && 'no script(1)',
    }, async (t) => {
      const folder = folderFor(t)
      const told = await atTerminal(t, folder, ['connect', 'openai', '--file', 'out.env', '--write'], typed)
      assert.match(told, /Write .*out\.env\? \[y\/N\]/)
      assert.equal(existsSync(join(folder, 'out.env')), agreed, told)
    })

  test('a key comes from standard input, and the printed settings work in a shell', async (t) => {
    const folder = folderFor(t)
    const { code, out, err } = await spawned(folder, ['connect', 'openai', '--key-file', '-'], `${KEY}\n`)
    assert.equal(code, 0, err)
    const shell = spawnSync('sh', ['-c', `${out}\nprintf '%s|%s' "$OPENAI_BASE_URL" "$OPENAI_API_KEY"`], {
      encoding: 'utf8',
    })
    assert.equal(shell.stdout, `http://127.0.0.1:8484/c/demo/v1|${KEY}`)
    const named = await run(folder, ['connect', 'openai'])
    const late = spawnSync('sh', ['-c', `GATELOG_KEY=k; ${named.out}\nprintf '%s' "$OPENAI_API_KEY"`], {
      encoding: 'utf8',
    })
    assert.equal(late.stdout, 'k')
  })

  const CONNECT: readonly (readonly [args: readonly string[], code: number, err: RegExp])[] = [
    [['claude', '--write', '--yes'], EXIT.usage, /give --key-file \[usage\.option\]/],
    [['claude', '--write', '--undo'], EXIT.usage, /cannot be used with/],
    [['claude', '--key', 'gtl_user_wrong'], EXIT.auth, /\[identity\.unknown\]/],
    [['claude', '--key-file', 'none'], EXIT.error, /none: ENOENT \[client\.file\]/],
    [['claude', '--connection', 'none'], EXIT.error, /none \[request\.connection\]/],
    [['claude', '--key', makeKey('path', () => new Uint8Array(40))], EXIT.usage, /needs path_keys: true/],
    [['claude', '--undo'], EXIT.error, /has written nothing to/],
    [['codex', '--gateway', 'https://g.example'], EXIT.usage, /name the --connection/],
    [['codex', '--gateway', 'https://g.example/$(id)', '--connection', 'x'], EXIT.usage, /--gateway: an address/],
  ]
  test('connect refuses by name what it cannot do', { concurrency: 2 }, async (t) => {
    const folder = folderFor(t)
    const all = CONNECT.map(([args, code, err]) =>
      t.test(args.join(' '), async () => {
        const ran = await run(folder, ['connect', ...args])
        assert.equal(ran.code, code, ran.err)
        assert.match(ran.err, err)
      }),
    )
    await Promise.all(all)
  })

  test('a gateway elsewhere needs no configuration here', async (t) => {
    const folder = folderFor(t)
    const { out } = await run(folder, [
      'connect',
      'codex',
      '--gateway',
      'https://g.example:8484/',
      '--connection',
      'team',
      '--key',
      KEY,
    ])
    assert.match(out, /^base_url = "https:\/\/g\.example:8484\/c\/team\/v1"$/m)
  })

  test('a file that others can read is told of', async (t) => {
    const folder = folderFor(t)
    put(folder, 'settings.json', '{}')
    chmodSync(join(folder, 'settings.json'), 0o644)
    const args = ['connect', 'claude', '--key', KEY, '--file', 'settings.json', '--write', '--yes']
    assert.match((await run(folder, args)).err, /Others can read it, and it may hold a key: chmod 600/)
  })
})
