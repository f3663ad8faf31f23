/** What an auditor gives in files and options: read, and held to its form. What it says is not believed here. */
import { readFileSync } from 'node:fs'
import { Fault } from '#exchange'

/** A file of text. @throws usage.input */
export function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('usage.input', file, { cause })
  }
}

/** A file with a signed head of a log, as it stands there. @throws usage.input */
export async function checkpointIn(file: string): Promise<string> {
  const { parseHead } = await import('#trail')
  const text = textIn(file)
  if (!parseHead(text)) throw new Fault('usage.input', `${file}: no checkpoint`)
  return text
}

/** A file that remembers what was signed last: a signed head of each log. @throws usage.input */
export async function headsIn(file: string): Promise<string[]> {
  const { parseRemembered } = await import('#trail')
  const all = parseRemembered(textIn(file))
  if (!all) throw new Fault('usage.input', `${file}: no checkpoint`)
  return all.map(({ head }) => head.printed)
}

/** A log’s verifier key. @throws usage.input */
export async function vkeyOf(text: string): Promise<string> {
  const { parseVerifier } = await import('#trail')
  if (!parseVerifier(text)) throw new Fault('usage.input', '--key: no verifier key, <name>+<id>+<base64>')
  return text
}

/** A witness’ verifier key. @throws usage.input */
export async function witnessOf(text: string): Promise<string> {
  const { parseCosigner } = await import('#export')
  if (!parseCosigner(text))
    throw new Fault('usage.input', '--witness: no verifier key of a witness, <name>+<id>+<base64>')
  return text.trim()
}
