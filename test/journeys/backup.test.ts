/** Backups of a real gateway: shipped by itself while it serves, taken when asked for, and put back when its record is gone. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { askDemo, gatelog, startGateway } from '../process.case.ts'

const YAML = `connections: { demo: { kind: demo } }
backup: { to: ./to, keys: ./apart, every: 10s }
`

test('a running server ships its record and says how far behind it is; one whose record is gone gets it back', async (t) => {
  const gateway = await startGateway(t, YAML)
  const { folder } = gateway
  const names = () => (existsSync(join(folder, 'to/backups')) ? readdirSync(join(folder, 'to/backups')) : [])
  while (names().length === 0) await wait(50)
  const key = await gateway.key('--user', 'ana')
  await askDemo(gateway, key, 'a lighthouse keeper')
  const checks = await gateway.api<{ check: string; state: string; told: string }[]>('/checks')
  const row = checks.find(({ check }) => check === 'backup')
  assert.match(`${row?.state} ${row?.told}`, /^ok the newest is \d+ s old, \d+ entries came since$/)
  assert.equal(
    checks.some(({ check }) => check === 'journal'),
    false,
  )
  const taken = await gateway.gatelog('backup', '--json')
  assert.equal(taken.code, 0, taken.stderr)
  assert.ok(JSON.parse(taken.stdout).last >= 2)
  for (const [args, code] of [
    [['backup', 'gatelog-data/in'], 'usage.option'],
    [['backup', 'x', '--keys', 'x/keys'], 'usage.option'],
    [['restore'], 'backup.target'],
  ] as const)
    assert.match(
      (await gateway.gatelog(...args)).stderr,
      new RegExp(`\\[${code.replace('.', '\\.')}\\]`),
      args.join(' '),
    )
  const drill = await gateway.gatelog('restore', '--dry-run')
  assert.deepEqual([drill.code, /\nnothing was changed\n$/.test(drill.stdout)], [0, true], drill.stderr)
  const listed = await gateway.gatelog('restore', '--list')
  assert.match(listed.stdout, /^name +taken +entries +sealed +size +state\n\d{8}T\d{9}Z +20\d\d-.* MB +can be read\n/)
  const nowhere = await gateway.gatelog('restore', 'nowhere', '--list')
  assert.deepEqual([nowhere.code, nowhere.stdout, /\/nowhere \[backup\.none\]/.test(nowhere.stderr)], [1, '', true])
  assert.equal(await gateway.end('SIGTERM'), 0)

  rmSync(join(folder, 'gatelog-data'), { recursive: true })
  const back = await gatelog(folder, ['restore', '--json'])
  assert.equal(back.code, 0, back.stderr)
  const { done, journal, replayed } = JSON.parse(back.stdout)
  assert.deepEqual([done, journal, replayed.voided], [true, true, 0])
  const shown = await gatelog(folder, ['show', 'last'])
  assert.match(shown.stdout, /a lighthouse keeper/)
  // Who signs knows that more was sealed than came back, and so does verify, until another log goes on from what is here.
  const verified = await gatelog(folder, ['verify'])
  assert.equal(verified.code, 5, verified.stdout)
  assert.match(
    verified.stdout,
    /\nrolled back: what was signed last: \d+ entries were sealed, the log has \d+\nKeep the folder .*: put a newer backup back, or .* \(trail\.seal\.origin\) and run gatelog trail begin-log --reason .*\nnot intact: 1 alarm\n$/,
  )
  gateway.configure(`${YAML}trail: { seal: { origin: x.example/second } }\n`)
  const begun = await gatelog(folder, ['trail', 'begin-log', '--reason', 'the newest backup was older'])
  assert.equal(begun.code, 0, begun.stderr)
  assert.match(begun.stdout, /\nits verifier key, for auditors: x\.example\/second\+[0-9a-f]{8}\+\S+\n/)
  const doctor = await gatelog(folder, ['doctor'])
  assert.match(
    doctor.stdout,
    /ok {3}seal +\d+ entries sealed, internally consistent; verifier key x\.example\/second\+/,
  )
  const again = await gatelog(folder, ['verify'])
  assert.equal(again.code, 0, again.stdout)

  rmSync(join(folder, 'gatelog-data'), { recursive: true })
  const bare = await gatelog(folder, ['restore', '--without-keys'])
  assert.match(
    bare.stdout,
    /\ncannot be read: \d+ entries, for the record is put back without its keys\nverified: \d+ /,
  )
  gateway.configure(`${YAML}trail: { seal: { origin: x.example/third } }\n`)
  const third = await gatelog(folder, ['trail', 'begin-log', '--reason', 'the keys are lost'])
  assert.equal(third.code, 0, third.stderr)
  const locked = await gatelog(folder, ['verify'])
  assert.equal(locked.code, 7, locked.stdout)
  assert.match(locked.stdout, /\nlocked: \d+ bodies, put back without their keys, says entry \d+\nnot verified whole: /)
  assert.doesNotMatch((await gatelog(folder, ['show', 'last'])).stdout, /CHANGED|\[damaged/)
})
