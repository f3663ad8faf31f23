/** Runs a program that answers in one go, such as a client of a KMS: no shell, bounded in time and size. Shows no output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { Fault, type FaultCode } from '#exchange'

/** What it is given, and how long it and its answer may be. */
export interface Bounds {
  readonly input?: Uint8Array
  readonly ms: number
  /** Bytes of its answer. */
  readonly most: number
}

/** Those that run: they end with this process, whichever way it ends itself. */
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach(endGroup))

/**
 * What a program printed before it ended with 0. One that takes longer, or says more, is killed with whatever it started, and
 * not waited for. @throws `code`, naming the program and never its output
 */
export function printedBy(
  [program = '', ...args]: readonly string[],
  { input, ms, most }: Bounds,
  code: FaultCode,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  // A group of its own, so that all of it can be ended.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  running.add(child)
  const answer: Buffer[] = []
  let length = 0
  const failed = (why: string, cause?: unknown) => {
    clearTimeout(timer)
    running.delete(child)
    endGroup(child)
    child.stdout.destroy()
    child.unref()
    reject(new Fault(code, `${program}: ${why}`, { cause }))
  }
  const timer = setTimeout(() => failed(`did not end within ${ms} ms`), ms)
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > most) failed(`printed more than ${most} bytes`)
    else answer.push(chunk)
  })
  child.once('error', (cause) => failed('cannot be run', cause))
  child.stdin.on('error', () => undefined) // it need not read; how it ends decides
  child.once('close', (status) => {
    clearTimeout(timer)
    running.delete(child)
    if (status === 0) resolve(Buffer.concat(answer))
    else failed(`ended with ${status ?? 'a signal'}`)
  })
  child.stdin.end(input)
  return promise
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // all of it has ended, or it runs as another user: then nobody waits for it any more
  }
}
