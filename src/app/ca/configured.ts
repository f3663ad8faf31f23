/** A CA of the configuration, and its files; the key is read by the holder of keys alone. */
import { readFile } from 'node:fs/promises'
import { Fault } from '#exchange'
import type { AuthorityFiles } from '#relay'
import { type CredentialPart, joined, variablesOf } from '../keyholder/credentials.ts'

/** Its chain as PEM; its key as PEM, by its file, or as a text with references that comes to one of these. */
export interface ConfiguredCa {
  readonly chain: string
  readonly key: string | { readonly file: string } | { readonly parts: readonly CredentialPart[] }
}

/** @throws ca.unreadable */
export async function configuredFiles({ chain, key }: ConfiguredCa): Promise<AuthorityFiles> {
  if (typeof key === 'string') return { chain, key }
  if ('file' in key) return { chain, key: await textIn(key.file) }
  const text = await joined(key.parts, 'ca.unreadable')
  return { chain, key: text.startsWith('-----BEGIN') ? text : await textIn(text) }
}

/** The names of the variables that its key refers to. */
export const variablesOfCa = (ca: ConfiguredCa | undefined): string[] =>
  typeof ca?.key === 'object' && 'parts' in ca.key ? variablesOf(ca.key.parts) : []

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new Fault('ca.unreadable', `${file} ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}
