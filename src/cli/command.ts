/** What every command of the command line is given. Types and one opener; prints nothing. */
import type { Command } from 'commander'
import { loadConfig } from '#app'
import { openRecord, type Record } from './record.ts'

/** One command: adds itself to the program. */
export type Register = (program: Command) => void

export interface Common {
  readonly config: string
  readonly url?: string
  readonly json?: true
}

/** Runs with the record open, and closes it again. */
export async function withRecord<Answer>(common: Common, run: (record: Record) => Promise<Answer>): Promise<Answer> {
  const record = await openRecord(loadConfig(common.config), common.url)
  return run(record).finally(() => record.close())
}
