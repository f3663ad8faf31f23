/** docs/commands.md and the commands say the same: names, exit codes, examples, the JSON of each. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Command } from 'commander'
import type { RestoreReport } from '#app'
import type { Ca, CaRow } from '#console'
import { type Bypass, Fault } from '#exchange'
import { AnchorForm } from '#export'
import type { Report } from '#trail'
import { headings, holds, tableOf, unseen } from './document.case.ts'
import { AT, exchangeOf, idOf, outcomeOf, refusedOf } from './entries.case.ts'
import { entries, PAIR } from './every.case.ts'
import { EXIT, MEANINGS } from './exit.ts'
import { folderFor, heard, openHouse, put, run, start, until } from './house.case.ts'
import { gatelog } from './program.ts'

const leaves = (command: Command, at = ''): { name: string; command: Command }[] =>
  command.commands.flatMap((each) => {
    const name = `${at} ${each.name()}`.trim()
    return each.commands.length ? leaves(each, name) : [{ name, command: each }]
  })

function helpOf(command: Command): string {
  const parts: string[] = []
  command.configureOutput({ writeOut: (text) => void parts.push(text) }).outputHelp()
  return parts.join('')
}

test('the document lists every command, and no other', () => {
  const listed = tableOf(
    'Whoever can reach a forwarded port can do what the socket allows. Requests that a browser made are refused.',
  )
  assert.deepEqual(
    listed.map(([name]) => name?.replaceAll('`', '')).sort(),
    leaves(gatelog())
      .map(({ name }) => name)
      .sort(),
  )
})

test('exit codes: code, document and help say the same', () => {
  const rows = Object.entries(EXIT).map(([name, code]) => [String(code), MEANINGS[name as keyof typeof EXIT]])
  assert.deepEqual(tableOf('## Exit codes'), rows)
  const help = helpOf(gatelog())
  for (const [code = '', meaning = ''] of rows) assert.match(help, new RegExp(`^ +${code}  ${meaning}$`, 'm'))
})

test('the help of every command has examples, and they name commands and options that there are', () => {
  const program = gatelog()
  for (const { name, command } of leaves(program)) {
    const shown = /\nExamples:\n([\s\S]+)$/.exec(helpOf(command))?.[1] ?? assert.fail(`${name} has no example`)
    for (const example of shown.trim().split('\n')) {
      const words = example
        .trim()
        .replace(/'[^']*'/g, 'quoted')
        .split(/\s+/)
      assert.equal(words.slice(1, 1 + name.split(' ').length).join(' '), name, example)
      const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short])
      for (const word of words.filter((each) => each.startsWith('-')))
        if (!/^-\d$/.test(word)) assert.ok(known.includes(word), example)
    }
  }
})

const json = async (folder: string, ...args: string[]): Promise<unknown> => {
  const { code, out, err } = await run(folder, [...args, '--json'])
  assert.ok([0, 1, 5, 7].includes(code ?? -1), err)
  assert.equal(out.trim().split('\n').length, 1, out)
  return JSON.parse(out)
}

const ROW: CaRow = {
  ...{ id: 'i', role: 'next', source: 'folder', subject: 's', fingerprint: 'f', from: 1, until: 2 },
  ...{ signs: 3, permitted: ['a.example'] },
}
const CA: Ca = {
  rows: async () => [ROW],
  export: async () => 'text',
  rotate: async () => [ROW],
  request: async () => 'text',
  import: async () => [ROW],
}

const REPORT: Report = {
  ...{ ok: false, origin: 'o', vkey: 'v', ownKey: true, sealed: 1, unsealed: 0, root: 'r', found: 1 },
  counts: {
    verified: 1,
    erased: 0,
    expired: 0,
    redacted: 0,
    locked: 1,
    unproven: 1,
    unprovable: 1,
    counted: 1,
    vanished: 1,
  },
  locked: { bodies: 1, edits: 1, keys: ['k'], notBack: { bodies: 1, edits: 1, by: [1] } },
  alarms: [{ harm: 'changed', seq: 1, exchange: 'e', document: { kind: 'k', id: 'i' }, told: 'text' }],
  putBack: { by: 2, from: 'b', known: 1, unsealed: [2] },
  vanished: [{ from: 2, to: 3, by: 4, sealed: 'first' }],
  former: [{ origin: 'f', size: 1, root: 'r', vkey: 'v', by: 2, known: 3 }],
  anchors: [
    { by: 'b', size: 1, state: 'checked', at: AT, clock: 'own' },
    { by: 'c', size: 1, state: 'claimed', why: 'text', how: 'text' },
  ],
}

/** A gateway that is not there, so that the CA comes from the record. */
const CONNECTED = ['--config', 'open.yaml', '--file', 'own.vim', '--gateway', 'http://127.0.0.1:1']

