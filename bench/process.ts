// Processes under measurement: started, asked for their CPU time and memory, ended. Linux only: reads /proc.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** Ticks of /proc/<pid>/stat per second. Source: proc(5), sysconf(_SC_CLK_TCK) on Linux. */
const TICKS = 100

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  /** The words after `port` in its first such line. */
  readonly port: number
  end(): Promise<void>
}

/** Starts a program that prints `port <n>`. `more`: variables beside our own. */
export async function start(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...more } })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^port (\d+)/.exec(line)?.[1]
    if (port) return { child, pid: child.pid ?? 0, port: Number(port), end: () => end(child) }
  }
  throw new Error(`${command} ${args.join(' ')} did not start`)
}

/** Asks it to end, and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** CPU seconds that processes have used, all of their threads. */
export const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const [, utime = 0, stime = 0] =
      /\) \S+ (?:\S+ ){10}(\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.map(Number) ?? []
    return sum + (utime + stime) / TICKS
  }, 0)

/** Resident memory of processes, in MB. */
export const residentOf = (pids: readonly number[]): number =>
  pids.reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    0,
  )
