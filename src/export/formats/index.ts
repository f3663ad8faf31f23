/** The list of formats. A new one is a file and a line here. */
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { jsonl } from './jsonl.ts'
import { ocsf } from './ocsf.ts'
import { otlp, otlpLogs } from './otlp.ts'

/** Every format by its name on the command line. */
export const FORMATS = { jsonl, csv, ocsf, otlp, 'otlp-logs': otlpLogs } as const satisfies Record<string, Format>

export type FormatName = keyof typeof FORMATS
