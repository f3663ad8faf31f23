/** The gateway's own credentials towards providers, from where the configuration says; read anew when asked. Keeps none for long. */
import { readFile } from 'node:fs/promises'
import { Fault, type FaultCode } from '#exchange'
import { printedBy } from './command.ts'
import { variable } from './variables.ts'

/** A credential is text with references in it, or what a program prints. */
export type CredentialSource = { readonly parts: readonly CredentialPart[] } | { readonly command: readonly string[] }

export type CredentialPart = { readonly text: string } | { readonly env: string } | { readonly file: string }

/** The names of the variables that sources refer to. */
export const variablesIn = (sources: Readonly<Record<string, CredentialSource>>): string[] =>
  Object.values(sources).flatMap((source) => ('parts' in source ? variablesOf(source.parts) : []))

/** The same of one text. */
export const variablesOf = (parts: readonly CredentialPart[]): string[] =>
  parts.flatMap((part) => ('env' in part ? part.env : []))

const COMMAND_MS = 10_000
/** Characters of a credential. */
const LONGEST = 16_384
/** What a program printed stands for so long, in ms: it may cost money to ask it. */
const STANDS_MS = 300_000

interface Printed {
  readonly at: number
  readonly value: Promise<string>
}

export class Credentials {
  readonly #sources: ReadonlyMap<string, CredentialSource>
  readonly #now: () => number
  readonly #printed = new Map<string, Printed>()

  /** @param now milliseconds */
  constructor(sources: Readonly<Record<string, CredentialSource>>, now: () => number) {
    this.#sources = new Map(Object.entries(sources))
    this.#now = now
  }

  /** @throws upstream.credential naming the source, never what it held */
  async of(connection: string): Promise<string> {
    const source = this.#sources.get(connection)
    if (!source) throw new Fault('upstream.credential', `${connection} has none`)
    const value =
      'parts' in source
        ? await joined(source.parts, 'upstream.credential')
        : await this.#printedFor(connection, source.command)
    return checked(value, connection)
  }

  #printedFor(connection: string, command: readonly string[]): Promise<string> {
    const known = this.#printed.get(connection)
    if (known && this.#now() - known.at < STANDS_MS) return known.value
    const value = printedBy(command, { ms: COMMAND_MS, most: LONGEST }, 'upstream.credential').then(String)
    this.#printed.set(connection, { at: this.#now(), value })
    value.catch(() => this.#printed.delete(connection)) // the next one who asks tries again
    return value
  }
}

/** Text with what its references hold. @throws `code`, naming a source and never what it held */
export async function joined(parts: readonly CredentialPart[], code: FaultCode): Promise<string> {
  return (await Promise.all(parts.map((part) => textOf(part, code)))).join('')
}

async function textOf(part: CredentialPart, code: FaultCode): Promise<string> {
  if ('text' in part) return part.text
  if ('env' in part) return setTo(part.env, code)
  try {
    return (await readFile(part.file, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new Fault(code, `${part.file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function setTo(name: string, code: FaultCode): string {
  const value = variable(name)
  if (value === undefined) throw new Fault(code, `the variable ${name} is not set`)
  return value
}

/** What may stand in a header field, and is one. */
function checked(printed: string, connection: string): string {
  const value = printed.replace(/\r?\n$/, '')
  if (value.length > 0 && value.length <= LONGEST && !/[^\t\x20-\x7e\x80-\xff]/.test(value)) return value
  throw new Fault('upstream.credential', `what ${connection} is to send is empty, too long, or no header field`)
}