const TALLY = { since: 1, seen: 1, onRecord: 0, bypasses: 1, dropped: 0 }
const BYPASS: Bypass = {
  ...{ kind: 'bypass', exchange: idOf(5), at: AT, source: 'declared', via: 'otlp', happened: AT },
  ...{ actor: 'ana', client: 'c', model: 'm', interaction: 'i' },
}
const { actor: _actor, ...rest } = BYPASS
const BYPASSES: Bypass[] = [BYPASS, { ...rest, via: 'github-seats', github: 'octocat' }]

test('the JSON of every command is what the document says', async (t) => {
  const house = await openHouse(t, entries(), {
    checks: async () => [{ check: 'trail', state: 'fail', told: 'text', remedy: 'text' }],
    ca: () => CA,
    coverage: { coverage: async () => ({ tally: TALLY, waiting: 1, bypasses: BYPASSES }), review: async () => TALLY },
    anchors: () => ({ out: AnchorForm.parse({ kind: 'git', repository: './none', timeout_ms: 2000 }) }),
  })
  const { folder, trail } = house
  const told =
    (heading: string, ...args: string[]) =>
    async () =>
      holds(await json(folder, ...args), heading)
  const { exchange } = trail
  trail.exchange = async (id) => {
    const found = await exchange.call(trail, id)
    const lost = new Fault('trail.body', 'why')
    return found && id === idOf(4) ? { ...found, unreadable: { opening: lost, ending: lost } } : found
  }
  trail.verify = async () => REPORT
  const waits = { kind: 'on', vkey: 'v', size: 1, head: 'o\n1\n', fault: 'text', code: 'seal.waiting' } as const
  let verifying = false
  trail.sealed = async () => (verifying ? waits : { kind: 'off', why: 'text', size: 1, head: 'o\n1\n' })
  trail.standing = async () => [{ seq: 1, state: 'verified' }]
  const { find } = trail
  trail.find = async (query, page) => {
    const { exchanges, ...more } = await find.call(trail, query, page)
    return { exchanges: exchanges.map((one) => ({ ...one, misfiled: 'text' })), ...more }
  }
  Object.assign(trail.dayFiles, { begunIn: async () => 0 })
  Object.assign(trail.late, { waiting: async () => ({ lines: [], count: 1, strange: 0, isHere: false }) })
  trail.prove = async function* () {
    yield {
      head: { checkpoint: 'text', vkey: 'text', asked: { kind: 'exchange', exchange: 'x' }, entries: 0, unsealed: 0 },
    }
  }
  const salt = Buffer.alloc(32)
  const [{ body, findings }] = exchangeOf({ nth: 1, text: 'text' })
  const anew = { exchange: idOf(1), part: 'prompt', bytes: Buffer.from(body?.bytes ?? ''), salt, findings } as const
  await trail.dayFiles.revise({ by: idOf(60), erased: [], bodies: [anew], notes: [] })
  const asked = [
    ...[1, 2, 3, 4].map((id) => told('`gatelog show`', 'show', idOf(id))),
    told('`gatelog version`', 'version'),
    told('`gatelog search`', 'search', '--limit', '2'),
    told('`gatelog sessions`', 'sessions', '--limit', '1'),
    told('`gatelog reads`', 'reads'),
    told('`gatelog trail keys`', 'trail', 'keys'),
    told('`gatelog unmask`', 'unmask', idOf(1), '--key', 'gatelog-data/private.pem'),
    told('`gatelog originals keygen`', 'originals', 'keygen', '--private', 'other.pem'),
    told('`gatelog trail rotate-key`', 'trail', 'rotate-key'),
    told('`gatelog backup`', 'backup', 'to', '--keys', 'apart'),
    told('`gatelog replay`', 'replay', 'last'),
    told('`gatelog connections list`', 'connections', 'list'),
    told('`gatelog connections test`', 'connections', 'test', 'demo'),
    told('`gatelog doctor`', 'doctor'),
    async () => {
      verifying = true
      await told('`gatelog verify`', 'verify')()
      trail.verify = async () => ({ ...REPORT, ok: true, found: 0 })
      await told('`gatelog verify`', 'verify', '--offline', '--git', './none')()
      verifying = false
    },
    told('`gatelog prove`', 'prove', 'last'),
    told('`gatelog erase`', 'erase', '--user', 'ana', '--why', 'x', '--basis', 'y', '--yes'),
    told('`gatelog rescan`', 'rescan', '--since', '2026-01-01'),
    told('`gatelog coverage show`', 'coverage', 'show'),
    told('`gatelog coverage import`', 'coverage', 'import', 'gatelog-data/seats.json', '--from', 'seats'),
  ]
  asked.push(
    told('`gatelog ca show`', 'ca', 'show'),
    told('`gatelog ca export`', 'ca', 'export'),
    told('`gatelog ca rotate`', 'ca', 'rotate', '--days', '3'),
    told('`gatelog ca csr`', 'ca', 'csr'),
    told('`gatelog ca import`', 'ca', 'import', 'gatelog-data/chain.pem'),
    told('`gatelog ca install-help`', 'ca', 'install-help', 'java'),
    told('`gatelog connect`', 'connect', 'neovim', ...CONNECTED, '--write', '--yes'),
  )
  asked.push(
    async () => {
      const { out } = await run(folder, ['export', '--bodies'])
      for (const row of out.trim().split('\n')) holds(JSON.parse(row), 'type row')
    },
    told('`gatelog export`', 'export', '--output', 'rows.jsonl'),
  )
  put(join(folder, 'gatelog-data'), 'chain.pem', 'text')
  put(join(folder, 'gatelog-data'), 'private.pem', PAIR.privateKey)
  put(folder, 'open.yaml', 'connections: { copilot: { kind: copilot } }\n')
  put(join(folder, 'gatelog-data'), 'seats.json', '{"seats":[]}')
  const half = (odd: number) =>
    asked.filter((_, nth) => nth % 2 === odd).reduce((before, ask) => before.then(ask), Promise.resolve())
  await Promise.all([half(0), half(1)])
  const made = (await json(folder, 'keys', 'create', '--user', 'ana', '--group', 'g', '--network', '127.0.0.0/8')) as {
    record: { id: string }
    key: string
  }
  holds(made, '`gatelog keys create`')
  house.identity.admit(house.identity.recognise(made.key), 'header', 'demo')
  await told('`gatelog keys revoke`', 'keys', 'revoke', made.record.id, '--why', 'left')()
  await told('`gatelog keys list`', 'keys', 'list')()
  const scope = ['--user', 'ana', '--session', 's', '--connection', 'demo', '--query', 'word', '--since', '2026-11-01']
  await told(
    '`gatelog hold add`',
    'hold',
    'add',
    ...scope,
    '--until',
    '2026-12-01',
    '--exchange',
    idOf(1),
    '--why',
    'x',
  )()
  await told('`gatelog hold add`', 'hold', 'add', '--exchange', idOf(7, AT - 10 * 86_400_000), '--why', 'x')()
  await told('`gatelog hold add`', 'hold', 'add', '--user', 'bea', '--why', 'z')()
  await told('`gatelog purge`', 'purge', '--dry-run')()
  const bare = { kind: 'hold', exchange: idOf(8), at: AT, who: { value: 'ana', source: 'declared' }, why: 'x' } as const
  await trail.append({ ...bare, scope: { user: 'd' } }) // nothing but its entry tells of it
  const { holds: list } = (await json(folder, 'hold', 'list')) as { holds: { id: string }[] }
  await told('`gatelog hold list`', 'hold', 'list')()
  for (const { id } of list) await told('`gatelog hold release`', 'hold', 'release', id, '--why', 'y')()
  await told('`gatelog purge`', 'purge', '--yes')()
  const said = heard(start(t, folder, ['tail', '--json']))
  const SOME = { reader: { value: 'ana', source: 'declared' }, count: 1, times: 1 } as const
  const gap = { kind: 'gap', retain: '2y', at: AT, from: 1, to: 2, count: 3, reason: 'text', signature: 's' } as const
  await until(said, /"kind":"gap"/, (nth) => trail.append({ ...gap, exchange: idOf(nth) }))
  const instead = { insteadOf: 1, was: AT, retain: '2y', late: { id: idOf(1), at: AT, uid: 1000 } }
  const searched = {
    kind: 'searched',
    at: AT,
    via: 'server',
    fingerprint: 'f',
    query: '',
    found: 1,
    ...instead,
  } as const
  await until(said, /"searched"/, (nth) => trail.append({ ...searched, exchange: idOf(nth + 2000) }))
  const read = {
    kind: 'read',
    at: AT,
    via: 'server',
    did: 'exported',
    of: 'q',
    content: true,
    format: 'csv',
    ...SOME,
  } as const
  await until(said, /"read"/, (nth) => trail.append({ ...read, ...instead, exchange: idOf(nth + 4000) }))
  const act = { at: AT, who: { value: 'ana', source: 'declared' }, why: 'text' } as const
  const days = [{ day: '2026-11-24', retain: '1d', entries: 1, exchanges: 1, took: [0, 1] }]
  await until(said, /"hold"/, (nth) =>
    trail.append({ kind: 'hold', ...act, scope: { user: 'd' }, exchange: idOf(nth + 5000) }),
  )
  await until(said, /"release"/, (nth) =>
    trail.append({ kind: 'release', ...act, hold: 'h', exchange: idOf(nth + 6000) }),
  )
  await until(said, /"purge"/, (nth) => trail.append({ kind: 'purge', ...act, days, exchange: idOf(nth + 7000) }))
  const rotated = {
    kind: 'rotated',
    via: 'local',
    former: ['k1'],
    ...{ at: AT, key: 'k2', rewrapped: 2, lost: 0, reader: SOME.reader },
  } as const
  const restored = {
    kind: 'restored',
    ...{ at: AT, reader: SOME.reader, from: 'b', taken: AT, last: 1, sealed: 1, known: 1 },
    ...{ erasures: 0, holds: 0, purges: 0, revocations: 0, voided: 0 },
    ...({ keys: 'none', locked: [0, 1] } as const),
  } as const
  const ruled = { kind: 'ruled', at: AT, via: 'start', policy: 'c0', text: '{}' } as const
  await until(said, /"ruled"/, (nth) => trail.append({ ...ruled, exchange: idOf(nth + 8700) }))
  const vanished = { kind: 'vanished', at: AT, from: 1, to: 2 } as const
  await until(said, /"vanished"/, (nth) => trail.append({ ...vanished, exchange: idOf(nth + 8800) }))
  await until(said, /"restored"/, (nth) => trail.append({ ...restored, exchange: idOf(nth + 8500) }))
  await until(said, /"rotated"/, (nth) => trail.append({ ...rotated, exchange: idOf(nth + 8000) }))
  const erase = {
    kind: 'erase',
    ...act,
    basis: 'law',
    scope: {},
    exchanges: 1,
    sessions: 1,
    later: 0,
    notes: 0,
    took: [0, 1],
    cut: [{ exchange: 'x', part: 'prompt', commitment: 'c' }],
  } as const
  await until(said, /"erase"/, (nth) => trail.append({ ...erase, exchange: idOf(nth + 8000) }))
  const bodies = [{ exchange: 'x', part: 'prompt', rules: ['r'], commitment: 'c' }] as const
  await until(said, /"redact"/, (nth) =>
    trail.append({ kind: 'redact', policy: 'c0', ...act, bodies, exchange: idOf(nth + 9000) }),
  )
  const head = { origin: 'first', size: 1, root: '00' } as const
  const begun = { kind: 'begun', ...act, origin: 'second', former: head, known: head, beside: [head] } as const
  await until(said, /"begun"/, (nth) => trail.append({ ...begun, exchange: idOf(nth + 9500) }))
  await until(said, /"bypass"/, (nth) => trail.append({ ...BYPASS, retain: '2y', exchange: idOf(nth + 3000) }))
  await until(said, /"outcome"/, () => trail.append(outcomeOf(3, 'text')))
  await until(said, /"refused"/, (nth) => trail.append(refusedOf(nth + 1000, 'text')))
  for (const line of said().trim().split('\n')) holds(JSON.parse(line), '`gatelog tail`')
  trail.marks = () => Promise.reject(new Fault('seal.damaged', 'text'))
  await told('`gatelog trail log`', 'trail', 'log')()
  const [{ seq }] = (await trail.claims(['begun'])) as [{ seq: number }]
  await told('`gatelog show`', 'show', String(seq))()
})

