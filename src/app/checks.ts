/** What `gatelog doctor` tells of a house: each thing that was looked at, and what to do about it. Mends nothing. */
import { statfsSync, statSync } from 'node:fs'
import type { CheckRow } from '#console'
import { leftStandings } from '#export'
import { type Erasure, gapSignature } from '#gateway'
import type { BackendOptions } from './backend.ts'
import { caChecks, trustChecks } from './ca/checks.ts'
import { clockCheck } from './clock-watch.ts'
import { documentChecks, provenChecks } from './documents.ts'
import { doubtChecks } from './doubts.ts'
import { sinkChecks } from './export-checks.ts'
import { markLeftIn } from './gap-mark.ts'
import { keyChecks, memoryCheck, orFault } from './keyholder/house.ts'
import { sealChecks } from './seal-checks.ts'
import { vanishedChecks } from './vanished.ts'

/** `waiting`: the erasures that are on the record and not done. */
export async function checksOf(options: BackendOptions, waiting: Erasure['waiting']): Promise<CheckRow[]> {
  return [
    ...checks(options),
    ...(await keyChecks(options.trail, options.keyholder, options.config().data)),
    ...(options.credentials?.() ?? []),
    ...(options.notReady ? [memoryCheck()] : []),
    ...(await lateCheck(options)),
    await gapCheck(options),
    ...(await vanishedChecks(options.trail, options.acked, Date.now())),
    ...(await orFault('seal', () => sealChecks(options))),
    ...openGap(options),
    ...(await orFault('ca', () => caChecks(options.ca(), options.connections()))),
    ...trustChecks(options.untrusting?.() ?? []),
    ...(await bypassCheck(options)),
    ...(await provenChecks(
      () => documentChecks(options.trail),
      () => doubtChecks(options),
      () => erasureCheck(waiting),
      () => clockCheck(options.trail),
      () => options.shipping.checks(),
      async () => sinkChecks(await (options.standings?.() ?? leftStandings(options.trail)), Date.now()),
    )),
  ]
}

const LITTLE_BYTES = 1_073_741_824

function checks({ trail, config, notReady }: BackendOptions): CheckRow[] {
  const { data, insecure } = config()
  const disk = statfsSync(data)
  const free = disk.bavail * disk.bsize
  const mode = statSync(data).mode & 0o777
  const state = trail.state
  const why = notReady?.()
  return [
    state.kind === 'open'
      ? { check: 'trail', state: 'ok', told: 'the trail can be written' }
      : { check: 'trail', state: 'fail', told: state.fault.message, remedy: state.fault.remedy },
    {
      check: 'disk',
      state: free < LITTLE_BYTES ? 'warn' : 'ok',
      told: `${Math.round(free / 1_048_576)} MB free`,
      ...(free < LITTLE_BYTES && { remedy: 'Free space before the trail has to refuse traffic.' }),
    },
    {
      check: 'folder',
      state: mode & 0o077 ? 'fail' : 'ok',
      told: `mode ${mode.toString(8)}`,
      ...(mode & 0o077 && { remedy: `chmod 700 ${data}` }),
    },
    insecure
      ? { check: 'listener', state: 'warn', told: 'plain text beyond loopback', remedy: 'Add tls to listen.' }
      : { check: 'listener', state: 'ok', told: 'loopback or TLS' },
    ...(why ? [{ check: 'ready', state: 'fail' as const, told: why }] : []),
  ]
}

/** Erasures that are on the record and not done. */
async function erasureCheck(waiting: Erasure['waiting']): Promise<CheckRow[]> {
  return (await waiting()).map(({ seq, holds, unread, keys }): CheckRow => {
    const held = holds.length > 0 ? `: it is held by ${holds.join(', ')}` : ''
    const locked =
      unread > 0 ? `: ${unread} turns cannot be read${keys.map((key) => `, key ${key} is not here`).join('')}` : ''
    const told = `the erasure of entry ${seq} is not done${held || locked}`
    const remedy = held
      ? 'It is done once nothing holds it: gatelog hold list, gatelog hold release'
      : `${locked ? 'It is done once they can: put the key back (docs/encryption.md).' : 'If none runs now: it goes on within a day, or when the server is started.'}`
    return { check: 'erasures', state: 'warn', told, remedy }
  })
}

/** Lines of who read that are not on the record yet, and rows among them that nobody honest put there. */
async function lateCheck({ trail }: BackendOptions): Promise<CheckRow[]> {
  const { count, strange } = await trail.late.waiting('', 0)
  if (count + strange === 0) return []
  const told = `who read the record: ${count} to be put on it where the key is${strange > 0 ? `, and ${strange} beside that are no such lines` : ''}`
  const remedy = 'Start the server, or run any command, where the key is: it puts them on the record.'
  return [{ check: 'readers', state: 'warn', told, remedy }]
}

const LATELY_MS = 7 * 86_400_000

/** Calls of the last week that somebody reports and that did not pass here. */
async function bypassCheck({ trail }: BackendOptions): Promise<CheckRow[]> {
  const lately = (await trail.bypasses()).filter(({ bypass }) => bypass.at > Date.now() - LATELY_MS)
  if (lately.length === 0) return []
  const who = new Set(lately.map(({ bypass }) => bypass.actor ?? bypass.github))
  const told = `${lately.length} calls of ${who.size} in seven days were reported and did not pass here`
  return [{ check: 'coverage', state: 'warn', told, remedy: 'Look at the leads: gatelog coverage' }]
}

/** A gap that the trail does not tell of yet: open now, or left by a process that was killed within it. */
function openGap({ config }: BackendOptions): CheckRow[] {
  const open = markLeftIn(config().data)
  if (!open) return []
  const told = `${open.count} exchanges passed unrecorded since ${new Date(open.from).toISOString()}`
  const remedy = 'A running server writes it down as soon as the trail can be written: free disk space, start it.'
  return [{ check: 'open gap', state: 'fail', told, remedy }]
}

/** Whether traffic passed unrecorded, and whether what tells so is from this installation. */
async function gapCheck({ trail, keyring }: BackendOptions): Promise<CheckRow> {
  const gaps = await trail.gaps()
  const forged = gaps.filter(({ gap }) => gap.signature !== gapSignature(keyring, gap))
  if (forged.length > 0) {
    const told = `${forged.length} of ${gaps.length} gaps have a wrong signature`
    return { check: 'gaps', state: 'fail', told, remedy: 'The record was changed: keep the data folder as it is.' }
  }
  const count = gaps.reduce((total, { gap }) => total + gap.count, 0)
  const last = gaps.at(-1)?.gap
  return last
    ? { check: 'gaps', state: 'warn', told: `${count} exchanges unrecorded, last ${new Date(last.to).toISOString()}` }
    : { check: 'gaps', state: 'ok', told: 'no traffic passed unrecorded' }
}
