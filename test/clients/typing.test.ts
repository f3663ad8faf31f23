/** The typing developer: two hundred keys through the real language server, each of which cancels what the one before asked. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { SERVER } from './editor.case.ts'
import type { Asked } from './lsp.case.ts'
import type { Script } from './mock.case.ts'
import { until } from './sdk.case.ts'
import { openServer, type ServerStage } from './server.case.ts'

const skip = existsSync(SERVER) || process.env['CI'] ? false : 'the language server is not installed: npm run clients'

const KEYS = 200
/** Between two keys, in ms; some pauses are long enough for a reply. */
const PACE = [40, 55, 30, 70, 45, 60, 35, 50, 420]
const WORDS = 'total = price * count + tax - rebate # '

/** Slow enough that most are cancelled in their middle. */
const script: Script = () => ({ said: { text: 'sum of all the prices that were asked for' }, pace: 12 })

/** How many sockets a process holds. */
const socketsOf = (pid: number | undefined): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed between the two calls
  }
}

/** Types, and cancels what the key before asked for. How many were cancelled by the editor. */
async function typeOn({ editor }: ServerStage): Promise<number> {
  const settled: Promise<unknown>[] = []
  let cancelled = 0
  let before: Asked<unknown> | undefined
  for (let key = 0; key < KEYS; key++) {
    editor.type(WORDS[key % WORDS.length] as string)
    const asked = editor.complete()
    settled.push(asked.catch(() => (cancelled += 1)))
    if (before) editor.lsp.cancel(before)
    before = asked
    await wait(PACE[key % PACE.length])
  }
  await Promise.all(settled)
  return cancelled
}

test('two hundred keys: every request is accounted for, and no socket is left', {
  skip,
  timeout: 110_000,
}, async (t) => {
  const stage = await openServer(t, script, { by: 'led' })
  const { editor, tap, gateway, mock } = stage
  await editor.complete()
  const before = socketsOf(gateway.child.pid)
  const cancelled = await typeOn(stage)
  await editor.close()
  const asked = tap.seen.filter(({ path }) => path.includes('/completions'))
  const ended = async () => (await stage.find('file:add.py')).every(({ kind }) => kind !== 'asked')
  assert.ok(await until(ended), 'an exchange is still open')
  const recorded = await stage.find('file:add.py')
  const kinds = Object.groupBy(recorded, ({ kind }) => kind)
  const [aborted, replied] = [kinds.aborted?.length ?? 0, kinds.replied?.length ?? 0]
  t.diagnostic(
    `${KEYS} keys, ${cancelled} cancelled by the editor: ${asked.length} requests, ${replied} replied, ${aborted} aborted`,
  )
  assert.equal(recorded.length, asked.length, 'one exchange for each request')
  assert.equal(aborted + replied, recorded.length, JSON.stringify(Object.keys(kinds)))
  assert.ok(cancelled > 100 && aborted > 0 && replied > 0)
  assert.equal(new Set(recorded.map(({ session }) => session)).size, 1)
  const sent = mock.turns.filter(({ request }) => request.path.includes('/completions'))
  assert.ok(sent.length <= asked.length && sent.length >= replied)
  assert.ok(sent.filter(({ request }) => request.cut).length <= aborted, 'upstream was cut where the client was not')
  const back = await until(() => socketsOf(gateway.child.pid) <= before)
  assert.ok(back, `${socketsOf(gateway.child.pid)} sockets, ${before} before`)
})
