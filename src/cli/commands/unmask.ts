/** `gatelog unmask` and `gatelog originals keygen`: what was received before it was masked, opened where this runs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { Fault } from '#exchange'
import { commonOf, examples, named, type Register, withRecord } from '../command.ts'
import { json, out, safe, say } from '../terminal.ts'

/** The sealed originals of one exchange, base64. */
interface Sealed {
  readonly exchange: string
  readonly prompt?: string
  readonly reply?: string
}

interface How {
  readonly key: string
  readonly part: 'prompt' | 'reply'
}

export const unmask: Register = (program) => {
  program
    .command('unmask <exchange>')
    .description('what was received before it was masked, byte for byte in a pipe; the private key stays here')
    .requiredOption('--key <file>', 'the private key, PEM: of the pair whose public half masking.originals names')
    .addOption(new Option('--part <part>', 'which of the two').choices(['prompt', 'reply']).default('prompt'))
    .addHelpText('after', examples('unmask 0199f2c4-7 --key private.pem', 'unmask 0199f2c4-7 --key private.pem --json'))
    .action(unmasked)
}

async function unmasked(id: string, { key, part }: How, command: Command): Promise<void> {
  const pem = textOf(key)
  const path = `/exchanges/${encodeURIComponent(named(id, 'an exchange: its id, or last'))}/originals`
  const found = await withRecord(command, (record) => record.get<Sealed>(path))
  const { openOriginal } = await import('#masking')
  const opened = (each: 'prompt' | 'reply') => {
    const sealed = found[each]
    return sealed === undefined ? undefined : openOriginal(pem, Buffer.from(sealed, 'base64'), found.exchange, each)
  }
  if (commonOf(command).json) {
    const [prompt, reply] = [opened('prompt')?.toString(), opened('reply')?.toString()]
    return out(
      json({
        exchange: found.exchange,
        ...(prompt !== undefined && { prompt }),
        ...(reply !== undefined && { reply }),
      }),
    )
  }
  const bytes = opened(part)
  if (!bytes) throw new Fault('originals.none', `${found.exchange}, of its ${part}`)
  process.stdout.write(process.stdout.isTTY ? `${safe(bytes.toString())}\n` : bytes)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('originals.key', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

export const originals: Register = (program) => {
  program
    .command('originals')
    .description('keys for what was received before it was masked')
    .addHelpText('after', examples('originals keygen --private private.pem > public.pem'))
    .command('keygen')
    .description('a pair: the private half to a file that must not be on the gateway, the public half to stdout')
    .requiredOption('--private <file>', 'where the private key goes (0600); it must not be there')
    .addHelpText('after', examples('originals keygen --private private.pem > public.pem'))
    .action(async ({ private: path }: { readonly private: string }, command: Command) => {
      const { makeOriginalsKeys } = await import('#masking')
      const { publicKey, privateKey } = makeOriginalsKeys()
      write(path, privateKey)
      out(commonOf(command).json ? json({ public_key: publicKey, private: path }) : publicKey.trimEnd())
      say(
        `The private key is in ${safe(path)}. Keep it and a copy of it away from the gateway: nothing else opens an original.`,
      )
    })
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new Fault('usage.input', `${path} ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}
