/**
 * A process that does all that a store can do, and says each thing once it was promised. It goes on until it is killed.
 * `node load.case.ts <folder> <number of its first exchange> <seconds>`
 */
import { writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Edits } from '#exchange'
import { parseQuery } from '../../src/trail/query.ts'
import type { Store } from '../../src/trail/store.ts'
import { bodyOf, ending, idOf, opening } from '../../src/trail/stores/made.ts'
import { formOf, linesOfExchange, NOON, openKilled, textOf } from './killed.case.ts'

const [, , folder = '', first = '0', seconds = '10'] = process.argv
const DAY = 86_400_000

/** A line on stdout, whole: a pipe that is full for a moment is waited for. */
function say(...words: readonly (string | number)[]): void {
  const line = Buffer.from(`${words.join(' ')}\n`)
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(1, line, at)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

const { trail, store } = await openKilled(folder)
let count = Number(first)
/** Those of one day alone may be erased: the other one's log grows until it is checkpointed. */
const ended: string[] = []

/** One exchange from its opening to its ending, with bytes in flight between. */
async function exchange(at: number, more: { retain?: string } = {}): Promise<string> {
  const nth = count++
  const id = idOf(nth, at)
  const session = `s${nth % 3}`
  say(
    'asked',
    id,
    await trail.append(opening(id, { at, session, body: bodyOf(textOf(id)), text: `prompt w${nth}`, ...more })),
  )
  for (let piece = 1; piece <= 3; piece++) {
    trail.journal(id, Buffer.from(`piece ${piece} of ${id} `))
    await trail.journalled()
    say('bytes', id, piece)
  }
  const edits: Edits = { units: [{ from: 'fence', lines: [1, 1], fresh: [1] }], forms: [formOf(id)] }
  say('ended', id, await trail.append(ending(id, { at, body: bodyOf(`reply ${textOf(id)}`), text: 'reply', edits })))
  return id
}

/** Now and then nothing happens for a while, so that the store does what can wait. */
let rest: Promise<unknown> = Promise.resolve()
const BURST = 30
let burst = count + BURST
function rested(): Promise<unknown> {
  if (count >= burst) {
    burst = count + BURST
    rest = wait(150)
  }
  return rest
}

async function stream(): Promise<never> {
  for (;;) {
    await rested()
    const today = count % 2 === 0
    const id = await exchange(today ? NOON : NOON - DAY)
    if (today) ended.push(id)
    await wait(0)
  }
}

/** What is done to the record itself, by turns. */
async function keep(kept: Store): Promise<never> {
  for (let round = 0; ; round++) {
    await trail.documents.put('mark', `m${first}`, { round })
    say('marked', `m${first}`, round)
    const old = ended.shift()
    if (old) {
      say('erasing', old)
      await kept.revise({ by: idOf(count++), erased: [old], bodies: [], notes: [] })
      say('erased', old)
    }
    await kept.rekey(`s${round % 3}`)
    const over = await exchange(NOON - (5 + (round % 3)) * DAY, { retain: '1d' })
    const name = (await kept.files()).find(({ retain, open }) => retain === '1d' && open === 0)?.name
    if (name) {
      say('purging', name, over)
      await kept.remove([name])
      say('purged', name)
    }
    await trail.find(parseQuery('prompt', NOON), { limit: 1 })
    await kept.lines(linesOfExchange(over), 1)
    await rested()
  }
}

setTimeout(() => process.exit(0), 1000 * Number(seconds))
await Promise.all([stream(), stream(), stream(), keep(store)])
