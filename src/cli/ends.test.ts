/** Ends that are not a command's own: Ctrl-C, a pipe that closes, a server that goes, no server at all. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, connect as dial } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { AT, exchangeOf, idOf, refusedOf } from './entries.case.ts'
import { EXIT } from './exit.ts'
import { folderFor, heard, openHouse, spawned as run, start, until } from './house.case.ts'

describe('ends', { concurrency: 2 }, () => {
  test('tail follows until Ctrl-C, which is 130', async (t) => {
    const { folder, trail } = await openHouse(t, [])
    const child = start(t, folder, ['tail'])
    const said = heard(child)
    await until(said, /refused/, (nth) => trail.append(refusedOf(nth, 'x')))
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    assert.deepEqual(await ended, [EXIT.interrupted, null])
    assert.match(said(), /^2026-11-24 08:30:05 +\d+ {2}refused {6}01a20cad-1740 {2}unknown, identity\.missing x\n/)
  })

  test('a replay keeps its pace, until Ctrl-C', async (t) => {
    const [asked, replied] = exchangeOf({ nth: 1, text: 'said' })
    const late = {
      ...replied,
      pace: replied.pace?.map(([ms, at], nth) => [nth ? ms + 3_600_000 : ms, at] as const) ?? [],
    }
    const { folder } = await openHouse(t, [asked, late])
    const child = start(t, folder, ['replay', 'last'])
    const said = heard(child)
    await until(said, /first /)
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    assert.deepEqual(await ended, [EXIT.interrupted, null])
    assert.doesNotMatch(said(), /first said/)
    const fast = await run(folder, ['replay', 'last', '--speed', '1000000'])
    assert.deepEqual([fast.code, /first said\n\[choices/.test(fast.out)], [0, true])
  })

  test('a session is replayed in order, with its idle time skipped', async (t) => {
    const entries = [1, 2].flatMap((nth) => exchangeOf({ nth, at: AT + nth * 86_400_000, text: `turn ${nth}` }))
    const { spawned: gatelog } = await openHouse(t, entries)
    const { code, out } = await gatelog('replay', 'SessionOne', '--skip-idle', '--speed', '1000')
    assert.equal(code, 0)
    assert.match(out, /turn 1[\s\S]*first turn 1[\s\S]*\[user\] turn 2[\s\S]*first turn 2/)
  })

  test('help, and what is wrong with a command line, have no reader either', async (t) => {
    const folder = folderFor(t)
    for (const [args, code] of [
      [['replay', '--help'], EXIT.ok],
      [['--help'], EXIT.ok],
    ] as const) {
      const child = start(t, folder, [...args])
      child.stdout?.destroy()
      const errors = heard({ ...child, stdout: child.stderr } as typeof child)
      assert.deepEqual([await once(child, 'close'), errors()], [[code, null], ''])
    }
  })

  test('a reader that goes away ends a command without a word', async (t) => {
    const entries = Array.from({ length: 300 }, (_, nth) => refusedOf(nth + 10, 'x'.repeat(900)))
    const { folder, trail } = await openHouse(t, entries)
    for (const args of [['search', '--limit', '300', '--json'], ['tail']]) {
      const child = start(t, folder, args)
      const errors = heard({ ...child, stdout: child.stderr } as typeof child)
      const first = once(child.stdout ?? assert.fail(), 'data').then(() => child.stdout?.destroy())
      const ended = once(child, 'exit')
      const over = Promise.all([first, ended])
      for (let nth = 1000; child.exitCode === null && nth < 1600; nth++) {
        await trail.append(refusedOf(nth + (args.length > 1 ? 0 : 5000), 'y'))
        await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 20))])
      }
      await over
      assert.deepEqual([child.exitCode, errors()], [EXIT.ok, ''])
    }
  })

  test('without a server the record is opened, and a live view says that there is none', async (t) => {
    const folder = folderFor(t)
    const made = await run(folder, ['keys', 'create', '--user', 'ana'])
    assert.deepEqual([made.code, /^gtl_user_\w{36}\n$/.test(made.out)], [0, true])
    assert.match(made.err, /^Shown once; expires /)
    const list = await run(folder, ['keys', 'list'])
    assert.match(list.out, /^id +kind +actor[\s\S]*\nk_\S+ +user +ana +all +never +until /)
    const tail = await run(folder, ['tail'])
    assert.deepEqual([tail.code, tail.out], [EXIT.unreachable, ''])
    assert.match(tail.err, /\[server\.unreachable\]\n/)
  })

  test('without a server the record is checked and searched', async (t) => {
    const folder = folderFor(t)
    await run(folder, ['keys', 'create', '--user', 'ana'])
    const doctor = await run(folder, ['doctor'])
    assert.match(doctor.out, /^ok {3}trail /)
    assert.equal((await run(folder, ['search', 'user:ana'])).err, 'nothing found\n')
  })

  test('a server elsewhere is spoken to through its forwarded socket', async (t) => {
    const { folder } = await openHouse(t, exchangeOf({ nth: 1, text: 'far' }))
    const socket = join(folder, 'gatelog-data', 'gatelog.sock')
    const forward = createServer((near) => {
      const far = dial(socket)
      near.pipe(far).pipe(near)
      near.once('error', () => far.destroy())
      far.once('error', () => near.destroy())
    })
    await once(forward.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(forward.address() as AddressInfo).port}`
    const elsewhere = folderFor(t)
    const found = await run(elsewhere, ['--url', url, 'search', 'model:far'])
    assert.match(found.out, new RegExp(`^exchange[\\s\\S]*\\n${idOf(1).slice(0, 13)} `))
    forward.close()
    const gone = await run(elsewhere, ['--url', url, 'search'])
    assert.deepEqual([gone.code, gone.err.includes(`${url} [server.unreachable]`)], [EXIT.unreachable, true])
    const wrong = await run(elsewhere, ['--url', 'ftp://x', 'search'])
    assert.equal(wrong.code, EXIT.usage)
  })

  test('a server that goes away in the middle of an act may have begun it: that is told', async (t) => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const doing = await run(folderFor(t), ['--url', url, 'hold', 'release', 'x', '--why', 'over'])
    assert.deepEqual([doing.code, doing.err.includes('may have begun')], [EXIT.unreachable, true])
    const asking = await run(folderFor(t), ['--url', url, 'doctor'])
    assert.deepEqual([asking.code, asking.err.includes('may have begun')], [EXIT.unreachable, false])
  })

  test('what answers and is no Gatelog is told so', async (t) => {
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.after(() => server.close())
    const { code, err } = await run(folderFor(t), [
      '--url',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      'doctor',
    ])
    assert.deepEqual([code, err.includes('no Gatelog [server.unreachable]')], [EXIT.unreachable, true])
  })
})
