/** Where the wrapping keys are, as it is written. Reads none of them: only the holder of keys does. */
import { z } from 'zod'
import type { WrappingForm } from './keyholder/wrapping-keys.ts'

const Source = z
  .strictObject({
    file: z.string().min(1).optional(),
    env: z.string().min(1).optional(),
    command: z.array(z.string()).min(1).optional(),
  })
  .refine(
    ({ file, env, command }) => [file, env, command].filter((each) => each !== undefined).length === 1,
    'a key is one of file, env and command',
  )

export const EncryptionForm = z.strictObject({
  keys: z
    .string()
    .min(1)
    .optional()
    .describe('The folder of wrapping keys: outside the data folder, and never in its backups'),
  wrapping_key: Source.optional().describe('A wrapping key of your own: 32 bytes in hex or base64'),
  former_keys: z.array(Source).default([]).describe('Keys that wrapped before, until gatelog trail rotate-key has run'),
})

type Form = z.infer<typeof EncryptionForm>

/** The same with files as the process finds them. */
export const encryptionOf = ({ keys, wrapping_key, former_keys }: Form): WrappingForm => ({
  folder: keys,
  key: wrapping_key,
  former: former_keys,
})

/** Paths told from where the configuration is. */
export function encryptionPlaced(form: Form, at: (path: string) => string): Form {
  const source = <Each extends z.infer<typeof Source>>(each: Each): Each =>
    each.file === undefined ? each : { ...each, file: at(each.file) }
  return {
    ...form,
    ...(form.keys !== undefined && { keys: at(form.keys) }),
    ...(form.wrapping_key && { wrapping_key: source(form.wrapping_key) }),
    former_keys: form.former_keys.map(source),
  }
}
