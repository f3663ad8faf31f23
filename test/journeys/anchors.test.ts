/** Anchors of the real process: rows bear their place in the log, surfaces say until when, an old copy is not signed on. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderFor, type Gateway, startGateway } from '../process.case.ts'

const SKIP = spawnSync('git', ['--version']).error ? 'git is not installed' : false

async function ask(gateway: Gateway, key: string): Promise<void> {
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'hello' }] })
  const headers = { 'x-gatelog-key': key, 'content-type': 'application/json' }
  const reply = await fetch(`${gateway.url}/c/demo/v1/chat/completions`, { method: 'POST', headers, body })
  assert.equal(reply.status, 200)
  await reply.text()
}

const until = async (holds: () => boolean | Promise<boolean>, what: () => string) => {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 600, what())
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('anchored, told, and restored from an old copy', { skip: SKIP }, async (t) => {
  const folder = folderFor(t)
  const bare = join(folder, 'audit.git')
  execFileSync('git', ['init', '--quiet', '--bare', bare])
  const yaml = `export:
  sinks: { lines: { kind: file, path: rows.jsonl } }
  anchors: { auditors: { kind: git, repository: audit.git, every_ms: 1000 } }
`
  const [data, old] = [join(folder, 'gatelog-data'), join(folder, 'old')]
  const outside = () => {
    const told = spawnSync('git', ['--git-dir', bare, 'log', '-1', '--format=%s', 'gatelog'], { encoding: 'utf8' })
    return Number(/: (\d+)$/.exec(told.stdout.trim())?.[1] ?? 0)
  }
  const first = await startGateway(t, yaml, folder)
  const key = await first.key()
  await ask(first, key)
  await until(
    () => outside() >= 2,
    () => first.said(),
  )
  assert.equal(await first.end('SIGTERM'), 0)
  cpSync(data, old, { recursive: true })

  const clone = join(folder, 'clone')
  execFileSync('git', ['clone', '--quiet', '-b', 'gatelog', bare, clone])
  const second = await startGateway(t, yaml, folder)
  const before = outside()
  for (let nth = 0; nth < 4; nth++) await ask(second, key)
  await until(
    () => outside() >= before + 8,
    () => second.said(),
  )
  const rows = () =>
    readFileSync(join(folder, 'rows.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1) // the last may be half written
      .map((row) => JSON.parse(row))
  await until(
    () => existsSync(join(folder, 'rows.jsonl')) && rows().filter(({ kind }) => kind === 'replied').length === 5,
    () => second.said(),
  )
  for (const row of rows()) {
    assert.match(row.origin, /^gatelog\//)
    for (const { index, hash } of row.leaves) assert.ok(index < row.seq && /^[0-9a-f]{64}$/.test(hash))
    assert.equal(row.leaves.at(-1).index, row.seq - 1)
  }
  const anchored = await second.gatelog('doctor')
  assert.match(
    anchored.stdout,
    /ok {3}anchor auditors +anchored until 20\S+Z, \d+ entries \(the time is the gateway’s own\)/,
  )
  assert.match(anchored.stdout, /ok {3}seal +\d+ entries sealed, anchored until 20\S+Z by auditors/)
  const verified = await second.gatelog('verify')
  assert.match(verified.stdout, /\nanchored until 20\S+Z by auditors, \d+ entries \(the time is the gateway’s own\)\n$/)
  const offline = await second.gatelog('verify', '--offline')
  assert.match(offline.stdout, /\ninternally consistent; anchor of auditors claimed, not checked \(its commit was not/)
  const older = await second.gatelog('verify', '--offline', '--git', clone)
  assert.match(
    older.stdout,
    /\nanchored until 20\S+Z by auditors, \d+ entries \(the time is the gateway’s own\); anchor of/,
  )
  assert.match(
    older.stdout,
    /auditors claimed, not checked \(the branch there has no commit \w{12}; gatelog verify --git/,
  )
  assert.equal(older.code, 0)
  const nothing = await second.gatelog('verify', '--offline', '--git', join(folder, 'none'))
  assert.deepEqual([nothing.code, /--git: nothing of this log is in \S+none\n/.test(nothing.stdout)], [7, true])
  const foo = await second.gatelog('verify', '--witness', 'foo')
  assert.deepEqual([foo.code, /--witness: no verifier key of a witness/.test(foo.stderr)], [2, true])
  const seen = outside()
  assert.equal(await second.end('SIGTERM'), 0)

  rmSync(join(data, 'seal', 'anchors'), { recursive: true })
  const unkept = await second.gatelog('verify')
  const [, known, rest] = /\nauditors: has seen (\d+) entries, (.*)\n/.exec(unkept.stdout) ?? []
  assert.ok(Number(known) > 0, unkept.stdout)
  assert.equal(rest, 'they are a beginning of this log; no proof of it is kept here')
  const unreached = await second.gatelog('verify', '--offline')
  assert.match(unreached.stdout, /\nauditors: no proof of it is kept here\ninternally consistent\n$/)

  rmSync(data, { recursive: true })
  cpSync(old, data, { recursive: true })
  // The holder of keys has a memory of its own, which goes here: only the anchor knows.
  for (const memory of globSync(join(folder, '.config/gatelog/keys/*/seal.head'))) rmSync(memory)
  const restored = await startGateway(t, yaml, folder)
  await ask(restored, key)
  await restored.hears('auditors has seen')
  assert.equal(restored.said().match(/nothing is sealed/g)?.length, 1)
  const told = await restored.gatelog('verify')
  assert.equal(told.code, 5)
  assert.match(told.stdout, /rolled back: auditors: \d+ entries were sealed, the log has \d+\n/)
  await ask(restored, key)
  const size = Number(readFileSync(join(data, 'seal', 'checkpoint'), 'utf8').split('\n')[1])
  assert.ok(size < seen, `${size} of ${seen}`)
  await restored.end('SIGTERM')
  const alone = await restored.gatelog('doctor')
  assert.match(alone.stdout, /fail seal +auditors has seen more: \d+ entries were sealed, the log has \d+/)
  assert.ok(outside() >= seen)
})

test('while the only anchor that can tell is out of reach nothing is sealed, and recording goes on', {
  skip: SKIP,
}, async (t) => {
  const folder = folderFor(t)
  const bare = join(folder, 'audit.git')
  const yaml = `export:
  anchors_grace_ms: 86400000
  anchors: { auditors: { kind: git, repository: audit.git, every_ms: 1000 } }
`
  const gateway = await startGateway(t, yaml, folder)
  await ask(gateway, await gateway.key())
  const waits = async () => (await gateway.gatelog('doctor')).stdout
  let told = ''
  for (let tries = 0; !told.includes('Nothing is sealed before an anchor tells'); tries++) {
    assert.ok(tries < 60, told)
    told = await waits()
  }
  assert.match(told, /fail seal +Nothing is sealed before an anchor tells what it has seen of the log.*: auditors/)
  assert.ok(!existsSync(join(folder, 'gatelog-data', 'seal', 'checkpoint')))
  const verified = await gateway.gatelog('verify')
  assert.equal(verified.code, 1)
  assert.match(
    verified.stdout,
    /^nothing is sealed now: Nothing is sealed before an anchor tells.*\n0 entries are sealed/,
  )
  execFileSync('git', ['init', '--quiet', '--bare', bare])
  await until(
    () => existsSync(join(folder, 'gatelog-data', 'seal', 'checkpoint')),
    () => gateway.said(),
  )
  assert.equal(await gateway.end('SIGTERM'), 0)
})
