/** Where the record is sent on to, as it is written to what the room `export` opens: PEM files are read, addresses kept. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AnchorForm, type AnchorsSettings, SinkForm, type Sinks } from '#export'
import { name, type Wrong } from './config-secrets.ts'

export const ExportForm = z.strictObject({
  sinks: z.record(name, SinkForm).default({}).describe('Receivers of every entry, for ever'),
  anchors: z.record(name, AnchorForm).default({}).describe('Who is shown the heads of the sealed log'),
  anchors_grace_ms: z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(300_000)
    .describe(
      'How long after a start nothing is sealed while witnesses and repositories can tell what they have seen and none does',
    ),
})

type Form = z.infer<typeof ExportForm>

export interface ExportSettings {
  readonly sinks: Sinks
  readonly anchors: AnchorsSettings
  /** ms; read at a start. */
  readonly anchors_grace_ms: number
}

/** Keys whose value is the name of a PEM file, or PEM text. */
const PEM = ['ca', 'cert', 'key', 'tsa_ca'] as const

const isPem = (text: string): boolean => text.startsWith('-----BEGIN')

type Plain = Readonly<Record<string, unknown>>

/** A value of the form with some of its texts replaced: those of `keys` that are there. */
function replaced<Each extends object>(
  each: Each,
  keys: readonly string[],
  by: (text: string, key: string) => string,
): Each {
  const texts = keys.flatMap((key) => {
    const given = (each as Plain)[key]
    return typeof given === 'string' ? [[key, by(given, key)] as const] : []
  })
  return { ...each, ...Object.fromEntries(texts) }
}

const mapped = <Each>(all: Readonly<Record<string, Each>>, of: (each: Each, id: string) => Each) =>
  Object.fromEntries(Object.entries(all).map(([id, each]) => [id, of(each, id)]))

/** The same form with every path where the process finds it. */
export function placedExport({ sinks, anchors, ...rest }: Form, at: (path: string) => string): Form {
  const placed = (text: string) => (isPem(text) ? text : at(text))
  const repository = (text: string) => (isFolder(text) ? at(text) : text)
  return {
    ...rest,
    sinks: mapped(sinks, (each) => replaced(each, [...PEM, 'path'], placed)),
    anchors: mapped(anchors, (each) => replaced(replaced(each, PEM, placed), ['repository'], repository)),
  }
}

/** A repository that is a folder: neither an address nor `host:path`. */
const isFolder = (text: string): boolean => !/^[a-z+]+:\/\/|^[^/]+:/.test(text)

/** @throws config.invalid naming the key whose file cannot be read */
export function exportOf({ sinks, anchors, ...rest }: Form, wrong: Wrong): ExportSettings {
  const read = (place: string, id: string) => (text: string, key: string) =>
    pemOf(text, ['export', place, id, key], wrong)
  for (const [id, sink] of Object.entries(sinks))
    if (sink.kind === 'syslog' && (sink.cert === undefined) !== (sink.key === undefined))
      throw wrong(['export', 'sinks', id, sink.cert === undefined ? 'key' : 'cert'], 'cert and key belong together')
  return {
    ...rest,
    sinks: mapped(sinks, (each, id) => replaced(each, PEM, read('sinks', id))),
    anchors: mapped(anchors, (each, id) => replaced(each, PEM, read('anchors', id))),
  }
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
