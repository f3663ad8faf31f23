/** How a command ends that is not let finish: Ctrl-C, and a reader that has gone away. Never for `serve`'s own signals. */
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

/** 130 on Ctrl-C. */
export function endQuietly(): void {
  process.once('SIGINT', () => process.exit(EXIT.interrupted))
}

/** A server goes on where nobody reads what it says. */
export function carryOn(): void {
  onBrokenPipe = () => undefined
}
