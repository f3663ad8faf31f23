/** What gatelog.yaml says of the trail, and who signs its log: a key file, a variable or a command. Keys stay in memory. */
import { z } from 'zod'
import { parseVerifier } from '#trail'
import type { Wrong } from './config-secrets.ts'

const KeyForm = z.strictObject({
  file: z.string().min(1).optional().describe('PEM file of an Ed25519 key; made (0600) at the first start'),
  env: z.string().min(1).optional().describe('Variable that holds the key: PEM text'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Program that signs: gets the text on standard input, writes the signature in base64'),
  vkey: z.string().min(1).optional().describe('The verifier key of the program’s key (c2sp.org/signed-note)'),
})

export const TrailForm = z.strictObject({
  seal: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether entries are sealed in a Merkle log'),
      origin: z
        .string()
        .regex(/^[^\s+\p{Cc}]{1,255}$/u, 'a name without blanks and without +')
        .optional()
        .describe('Name of the log; by default one that its key gives it'),
      key: KeyForm.optional().describe('What signs it; by default seal.key in the data folder'),
    })
    .prefault({}),
})

type Form = z.infer<typeof TrailForm>

/** Who signs. */
export type SealKey =
  | { readonly kind: 'file'; readonly path: string | undefined }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly vkey: string }

export interface Seal {
  readonly origin?: string
  readonly key: SealKey
}

/** undefined where sealing is switched off. @throws config.invalid */
export function sealOf({ seal: { enabled, origin, key = {} } }: Form, wrong: Wrong): Seal | undefined {
  const { file, env, command, vkey } = key
  const at = ['trail', 'seal', 'key']
  if ([file, env, command].filter((each) => each !== undefined).length > 1)
    throw wrong(at, 'a key is one of file, env and command')
  if ((command === undefined) !== (vkey === undefined)) throw wrong(at, 'command and vkey go together')
  if (!enabled) return undefined
  const own = origin === undefined ? {} : { origin }
  if (command && vkey !== undefined) return { ...own, key: ofCommand(command, vkey, origin, wrong) }
  return { ...own, key: env === undefined ? { kind: 'file', path: file } : { kind: 'env', name: env } }
}

function ofCommand(argv: readonly string[], vkey: string, origin: string | undefined, wrong: Wrong): SealKey {
  const verifier = parseVerifier(vkey)
  const at = ['trail', 'seal', 'key', 'vkey']
  if (!verifier) throw wrong(at, 'a verifier key is <name>+<8 hexadecimal digits>+<base64>, of an Ed25519 key')
  if (origin !== undefined && verifier.name !== origin) throw wrong(at, 'its name is not the origin')
  return { kind: 'command', argv, vkey }
}
