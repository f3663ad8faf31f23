/** Faults of a disk under a process that runs, by way of strace: of all its files, or of one alone. Never used by the product. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const can = process.getuid?.() === 0 && spawnSync('strace', ['-V']).status === 0
/** Why it cannot be done here, if so. */
export const skip = can ? false : 'needs root and strace'

/** A process and those that it started. */
function processesOf(pid: number): number[] {
  const children = globSync(`/proc/${pid}/task/*/children`).flatMap((path) =>
    readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children]
}

/**
 * Attaches to every thread; `stop` ends the fault.
 * @param calls as strace names them @param path of the one file whose calls fail; all without
 */
export async function inject(pid: number, calls: string, error: string, path?: string): Promise<ChildProcess> {
  await wait(1000) // what the last exchange still writes is not to be hit
  const pids = path === undefined ? [pid] : processesOf(pid)
  const args = ['-f', ...pids.flatMap((each) => ['-p', String(each)]), ...(path === undefined ? [] : ['-P', path])]
  const faults = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`, '-o', '/dev/null']
  const strace = spawn('strace', [...args, ...faults], { stdio: ['ignore', 'ignore', 'pipe'] })
  await once(strace.stderr, 'data')
  await wait(300)
  return strace
}

/** It has ended by itself where the process has. */
export async function stop(strace: ChildProcess): Promise<void> {
  if (strace.exitCode !== null || strace.signalCode !== null) return
  const gone = once(strace, 'exit')
  strace.kill('SIGINT')
  await gone
}
