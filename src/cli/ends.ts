/** How a command ends that is not let finish: Ctrl-C, and a reader that has gone away. Never for `serve`'s own signals. */
import { EXIT } from './exit.ts'

/** 130 on Ctrl-C. A reader that closes its pipe (`| head`) ends the command without a word. */
export function endQuietly(): void {
  process.once('SIGINT', () => process.exit(EXIT.interrupted))
  onBrokenPipe(() => process.exit(EXIT.ok))
}

/** A server goes on where nobody reads what it says. */
export const carryOn = (): void => onBrokenPipe(() => undefined)

function onBrokenPipe(then: () => void): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      then()
    })
}
