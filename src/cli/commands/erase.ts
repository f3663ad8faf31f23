/** `gatelog erase`: takes exchanges out of the record for good; shows first what goes, and what forbids it. */
import type { ErasureRow } from '#console'
import { Fault, type Scope } from '#exchange'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { counted } from '../count.ts'
import { PRECEDENCE } from '../precedence.ts'
import { scopeFrom, scopeOptions, scopeText } from '../scope.ts'
import { json, line, out, say } from '../terminal.ts'

interface Options extends Scope {
  readonly why: string
  readonly basis: string
  readonly dryRun?: true
  readonly yes?: true
}

/** What was done, or would be. */
type Done = ErasureRow & { readonly seq?: number; readonly left?: number; readonly begun?: number }

export const erase: Register = (program) => {
  scopeOptions(
    program
      .command('erase')
      .description('take exchanges out of the record for good; all options that are given must fit'),
  )
    .requiredOption('--why <text>', 'who asked for it and why, for the record')
    .requiredOption('--basis <text>', 'the legal basis, for the record')
    .option('--dry-run', 'show what would go, and erase nothing')
    .option('--yes', 'do not ask')
    .addHelpText('after', `\n${PRECEDENCE}`)
    .addHelpText(
      'after',
      examples(
        "erase --user ana@example.com --why 'her request of 3 May' --basis 'GDPR Art. 17(1)(b)'",
        "erase --exchange 0199f2c4-0000-7000-8000-000000000001 --why 'a customer list' --basis 'GDPR Art. 5(1)(c)' --dry-run",
      ),
    )
    .action(async ({ why, basis, dryRun, yes, ...options }: Options, command) => {
      const scope = scopeFrom(options)
      if (Object.keys(scope).length === 0) throw new Fault('usage.option', 'say what to erase')
      const asJson = commonOf(command).json
      const done = await withRecord(command, async (record): Promise<Done> => {
        const plan = await record.send<ErasureRow>('POST', '/erase/plan', { scope })
        if (!asJson) tell(scopeText(scope), plan)
        if (dryRun) return plan
        const [{ forbid }, { agreed }] = await Promise.all([import('#gateway'), import('../connect/ask.ts')])
        forbid(plan) // nobody is asked to agree to what cannot be
        if (!(await agreed(`Erase ${whatGoes(plan)} for good?`, yes === true))) return plan
        return record.send<Done>('POST', '/erase', { scope, why, basis })
      })
      if (asJson) return out(json(done))
      if (done.seq === undefined) return say('nothing was erased')
      out(`erased by entry ${done.seq}: ${counted(done.exchanges, 'exchange')}, ${counted(done.notes, 'line')}`)
      after(done)
    })
}

/** Exchanges, or where there are none of whom it is about, the lines that name him. */
const whatGoes = ({ exchanges, notes }: ErasureRow): string =>
  exchanges > 0 ? counted(exchanges, 'exchange') : `what names the user in ${counted(notes, 'line')}`

/** What is not reached by it. */
function after({ sessions, left, begun }: Done): void {
  if (left) say(`turns that came meanwhile, say it again and stay, held or kept by a statute: ${left}`)
  if (begun)
    say(
      `later turns that began meanwhile and are open: ${begun}. Nothing goes from their replies; erase them once they ended`,
    )
  if (sessions > 0)
    say(
      'the client has its session still and sends it again with the next turn: end it there, or that turn says it anew',
    )
}

function tell(scope: string, plan: ErasureRow): void {
  const { exchanges, sessions, later, notes, held, holds, worm, open, unread } = plan
  out(`${line(scope)}: ${counted(exchanges, 'exchange')} of ${counted(sessions, 'session')}`)
  if (later > 0 && unread === 0)
    out(`later exchanges of these sessions that stay, without what they say again: ${later}`)
  if (notes > 0)
    out(`lines of reads, searches and leads that lose what names the user or is found nowhere else: ${notes}`)
  if (held > 0) out(`forbidden: held, later turns and lines included: ${held}, by ${holds.join(', ')}`)
  if (worm > 0) out(`forbidden: kept by a statute, later turns and lines included: ${worm}`)
  if (open > 0) out(`forbidden: still open, later turns included: ${open}`)
  if (unread > 0) out(`forbidden: ${unreadText(plan)}`)
  out(`\n${PRECEDENCE}\n`)
}

function unreadText({ unread, damaged, keys }: ErasureRow): string {
  const key = keys.length > 0 ? `, for key ${keys.join(', ')} is not here` : ''
  const changed = damaged > 0 ? ` (damaged: ${damaged})` : ''
  return `turns of these sessions that cannot be read${key}: ${unread}${changed}; nobody can tell what they say again, or what is said again of them`
}
