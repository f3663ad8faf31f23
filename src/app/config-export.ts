/** Where the record is sent on to, as it is written to what the room `export` opens: PEM files are read, addresses kept. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { SinkForm, type Sinks } from '#export'
import { name, type Wrong } from './config-secrets.ts'

export const ExportForm = z.strictObject({
  sinks: z.record(name, SinkForm).default({}).describe('Receivers of every entry, for ever'),
})

type Form = z.infer<typeof ExportForm>

export interface ExportSettings {
  readonly sinks: Sinks
}

/** Keys whose value is the name of a PEM file, or PEM text. */
const PEM = ['ca', 'cert', 'key'] as const

const isPem = (text: string): boolean => text.startsWith('-----BEGIN')

/** The same form with every path where the process finds it. */
export function placedExport(form: Form, at: (path: string) => string): Form {
  const sinks = Object.entries(form.sinks).map(([id, sink]) => {
    const paths = [...PEM, 'path'].flatMap((key) => {
      const given = (sink as Readonly<Record<string, unknown>>)[key]
      return typeof given === 'string' && !isPem(given) ? [[key, at(given)] as const] : []
    })
    return [id, { ...sink, ...Object.fromEntries(paths) }]
  })
  return { ...form, sinks: Object.fromEntries(sinks) }
}

/** @throws config.invalid naming the key whose file cannot be read */
export function exportOf(form: Form, wrong: Wrong): ExportSettings {
  const sinks = Object.entries(form.sinks).map(([id, sink]) => {
    const texts = PEM.flatMap((key) => {
      const given = (sink as Readonly<Record<string, unknown>>)[key]
      return typeof given === 'string' ? [[key, pemOf(given, ['export', 'sinks', id, key], wrong)] as const] : []
    })
    if (sink.kind === 'syslog' && (sink.cert === undefined) !== (sink.key === undefined))
      throw wrong(['export', 'sinks', id, sink.cert === undefined ? 'key' : 'cert'], 'cert and key belong together')
    return [id, { ...sink, ...Object.fromEntries(texts) }]
  })
  return { sinks: Object.fromEntries(sinks) }
}

function pemOf(given: string, path: readonly string[], wrong: Wrong): string {
  if (isPem(given)) return given
  try {
    const text = readFileSync(given, 'utf8')
    if (/^-----BEGIN [A-Z ]+-----$/m.test(text)) return text
  } catch (error) {
    throw wrong(path, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  throw wrong(path, 'no PEM file')
}
