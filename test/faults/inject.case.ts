/** Faults of a disk under a process that runs, by way of strace: of all its files, or of one alone. Never used by the product. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Gateway } from '../process.case.ts'

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

/** Looks at the seal, 100 ms apart, of which none shows anything new: an entry is sealed a second after it came. */
const LOOKS = 15

/** Resolves once nothing of what came before is still to be written: it would be hit. A process that is slow is slow to be asked too. */
async function atRest(gateway: Gateway): Promise<void> {
  let [known, same] = [-1, 0]
  while (same < LOOKS) {
    const { size } = await gateway.api<{ size: number }>('/seal')
    same = size === known ? same + 1 : 0
    known = size
    await wait(100)
  }
}

/** Resolves once strace says that it is attached to so many processes. @throws what it says where it ends before */
async function attached(strace: ChildProcess, count: number): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    strace.once('close', () => reject(new Error(`strace: ${said}`)))
    strace.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if ((said.match(/ attached/g)?.length ?? 0) >= count) resolve()
    })
  })
}

/**
 * Attaches to every thread of a gateway that is at rest; `stop` ends the fault.
 * @param calls as strace names them @param path of the one file whose calls fail; all without
 */
export async function inject(gateway: Gateway, calls: string, error: string, path?: string): Promise<ChildProcess> {
  await atRest(gateway)
  const pid = gateway.child.pid ?? 0
  const pids = path === undefined ? [pid] : processesOf(pid)
  const args = ['-f', ...pids.flatMap((each) => ['-p', String(each)]), ...(path === undefined ? [] : ['-P', path])]
  const faults = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`, '-o', '/dev/null']
  const strace = spawn('strace', [...args, ...faults], { stdio: ['ignore', 'ignore', 'pipe'] })
  await attached(strace, pids.length)
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
