/** Where the files of a configuration are: beside gatelog.yaml, unless they say otherwise. Reads none of them. */
import { join } from 'node:path'
import type { z } from 'zod'
import { backupPlaced } from './config-backup.ts'
import { encryptionPlaced } from './config-encryption.ts'
import { placedExport } from './config-export.ts'
import type { ConfigForm } from './config-schema.ts'
import type { Wrong } from './config-secrets.ts'
import { beside } from './folder.ts'

type Form = z.infer<typeof ConfigForm>

/** Linux takes 107 bytes for the path of a socket, macOS 103. Source: unix(7), 2026-11. */
const LONGEST_SOCKET = process.platform === 'darwin' ? 103 : 107

/** The socket of the command line in a data folder. */
export const socketIn = (data: string): string => join(data, 'gatelog.sock')

/** What is no path: PEM, or a reference that is resolved elsewhere. */
const isText = (path: string): boolean => path.startsWith('-----BEGIN') || path.includes('${')

/** The same form with every path as the process finds it. @throws config.invalid where the socket's would be too long */
export function placed(form: Form, name: string, wrong: Wrong): Form {
  const at = (path: string) => beside(name, path)
  const some = <Name extends string>(key: Name, path: string | undefined) =>
    path === undefined ? {} : ({ [key]: isText(path) ? path : at(path) } as { [K in Name]: string })
  const { listen, trail, masking, forward, connections } = form
  const { key } = trail.seal
  const { tls } = listen
  const length = Buffer.byteLength(socketIn(at(form.data)))
  if (length > LONGEST_SOCKET)
    throw wrong(['data'], `its socket’s path has ${length} bytes, of which ${LONGEST_SOCKET} are possible: move it up`)
  return {
    ...form,
    data: at(form.data),
    encryption: encryptionPlaced(form.encryption, at),
    listen: { ...listen, ...(tls && { tls: { cert: at(tls.cert), key: at(tls.key) } }) },
    trail: { ...trail, seal: { ...trail.seal, ...(key && { key: { ...key, ...some('file', key.file) } }) } },
    masking: {
      ...masking,
      import: masking.import.map(at),
      ...(masking.originals && {
        originals: { ...masking.originals, ...some('public_key', masking.originals.public_key) },
      }),
      known: masking.known.map((known) => ({ ...known, ...some('file', known.file) })),
    },
    export: placedExport(form.export, at),
    backup: backupPlaced(form.backup, at),
    forward: { ...forward, ca: { ...forward.ca, ...some('cert', forward.ca.cert), ...some('key', forward.ca.key) } },
    connections: Object.fromEntries(
      Object.entries(connections).map(([id, each]) => [id, { ...each, ...some('upstream_ca', each.upstream_ca) }]),
    ),
  }
}
