/** The forward door as it is written to what the house needs: who may be tunnelled to, and with which CA. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { ConfiguredCa } from './ca/configured.ts'
import type { Wrong } from './config-secrets.ts'
import { placedParts } from './config-text.ts'

/** `*.` in front stands for everything below; a port may follow, else any is meant. */
const HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/

export const PrivateAddresses = z.enum(['refuse', 'allow']).default('refuse')

export const ForwardForm = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the gateway’s port is an HTTP proxy too'),
  other_hosts: z
    .union([z.enum(['refuse', 'tunnel']), z.array(z.string().regex(HOST, 'a host in lower case, *.host or host:port'))])
    .default('refuse')
    .describe('Hosts of no connection: refused, tunnelled unread, or only these tunnelled'),
  private_addresses: PrivateAddresses.describe('Whether tunnels may lead into private networks'),
  proxy: z
    .url({ protocol: /^https?$/, error: 'an http or https address' })
    .optional()
    .describe('HTTP proxy that tunnels go through'),
  ca: z
    .strictObject({
      cert: z.string().min(1).optional().describe('PEM file of the CA: its own certificate, then those above it'),
      key: z.string().min(1).optional().describe('PEM file of its key, or the PEM text as a reference'),
      hosts: z
        .array(z.string().regex(NAME, 'a host name in lower case'))
        .default([])
        .describe('Hosts that a new CA may vouch for beside the published list'),
    })
    .prefault({}),
})

type Form = z.infer<typeof ForwardForm>

export interface Forward extends Pick<Form, 'enabled' | 'other_hosts' | 'private_addresses'> {
  readonly proxy: URL | undefined
  readonly ca: { readonly hosts: readonly string[]; readonly configured: ConfiguredCa | undefined }
}

/** `file`: of the configuration. @throws config.invalid naming the key that is wrong */
export function forwardOf(form: Form, file: string, wrong: Wrong): Forward {
  const { enabled, other_hosts, private_addresses, proxy, ca } = form
  return {
    ...{ enabled, other_hosts, private_addresses },
    proxy: proxy === undefined ? undefined : new URL(proxy),
    ca: { hosts: ca.hosts, configured: configuredOf(ca, file, wrong) },
  }
}

/** The files that are to be watched. */
export const filesOf = ({ ca }: Form): string[] =>
  [ca.cert, ca.key].filter((path) => path !== undefined && !isPem(path) && !isReference(path)) as string[]

const isPem = (text: string): boolean => text.startsWith('-----BEGIN')
const isReference = (text: string): boolean => text.includes('${')

/** PEM text, or where the holder of keys finds it. */
function keyOf(key: string, file: string, unreadable: Unreadable): ConfiguredCa['key'] {
  if (isPem(key)) return key
  return isReference(key) ? { parts: placedParts(key, file) } : fileOf(key, unreadable)
}

function configuredOf({ cert, key }: Form['ca'], file: string, wrong: Wrong): ConfiguredCa | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw wrong(['forward', 'ca', cert === undefined ? 'key' : 'cert'], 'cert and key belong together')
  const unreadable = (name: 'cert' | 'key', error: unknown) =>
    wrong(['forward', 'ca', name], `the file cannot be read (${(error as NodeJS.ErrnoException).code})`)
  return { chain: isPem(cert) ? cert : textOf(cert, unreadable), key: keyOf(key, file, unreadable) }
}

type Unreadable = (name: 'cert' | 'key', error: unknown) => Error

function textOf(path: string, unreadable: Unreadable): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable('cert', error)
  }
}

/** A key is read by the holder of keys alone; that it can be is seen here. */
function fileOf(file: string, unreadable: Unreadable): { readonly file: string } {
  try {
    accessSync(file, constants.R_OK)
    if (statSync(file).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    return { file }
  } catch (error) {
    throw unreadable('key', error)
  }
}
