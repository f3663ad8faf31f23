/** `gatelog verify [folder]`: holds every entry against the log that seals it. Changes nothing; exits 5 where something was done. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Verifying } from '#console'
import { Fault } from '#exchange'
import type { Alarm, Report } from '#trail'
import { faultIn } from '../answer.ts'
import { commonOf, examples, type Register } from '../command.ts'
import { counted as many } from '../count.ts'
import { checkpointIn, headsIn, textIn, vkeyOf, witnessOf } from '../evidence/given.ts'
import { EXIT } from '../exit.ts'
import { bar } from '../progress.ts'
import type { Record } from '../remote.ts'
import { json, line, out, paint, say } from '../terminal.ts'

interface How {
  readonly key?: string
  readonly checkpoint: readonly string[]
  readonly head: readonly string[]
  readonly tsaCa?: string
  readonly witness: readonly string[]
  readonly git?: string
  readonly branch?: string
  readonly offline?: true
}

type Told = Extract<Verifying, { readonly report: Report }>

/** Alarms that are shown; JSON has a hundred. */
const MOST_SHOWN = 10

const several = (path: string, before: readonly string[]): string[] => [...before, path]

export const verify: Register = (program) => {
  program
    .command('verify [folder]')
    .description(
      'hold every entry against the log that seals it; a data folder is read under its lock, a running server is asked',
    )
    .option('--key <vkey>', 'the log’s verifier key, from elsewhere; without it the one beside the log is used')
    .option('--checkpoint <file>', 'a checkpoint that you kept; may be given several times', several, [])
    .option(
      '--head <file>',
      'what was signed last, as it is remembered beside the key (seal.head, <key>.<record>.head): for a copy; likewise',
      several,
      [],
    )
    .option('--tsa-ca <file>', 'PEM file of the CAs that may vouch for timestamps, in the place of the configuration’s')
    .option('--witness <vkey>', 'verifier key of a witness, likewise; may be given several times', several, [])
    .option('--git <repository>', 'a clone or an address of the repository that heads are pushed to, likewise')
    .option('--branch <name>', 'the branch there')
    .option('--offline', 'reach no repository and no witness: proofs are checked with what is here')
    .addHelpText(
      'after',
      examples(
        'verify',
        'verify /mnt/copy/gatelog-data --key "$(cat vkey)" --tsa-ca tsa-ca.pem',
        'verify --checkpoint kept.txt --json',
      ),
    )
    .action(async (folder: string | undefined, how: How, command) => {
      const path = await pathOf(how)
      const told = await read(path, await opened(folder, command))
      const { standingOf } = await import('#trail')
      const standing = standingOf(told.report)
      const { report, unreached, unkept, unused, halted } = told
      if (commonOf(command).json)
        out(json({ ...report, unreached, standing, unkept, unused, ...(halted !== undefined && { halted }) }))
      else tell(told, standing)
      if (!report.ok) process.exitCode = report.found > 0 ? EXIT.evidence : EXIT.locked
      else if (halted !== undefined) process.exitCode = EXIT.error
      else if (unused.length > 0) process.exitCode = EXIT.locked
    })
}

async function pathOf({ key, checkpoint, head, tsaCa, witness, git, branch, offline }: How): Promise<string> {
  const asked = new URLSearchParams(key === undefined ? {} : { vkey: await vkeyOf(key) })
  for (const file of checkpoint) asked.append('head', await checkpointIn(file))
  for (const file of head) for (const note of await headsIn(file)) asked.append('known', note)
  if (tsaCa !== undefined) asked.append('tsa_ca', certificatesIn(tsaCa))
  for (const vkey of witness) asked.append('witness', await witnessOf(vkey))
  if (git !== undefined) asked.append('git', /^[a-z+]+:\/\/|^[^/]+:/.test(git) ? git : resolve(git))
  if (branch !== undefined) asked.append('branch', branch)
  if (offline) asked.append('offline', 'true')
  return `/verify?${asked}`
}

/** What may be asked of a running server in one line, characters. */
const MOST_PEM = 8000

/** The certificates of a PEM file, without what stands around them. @throws usage.input */
function certificatesIn(file: string): string {
  const found = textIn(file).match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const text = found.join('\n')
  if (text === '') throw new Fault('usage.input', `${file}: no certificate in PEM`)
  if (text.length > MOST_PEM)
    throw new Fault(
      'usage.input',
      `${file}: more than ${MOST_PEM} characters of certificates; name those that are needed`,
    )
  return text
}

/** Nothing is recovered or written where no server runs. @throws as `openRecord` */
async function opened(folder: string | undefined, command: Command): Promise<Record> {
  const { config, url } = commonOf(command)
  const [{ isThere }, { lookAtRecord, openFolder }] = await Promise.all([import('#app'), import('../record.ts')])
  if (folder === undefined) return lookAtRecord(config, url)
  if (!(await isThere(folder)))
    throw new Fault('usage.input', `${folder}: no data folder of a record, which has an install.key`)
  return openFolder(config, folder)
}

