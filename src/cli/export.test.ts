/** `gatelog export`: what it writes, where, and what is left when it breaks off. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { FORMATS } from '#export'
import { NAMES } from './commands/export.ts'
import { holds } from './document.case.ts'
import { AT, exchangeOf, HOSTILE, idOf, outcomeOf, refusedOf } from './entries.case.ts'
import { folderFor, openHouse, run } from './house.case.ts'
import { splitLines } from './remote.ts'

const many = (count: number) =>
  Array.from({ length: count }, (_, nth) => exchangeOf({ nth: nth + 1, at: AT + nth, text: 'text' }))

test('the command names the formats that there are', () => assert.deepEqual(NAMES, Object.keys(FORMATS)))

test('rows leave newest first, over pages, and the read is on the record before them', async (t) => {
  const { run, trail } = await openHouse(t, many(230).flat())
  const { code, out, err } = await run('export', '--query', 'user:text', '--format', 'jsonl')
  assert.equal(code, 0, err)
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual([rows.length, rows[0].exchange, rows.at(-1).exchange], [230, idOf(230, AT + 229), idOf(1)])
  for (const row of rows) holds(row, 'type row')
  assert.ok(!('untrusted' in rows[0]))
  const reads = (await trail.following(460, 10)).map(({ entry }) => entry)
  assert.deepEqual(
    reads.map((entry) => entry?.kind === 'read' && [entry.did, entry.of, entry.content, entry.format]),
    [['exported', 'user:text', false, 'jsonl']],
  )
})

test('bodies leave only where they are asked for; since and until are part of the query', async (t) => {
  const { run } = await openHouse(t, [...many(3).flat(), refusedOf(9, 'text'), outcomeOf(1, 'text')])
  const since = new Date(AT + 1).toISOString()
  const { out } = await run('export', '--bodies', '--since', since, '--until', new Date(AT + 3).toISOString())
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    rows.map(({ exchange }) => exchange),
    [idOf(3, AT + 2), idOf(2, AT + 1)],
  )
  assert.match(rows[0].untrusted.prompt.text, /be brief/)
  for (const row of rows) holds(row, 'type row')
  const wrong = await run('export', '--since', 'a b')
  assert.deepEqual([wrong.code, wrong.out], [2, ''])
  assert.match((await run('export', '--query', 'nokey:x')).err, /query.syntax/)
})

test('bodies that cannot be opened are counted on stderr, told in their rows, and end it with 7', async (t) => {
  const { run, trail } = await openHouse(t, many(3).flat())
  const { exchange } = trail
  trail.exchange = async (id) => {
    const found = await exchange.call(trail, id)
    const lost = new Fault('trail.key', 'the record is under key k')
    return found && id === idOf(1) ? { ...found, unreadable: { opening: lost, ending: lost } } : found
  }
  const told = await run('export', '--bodies')
  const rows = told.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual([told.code, rows.length], [7, 3])
  assert.deepEqual(
    rows.map(({ unreadable }) => Object.keys(unreadable ?? {})),
    [[], [], ['prompt', 'reply']],
  )
  for (const row of rows) holds(row, 'type row')
  assert.match(told.err, /^2 bodies could not be opened, and the rows say why \(unreadable\): .*under key k$/m)
  const file = await run('export', '--bodies', '--output', 'out.jsonl', '--json')
  assert.deepEqual([file.code, JSON.parse(file.out).unread], [7, 2])
  const { code, err } = await run('export', '--output', 'without.jsonl')
  assert.deepEqual([code, err], [0, '3 exchanges in without.jsonl\n'])
})

test('rows that are not what was sealed end it with 5, whatever bodies cannot be opened beside', async (t) => {
  const { run, trail } = await openHouse(t, many(3).flat())
  trail.marks = async (seqs) => (seqs.includes(1) ? [{ seq: 1, mark: 'changed' }] : [])
  const { code, out, err } = await run('export')
  assert.deepEqual([code, JSON.parse(out.trim().split('\n').at(-1) ?? '').seal], [5, 'changed'], err)
  assert.match(err, /^rows that are not what was sealed, and say so \(seal\): 1\. gatelog verify$/m)
  const { exchange } = trail
  trail.exchange = async (id) => {
    const found = await exchange.call(trail, id)
    return found && { ...found, unreadable: { opening: new Fault('trail.key', 'k') } }
  }
  assert.equal((await run('export', '--bodies', '--output', 'out.jsonl')).code, 5)
})

test('a file is there once it is whole, for its owner alone; nothing is left of one that is not', async (t) => {
  const { run, folder } = await openHouse(t, many(2).flat())
  const told = await run('export', '--format', 'csv', '--output', 'out.csv', '--json')
  const text = readFileSync(join(folder, 'out.csv'), 'utf8')
  assert.deepEqual(JSON.parse(told.out), {
    file: 'out.csv',
    format: 'csv',
    rows: 2,
    bytes: Buffer.byteLength(text),
    unread: 0,
  })
  assert.equal(text.split('\r\n').length, 4)
  assert.equal(statSync(join(folder, 'out.csv')).mode & 0o777, 0o600)
  const again = await run('export', '--output', 'out.csv')
  assert.deepEqual([again.code, /out\.csv is there already: .*--force \[usage\.output\]/.test(again.err)], [2, true])
  const link = await run('prove', 'last', '--output', 'out.csv')
  assert.deepEqual([link.code, /out\.csv is there already/.test(link.err)], [2, true])
  assert.equal((await run('export', '--format', 'csv', '--output', 'out.csv', '--force')).code, 0)
  assert.equal((await run('export', '--query', '"', '--output', 'broken.csv')).code, 2)
  mkdirSync(join(folder, 'a-folder'))
  for (const output of ['no/such/folder.csv', 'a-folder', 'out.csv/x']) {
    const { code, err } = await run('export', '--output', output)
    assert.deepEqual([code, /\[usage\.output\]/.test(err), err.includes(`${output}: E`)], [2, true, true], err)
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => /csv|part|export/.test(name)),
    ['out.csv'],
  )
})

test('an output of - is stdout', async (t) => {
  const { run, folder } = await openHouse(t, many(2).flat())
  const [named, plain] = [await run('export', '--output', '-'), await run('export')]
  assert.deepEqual([named.code, named.out, named.err], [0, plain.out, plain.err])
  assert.ok(!readdirSync(folder).some((name) => name.startsWith('-')))
})

test('no format lets the record drive the terminal', async (t) => {
  const { run } = await openHouse(t, [...exchangeOf({ nth: 1, text: HOSTILE }), refusedOf(2, HOSTILE)])
  for (const name of NAMES) {
    const { out, code } = await run('export', '--bodies', '--format', name)
    assert.equal(code, 0)
    assert.doesNotMatch(out, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e\u200b]/, name)
  }
})

test('where there is no record, none is made', async (t) => {
  const folder = folderFor(t)
  assert.match((await run(folder, ['export'])).err, /trail\.none/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('gatelog')),
    [],
  )
})

test('what breaks off, or ends with a fault, is a fault, and leaves no file', async (t) => {
  const folder = folderFor(t)
  mkdirSync(join(folder, 'gatelog-data'))
  let answer = ''
  let breaks = false
  const server = createServer((asked, reply) => {
    if (!asked.url?.startsWith('/export')) return reply.end('[]')
    reply.write(answer)
    if (breaks) reply.write('{"v"', () => reply.destroy())
    else reply.end()
  })
  await once(server.listen(join(folder, 'gatelog-data', 'gatelog.sock')), 'listening')
  t.after(() => server.close())
  const row = FORMATS.jsonl.lines({ v: 1, id: 'i', time: '2026', kind: 'gap', exchange: 'e', seq: 1 }, false)
  for (const [told, cut, code] of [
    [row, false, 'server.unreachable'],
    [row, true, 'server.unreachable'],
    [`${row}{"fault":{"code":"trail.broken","detail":"x"}}\n`, false, 'trail.broken'],
    [`${row}{"fault":{"code":"no.such"}}\n`, false, 'gateway.internal'],
  ] as const) {
    answer = told
    breaks = cut
    const { err, code: ended } = await run(folder, ['export', '--output', 'out.jsonl'])
    assert.ok(err.includes(`[${code}]`) && ended !== 0, err)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('out')),
      [],
    )
  }
})

test('lines come whole, however their text is cut; one that breaks off is a fault', async () => {
  const text = 'eins\nzwei\n\ndrei'
  for (let cut = 0; cut <= text.length; cut += 1) {
    const lines = splitLines(
      (async function* () {
        yield text.slice(0, cut)
        yield text.slice(cut)
      })(),
      () => assert.fail(),
    )
    const told: string[] = []
    for await (const line of lines) told.push(line)
    assert.deepEqual(told, ['eins', 'zwei', '', 'drei'])
  }
})
