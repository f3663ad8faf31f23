/** `gatelog hold add|list|release`: what may not be removed, whatever its retention. */
import type { Command } from 'commander'
import type { HeldRow } from '#console'
import { Fault, type Scope } from '#exchange'
import type { HoldRow } from '#trail'
import { commonOf, examples, named, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { scopeFrom, scopeOptions, scopeText } from '../scope.ts'
import { type Cell, table } from '../table.ts'
import { brief, json, line, out, say } from '../terminal.ts'

export const hold: Register = (program) => {
  const group = program
    .command('hold')
    .description('what may not be removed or erased, whatever its retention')
    .addHelpText(
      'after',
      examples("hold add --user ana --why 'case 17'", 'hold list', 'hold release 0199f2c4 --why over'),
    )
  scopeOptions(group.command('add').description('hold exchanges; all options that are given must fit'))
    .requiredOption('--why <text>', 'the reason, for the record')
    .addHelpText(
      'after',
      examples(
        "hold add --user ana --since 2026-01-01 --until 2026-04-01 --why 'case 17'",
        "hold add --query 'repo:acme/shop has:finding' --why audit",
      ),
    )
    .action(add)
  group
    .command('list')
    .description('the holds in force, oldest first')
    .addHelpText('after', examples('hold list', 'hold list --json'))
    .action(list)
  group
    .command('release <id>')
    .description('end a hold')
    .requiredOption('--why <text>', 'the reason, for the record')
    .addHelpText('after', examples("hold release 0199f2c4 --why 'case closed'"))
    .action(release)
}

async function add({ why, ...options }: Scope & { why: string }, command: Command): Promise<void> {
  const scope: Scope = scopeFrom(options)
  if (Object.keys(scope).length === 0) throw new Fault('usage.option', 'say what to hold')
  const hold = await withRecord(command, (record) => record.send<HeldRow>('POST', '/holds', { scope, why }))
  told(command, hold, 'held')
  if (commonOf(command).json) return
  if (hold.keeps === 0) say('it keeps no exchange now (is it spelt right?), and what comes and fits')
  else say(`it keeps ${keptText(hold.keeps)} now, and what comes and fits`)
}

/** The most that is counted. */
const MOST = 1000

const keptText = (keeps: number): string => (keeps >= MOST ? `${MOST} exchanges or more` : counted(keeps, 'exchange'))

async function release(id: string, { why }: { why: string }, command: Command): Promise<void> {
  const at = `/holds/${encodeURIComponent(named(id, 'a hold: gatelog hold list'))}?${new URLSearchParams({ why })}`
  const { erased, unfinished, ...hold } = await withRecord(command, (record) => record.send<Released>('DELETE', at))
  if (commonOf(command).json) return out(json({ ...hold, erased, unfinished }))
  told(command, hold, 'released')
  if (erased) say(`erasures that waited for it and are done: ${erased}`)
  if (unfinished !== undefined) say(`an erasure that waited is not done: ${line(unfinished)}`)
}

/** `erased`: how many erasures that it made wait are done now; `unfinished`: why one is not. */
type Released = HoldRow & { readonly erased?: number; readonly unfinished?: string }

function told(command: Command, hold: HoldRow, did: string): void {
  if (commonOf(command).json) out(json(hold))
  else out(`${did}: ${line(scopeText(hold.scope))} (${hold.id})`)
}

async function list(_options: unknown, command: Command): Promise<void> {
  const { holds } = await withRecord(command, (record) => record.get<{ holds: HeldRow[] }>('/holds'))
  if (commonOf(command).json) return out(json({ holds }))
  if (holds.length === 0) return say('nothing is held')
  out(table(['id', 'since', 'who', 'what', 'keeps', 'why'], holds.map(row)))
}

const WRONG = {
  gone: 'what it is about is gone',
  changed: 'what it is about was changed',
  entry: 'its entry was changed',
} as const

const row = ({ id, at, who, why, scope, wrong, keeps }: HeldRow): Cell[] => {
  const what = wrong ? `${scopeText(scope) || 'everything'}: ${WRONG[wrong]} (gatelog verify)` : scopeText(scope)
  const kept: Cell = keeps === 0 ? ['0', 'yellow'] : keeps >= MOST ? `${MOST}+` : String(keeps)
  return [id.slice(0, 13), brief(at), who, what, kept, why]
}
