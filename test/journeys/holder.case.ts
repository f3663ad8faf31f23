/** What tests of the processes that hold secrets look at: who holds the keys, who lives, who listens. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Gateway } from '../process.case.ts'
import { basic, connectTo, shake } from '../tunnel.case.ts'

/** A row of `doctor`. */
export interface Check {
  readonly check: string
  readonly state: string
  readonly told: string
}

export const checksOf = (gateway: Gateway): Promise<Check[]> => gateway.api<Check[]>('/checks')

/** The process that holds the keys of a gateway; NaN while there is none. */
export async function holderOf(gateway: Gateway): Promise<number> {
  const told = (await checksOf(gateway)).find(({ check }) => check === 'keys')?.told ?? ''
  return Number(/held by process (\d+)/.exec(told)?.[1])
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Sockets that a process listens on, by their inodes. */
export function listening(pid: number): string[] {
  const own = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      return [] // closed since
    }
  })
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)
  return rows
    .map((row) => row.trim().split(/\s+/))
    .flatMap((row) => (row[3] === '0A' && own.includes(row[9] ?? '') ? (row[9] ?? '') : []))
}

/** Whether a host of a connection is reached through the forward door, with a leaf that the CA vouches for. */
export async function shaken(gateway: Gateway, key: string, name = 'api.openai.com'): Promise<boolean> {
  const ca = (await gateway.gatelog('ca', 'export')).stdout
  const { socket } = await connectTo(gateway.url, `${name}:443`, basic(key))
  const inner = await shake(socket, { servername: name, ca })
  const { authorized } = inner
  inner.destroy()
  return authorized
}
