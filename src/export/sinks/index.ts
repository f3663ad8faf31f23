/** The list of sinks. A new one is a file and a line in both, and passes the cases that all share. */
import { z } from 'zod'
import type { Sink, SinkKind } from '../sink.ts'
import { file } from './file.ts'
import { otlp } from './otlp.ts'
import { s3 } from './s3.ts'
import { syslog } from './syslog.ts'
import { webhook } from './webhook.ts'

/** Every kind by its name in the configuration. */
export const SINKS = { file, otlp, syslog, s3, webhook } as const

/** A sink as gatelog.yaml has it. */
export const SinkForm = z.discriminatedUnion('kind', [file.form, otlp.form, syslog.form, s3.form, webhook.form], {
  error: `a sink is one of ${Object.keys(SINKS).join(', ')}`,
})

export type SinkSettings = z.infer<typeof SinkForm>

/** Opens one; reaches nothing. */
export function openSink(settings: SinkSettings): Sink {
  const { open } = SINKS[settings.kind] as unknown as SinkKind
  return open(settings as never)
}
