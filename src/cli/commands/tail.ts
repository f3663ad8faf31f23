/** `gatelog tail`: entries as they become durable, until Ctrl-C. */
import type { CustodyNote, Ending, Entry } from '#exchange'
import { commonOf, examples, type Register, withRecord } from '../command.ts'
import { json, line, moment, out, paint } from '../terminal.ts'

interface Line {
  readonly seq: number
  readonly entry: Entry
}

export const tail: Register = (program) => {
  program
    .command('tail')
    .description('entries as they become durable, of a running server; Ctrl-C ends it')
    .addHelpText('after', examples('tail', 'tail --json | head -1'))
    .action(async (_options, command) => {
      const show = commonOf(command).json ? (each: Line) => out(json(each)) : (each: Line) => out(told(each))
      const follow = (text: string) => (text === '' ? undefined : show(JSON.parse(text) as Line))
      await withRecord(command, (record) => record.follow('/tail', follow))
    })
}

/** Whose exchange an ending belongs to stands in its opening: the line of the same id above it. */
function told({ seq, entry }: Line): string {
  const kind = paint(
    entry.kind === 'replied' || entry.kind === 'outcome' ? 'green' : entry.kind === 'asked' ? 'cyan' : 'red',
    entry.kind.padEnd(11),
  )
  return `${moment(entry.at)}  ${String(seq).padStart(6)}  ${kind}  ${entry.exchange.slice(0, 13)}  ${line(about(entry), 120)}`
}

const took = ({ end }: Ending['timings']): string => (end === undefined ? '' : `${end} ms`)

/** What somebody did to the record itself. */
function actOf(entry: CustodyNote): string {
  const who = `${entry.who.value}: ${entry.why}`
  if (entry.kind === 'erase') return `${entry.exchanges} exchanges, ${who}`
  if (entry.kind === 'begun') return `the log ${entry.origin} goes on from ${entry.former.origin}, ${who}`
  if (entry.kind === 'redact') return `${entry.bodies.length} bodies, ${who}`
  if (entry.kind !== 'purge') return who
  const gone = entry.days.reduce((sum, { exchanges }) => sum + exchanges, 0)
  return `${gone} exchanges of ${entry.days.length} days, ${who}`
}

function about(entry: Entry): string {
  if (entry.kind === 'gap') return `${entry.count} unrecorded: ${entry.reason}`
  if (entry.kind === 'searched') return `a secret by its value, ${entry.found} shown ${entry.query}`
  if (entry.kind === 'read')
    return `${entry.reader.value} ${entry.did} ${entry.of || 'everything'}, ${entry.count} shown`
  if (entry.kind === 'bypass')
    return `${entry.actor ?? entry.github} used ${entry.model ?? 'a model'} elsewhere, says ${entry.via}`
  if ('who' in entry) return actOf(entry)
  if (entry.kind === 'rotated')
    return `wrapping key ${entry.key} took over, ${entry.rewrapped} wrapped anew, ${entry.lost} lost`
  if (entry.kind === 'restored')
    return `put back from ${entry.from}, up to entry ${entry.last}; ${entry.erasures} erasures done again${entry.locked ? '; not with all keys' : ''}`
  if (entry.kind === 'vanished') return `entries ${entry.from} to ${entry.to} had been acknowledged and are gone`
  if (entry.kind === 'ruled') return `rules ${entry.policy.slice(0, 12)} are in force, since a ${entry.via}`
  if (entry.kind === 'outcome') return `${entry.outcome} (${entry.source}), ${entry.event}`
  const found = entry.findings.length ? `${entry.findings.length} found` : ''
  const why = [entry.fault, entry.reason].filter(Boolean).join(' ')
  if (!('door' in entry)) return [entry.model, took(entry.timings), found, why].filter(Boolean).join(', ')
  return [entry.actor?.id ?? 'unknown', entry.connection, entry.model, found, why].filter(Boolean).join(', ')
}