test('the JSON of commands that need no record is, too', async (t) => {
  const folder = folderFor(t)
  put(
    folder,
    'gatelog.yaml',
    `connections: { up: { kind: openai } }
rules: [{ name: fine, when: 'true', then: alert, reason: x }]
masking: { rules: [{ id: mine, regex: '[a-z]{9}X' }] }`,
  )
  put(folder, 'settings.json', '{}')
  holds(await json(folder, 'check'), '`gatelog check`')
  put(folder, 'own.yaml', "masking: {rules: [{id: own, regex: 'own_[a-z]{9}', examples: {match: [x]}}]}")
  holds(await json(folder, 'rules', 'list'), '`gatelog rules list`')
  holds(await json(folder, 'rules', 'test', '--config', 'own.yaml'), '`gatelog rules test`')
  put(
    folder,
    'rules.toml',
    '[extend]\nuseDefault = true\ndisabledRules = ["github-pat"]\n[[rules]]\nid = "mine"\nregex = "mine_[a-z]{9}"\n',
  )
  holds(await json(folder, 'rules', 'import', 'rules.toml'), '`gatelog rules import`')
  put(folder, 'rows.jsonl', `{"id":1,"text":"${'gh'}p_${'A1b2C3'.repeat(6)}"}\n`)
  put(folder, 'image.png', '\0')
  holds(await json(folder, 'scan', 'rows.jsonl', 'image.png'), '`gatelog scan`')
  holds(await json(folder, 'mask', '--jsonl', 'rows.jsonl'), '`gatelog mask`')
  assert.ok(await json(folder, 'keys', 'create', '--user', 'ana', '--connection', 'up'))
  const apart = ['to', '--keys', 'apart'] as const
  holds(await json(folder, 'backup', ...apart), '`gatelog backup`')
  rmSync(join(folder, 'gatelog-data'), { recursive: true })
  const locked: RestoreReport['locked'] = [{ entries: 1, why: 'no keys' }]
  holds({ ...((await json(folder, 'restore', ...apart)) as object), locked }, '`gatelog restore`')
  put(folder, 'to/backups/20260101T000000000Z.json', 'none')
  holds(await json(folder, 'restore', 'to', '--list'), 'type backups')
  put(folder, 'gatelog-data/days/2026-01-01.default.db', '')
  holds(await json(folder, 'migrate', '--dry-run'), '`gatelog migrate`')
  const file = ['--file', 'settings.json']
  holds(await json(folder, 'connect', 'codex'), '`gatelog connect`')
  holds(await json(folder, 'connect', 'openai', '--write', '--yes', ...file), '`gatelog connect`')
  holds(await json(folder, 'connect', 'openai', '--undo', '--yes', ...file), '`gatelog connect`')
})

/** Read from bodies by the wire protocols, whose own tests show them. */
const ELSEWHERE =
  /^type (prompt (`files|`language|`repository|`commit|`branch|`session)|message `(toolCalls|attachments)|reply `(id|usage|error))/

/** Of a record that is sealed: the journey of backups shows it. */
const OF_SEALED =
  /`gatelog reads` `(reads\[\]\.seal|fault)|`gatelog coverage show` `(bypasses\[\]\.seal|fault)|`gatelog restore` `report|`gatelog trail begin-log`/

/** Of odd bodies, of entries that only sinks tell, and of records that were tampered with: their own tests show them. */
const OF_SINKS = /^type (untrusted `(encoding|cut)|(row `(note|seal)|summary `forged))/

test('no field is described that no command has shown', () => {
  const commands = leaves(gatelog())
    .map(({ name }) => name)
    .filter((name) => !/^(serve|agent|completion)$/.test(name))
  const described = headings()
    .filter((name) => name.startsWith('`'))
    .map((name) => name.slice(9, -1))
  assert.deepEqual(described.sort(), commands.sort())
  assert.deepEqual(
    unseen().filter((field) => ![ELSEWHERE, OF_SINKS, OF_SEALED].some((known) => known.test(field))),
    [],
  )
})
