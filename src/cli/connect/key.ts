/** Reads the Gatelog key that the command line names. Keeps it nowhere. */
import { readFileSync } from 'node:fs'
import { Fault } from '#exchange'

/** Undefined where none is given. @throws client.file */
export function readKey({ key, keyFile }: { readonly key?: string; readonly keyFile?: string }): string | undefined {
  if (keyFile === undefined) return key?.trim()
  try {
    return readFileSync(keyFile === '-' ? 0 : keyFile, 'utf8').trim()
  } catch (cause) {
    throw new Fault('client.file', `${keyFile}: ${(cause as NodeJS.ErrnoException).code ?? 'it cannot be read'}`, {
      cause,
    })
  }
}
