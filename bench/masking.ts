// `npm run bench:masking`: what the masking engine finds, lets pass and costs, on ../shared/data/secrets/dev.jsonl.
// `-- --rows [kind or type]` prints instead the rows that were missed or wrongly flagged. Opens no socket.
import { compile, RULES } from '#masking'
import { corpus, FILE, type Row } from './masking/corpus.ts'
import { quality } from './masking/quality.ts'
import { alarmTable, recallTable, rowsPage } from './masking/report.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

function main(args: readonly string[]): void {
  const rows = corpus()
  const at = args.indexOf('--rows')
  if (!rows) print(`skipped: there is no ${FILE}`)
  else if (at >= 0) print(rowsPage(quality(compile(RULES), rows), args[at + 1]))
  else report(rows)
}

function report(rows: readonly Row[]): void {
  const found = quality(compile(RULES), rows)
  print(`# Masking, ${RULES.length} rules, ${rows.length} rows\n`)
  print(recallTable('Recall by kind', found.kinds))
  print(alarmTable(found.alarms))
  print(recallTable('Recall by template', found.templates))
}

main(process.argv.slice(2))