/** @throws seal.off, trail.*, server.unreachable */
async function read(path: string, record: Record): Promise<Told> {
  const shown = bar('entries')
  try {
    for await (const text of record.lines(path)) {
      const told = JSON.parse(text) as Verifying
      if ('report' in told) return told
      if ('fault' in told) throw faultIn(told.fault)
      if ('waits' in told) say(line(told.waits, 1000))
      else shown.at(told.done, told.total)
    }
  } finally {
    shown.end()
    await record.close()
  }
  throw new Fault('server.unreachable', 'the verification broke off')
}

function tell({ report, unreached, unkept, unused, halted }: Told, standing: string): void {
  const { ok, sealed, unsealed, counts, alarms, found, vkey, ownKey, origin, root, locked, former, putBack, vanished } =
    report
  if (halted !== undefined) out(paint('red', `nothing is sealed now: ${line(halted, 2000)}`))
  const { counted = 0, ...rest } = counts
  const states = Object.entries(rest).filter(([, count]) => count > 0)
  out(
    `${sealed} ${sealed === 1 ? 'entry is' : 'entries are'} sealed${unsealed ? `, ${unsealed} not yet` : ''}: ${states.map(([state, count]) => `${count} ${state}`).join(', ') || 'none verified'}`,
  )
  if (report.unproven !== undefined)
    out(`taken without proof: entries up to ${report.unproven}, there before what proves entries now`)
  if (counted > 0)
    out(
      `${counted} of those that were erased or expired by count alone: an entry of an earlier version says how many, not which`,
    )
  if (origin !== undefined) out(`log   ${line(origin)}, root ${root}`)
  if (vkey !== undefined) out(`key   ${line(vkey)}${ownKey ? ' (from beside the log: have it from elsewhere)' : ''}`)
  for (const one of former ?? [])
    out(
      `before ${line(one.origin)} over ${many(one.size, 'entry', 'entries')}, ended by entry ${one.by}${one.known ? `: it had sealed ${one.known}, and the rest of them are not here` : ''}`,
    )
  if (putBack) out(paint('yellow', toldBack(putBack)))
  for (const one of vanished ?? []) out(paint('yellow', toldVanished(one)))
  for (const alarm of alarms.slice(0, MOST_SHOWN)) out(toldOf(alarm))
  if (found > MOST_SHOWN) out(`and ${found - MOST_SHOWN} more`)
  if (!former && alarms.some(({ harm }) => harm === 'rolled back')) out(paint('yellow', WAY_ON))
  for (const why of unreached) out(`what it has seen was not told by ${line(why)}`)
  for (const each of [...unkept, ...unused]) out(paint('yellow', line(each, 2000)))
  for (const said of locked ? toldLocked(locked) : []) out(paint('yellow', said))
  if (found > 0) out(paint('red', `not intact: ${many(found, 'alarm')}`))
  else if (ok) out(paint('green', line(standing, 2000)))
  else out(paint('yellow', 'not verified whole: all that could be looked at is as it was'))
}

const WAY_ON =
  'Keep the folder as it is. If it was put back: put a newer backup back, or where there is none give the log another name (trail.seal.origin) and run gatelog trail begin-log --reason … while no server runs (docs/backup.md)'

const toldBack = ({ by, from, unsealed }: NonNullable<Report['putBack']>): string =>
  `put back from ${line(from)} by entry ${by}, and nothing is sealed since${
    unsealed.length > 0 ? `: what went by entry ${unsealed.join(', ')} rests on the record’s own key alone` : ''
  }. Where sealing does not go on: gatelog trail begin-log (docs/backup.md)`

const toldVanished = ({ from, to, by, sealed }: NonNullable<Report['vanished']>[number]): string =>
  `entries ${from} to ${to} had been acknowledged and are gone, says entry ${by}: ${
    sealed === undefined
      ? 'cut off before they were sealed, or lost by the disk'
      : `they, or some of them, had been sealed in the log ${line(sealed)}`
  }`

/** One line for what is under keys that are not here, and one for what was put back without them. */
function toldLocked({ bodies, edits = 0, keys, notBack }: NonNullable<Report['locked']>): string[] {
  const { bodies: without, edits: more = 0, by } = notBack ?? { bodies: 0, by: [] }
  const here = toldCounts(bodies - without, edits - more)
  const names = keys.map((key) => line(key)).join(', ')
  return [
    ...(here === ''
      ? []
      : [`locked: ${here}, ${keys.length === 1 ? `key ${names} is` : `keys ${names} are`} not here`]),
    ...(notBack
      ? [`locked: ${toldCounts(without, more)}, put back without their keys, says entry ${by.join(', ')}`]
      : []),
  ]
}

const toldCounts = (bodies: number, edits: number): string =>
  [
    ...(bodies > 0 ? [`${bodies} ${bodies === 1 ? 'body' : 'bodies'}`] : []),
    ...(edits > 0 ? [`what was derived of ${edits} ${edits === 1 ? 'reply' : 'replies'}`] : []),
  ].join(', ')

const toldOf = ({ harm, seq, exchange, told }: Alarm): string =>
  `${paint('red', harm)}${seq === undefined ? '' : ` entry ${seq}`}${exchange === undefined ? '' : ` (${line(exchange)})`}: ${line(told, 2000)}`
