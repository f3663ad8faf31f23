/** How a command ends that is not let finish: a signal, and a reader that has gone away. Never for `serve`'s own signals. */
import { constants } from 'node:os'
import { EXIT } from './exit.ts'

let onBrokenPipe: () => void = () => process.exit(EXIT.ok)

/** From now on a reader that closes its pipe (`| head`) ends the process without a word, of help and errors too. */
export function minding(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      onBrokenPipe()
    })
}

/** 130 on Ctrl-C, 143 on SIGTERM, 129 on SIGHUP; what the command had staged goes with it. The same signal again ends it at once. */
export function endQuietly(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

/** A server goes on where nobody reads what it says. */
export function carryOn(): void {
  onBrokenPipe = () => undefined
}
