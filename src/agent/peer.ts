/** Whose process is at the other end of a loopback connection, as Linux tells it. Elsewhere it cannot tell. */
import { existsSync, readFileSync } from 'node:fs'

/** `st` of a connection that both ends have open (Linux, include/net/tcp_states.h). */
const ESTABLISHED = '01'
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6']

/** `unknown` where the system does not tell. */
export type Peer = 'own' | 'other' | 'unknown'

/** The ports of a connection, as this end has them. */
interface Ends {
  readonly remotePort?: number | undefined
  readonly localPort?: number | undefined
}

/** Reads the kernel's tables (proc(5), /proc/net/tcp), 1 ms or less; once for each connection. */
export function peerOf({ remotePort = 0, localPort = 0 }: Ends): Peer {
  const own = process.getuid?.()
  const tables = TABLES.filter((path) => existsSync(path))
  if (own === undefined || tables.length === 0) return 'unknown'
  const found = tables.flatMap((path) => uidsIn(readFileSync(path, 'latin1'), remotePort, localPort))
  return found.length > 0 && found.every((uid) => uid === own) ? 'own' : 'other'
}

/** The owners of open sockets that are bound to the port `from` and connected to the port `to`. */
export function uidsIn(table: string, from: number, to: number): number[] {
  const [local, remote] = [from, to].map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`)
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, own = '', other = '', state]) => state === ESTABLISHED && own.endsWith(local!) && other.endsWith(remote!),
    )
    .map((columns) => Number(columns[7]))
}
