// `npm run bench:masking`: what the masking engine finds, lets pass and costs, on ../shared/data/secrets/dev.jsonl.
// `-- --rows [part of a kind, source or type]` prints instead the rows that were missed or wrongly flagged, `-- --quick`
// leaves out what takes long. Opens no socket.
import { compile, isInForce, PERSONAL, RULES } from '#masking'
import { corpus, FILE, type Row } from './masking/corpus.ts'
import { hidden } from './masking/hidden.ts'
import { leaks } from './masking/leaks.ts'
import { quality } from './masking/quality.ts'
import {
  costTable,
  countTable,
  hostileTable,
  leakTable,
  recallTable,
  recordedTable,
  rowsPage,
  waitTable,
} from './masking/report.ts'
import { inDisguise, inShapes, missedIn } from './masking/shaped.ts'
import { eventCost, hostileCost, laneStates, type Rates, rates } from './masking/speed.ts'
import { recorded, waitsOnClean } from './masking/waits.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const engine = compile(RULES)

function main(args: readonly string[]): void {
  const rows = corpus()
  const at = args.indexOf('--rows')
  if (!rows) print(`skipped: there is no ${FILE}`)
  else if (at >= 0) print(rowsPage(quality(engine, rows), missedIn(engine, rows), args[at + 1]))
  else {
    const quick = args.includes('--quick')
    const first = quick ? [] : rates(engine, rows)
    found(rows)
    passed(rows)
    thorough(rows)
    if (!quick) spent(rows, first)
  }
}

function found(rows: readonly Row[]): void {
  const { kinds, templates, alarms } = quality(
    engine,
    rows.filter(({ kind }) => kind !== 'pii'),
  )
  const personal = quality(
    compile(Object.values(PERSONAL)),
    rows.filter(({ kind }) => kind === 'pii'),
  )
  const inForce = RULES.filter((rule) => isInForce(rule, 'fast')).length
  print(`# Masking: ${inForce} rules of profile fast, ${rows.length} rows\n`)
  print(recallTable('Secrets found, 95 % of their characters or more, by kind', kinds))
  print(recallTable('Personal data, where it is switched on', personal.kinds))
  print(recallTable('The same by template', templates))
  print(recallTable('Prefix tokens in other surroundings, two of each type', inShapes(engine, rows)))
  print(countTable('Clean documents flagged; rows marked weak are left out', alarms))
  print(recallTable('Evasion: values found as they are, in disguise', inDisguise(engine, rows)))
}

function passed(rows: readonly Row[]): void {
  print(leakTable(leaks(engine, rows)))
  print(countTable('Secrets through unknown fields and events', hidden(engine, rows)))
  print(recordedTable(recorded(engine)))
  print(waitTable(waitsOnClean(engine, rows), { mean: 1, p99: 8, events: 1 }))
}

/** `first`: in a process that had done nothing else; the same again after all that was measured here. */
/** What the other profile finds more, and what it lets wait for that. */
function thorough(rows: readonly Row[]): void {
  const engine = compile(RULES, { profile: 'thorough' })
  const { kinds, alarms } = quality(
    engine,
    rows.filter(({ kind }) => kind !== 'pii'),
  )
  print('# Profile thorough\n')
  print(recallTable('Secrets found, by kind', kinds))
  print(countTable('Clean documents flagged', alarms))
  print(waitTable(waitsOnClean(engine, rows), { mean: 4, p99: 15 }))
}

function spent(rows: readonly Row[], first: readonly Rates[]): void {
  print(costTable(eventCost(engine, rows), first, rates(engine, rows)))
  print(hostileTable(hostileCost(engine), laneStates(engine)))
}

main(process.argv.slice(2))
