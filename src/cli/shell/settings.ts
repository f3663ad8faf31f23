/** Whether what `gatelog connect` wrote on this machine still stands, the CA among it. Reads only what it wrote. */
import type { CheckRow } from '#console'
import type { Standing } from '../connect/changes.ts'
import { type Facts, row } from './facts.ts'
import { missingOf, systemRow } from './trust.ts'

/** Of the programs that ask the system whom to trust. */
const SYSTEMS = /[\\/]Code[\\/]User[\\/]settings\.json$|[\\/]proxy\.settings\.xml$/

export function settingsRows(written: readonly Standing[], facts: Facts): CheckRow[] {
  const rows = written.map((each) => (each.for && each.state !== 'gone' ? caRow(each, facts) : rowOf(each)))
  return written.some(({ path }) => SYSTEMS.test(path))
    ? [...rows, systemRow(facts, 'VS Code and JetBrains ask the system')]
    : rows
}

const AGAIN = 'gatelog connect <client> --write writes it anew'

function rowOf({ path, state, for: users }: Standing): CheckRow {
  const check = users ? 'ca file' : 'settings'
  if (state === 'as written') return row(check, 'ok', `${path} is as connect wrote it`)
  if (state === 'gone') return row(check, 'warn', `${path} is gone, which connect wrote`, `${AGAIN}.`)
  return row(
    check,
    'warn',
    `${path} has changed since connect wrote it`,
    `Look whether it still leads to the gateway; ${AGAIN}.`,
  )
}

function caRow({ path }: Standing, { pem, read }: Facts): CheckRow {
  if (pem === undefined) return row('ca file', 'ok', `${path} is there; whether of this gateway nobody could say`)
  const missing = missingOf(read(path), pem)
  if (missing === 'none') return row('ca file', 'ok', `${path} holds the CA of this gateway`)
  const told =
    missing === 'all' ? 'does not hold the CA of this gateway' : 'is not up to date: the CA was rotated since'
  return row('ca file', 'warn', `${path} ${told}`, `${AGAIN}.`)
}
