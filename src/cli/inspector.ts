/** Nobody looks into a process that holds secrets: no signal opens an inspector, and one that is open is closed. */
import inspector from 'node:inspector'

/** For a process that goes on. Where its launcher could not take an inspector from its command line, it is closed here. */
export function shutInspector(tell: (line: string) => void): void {
  process.on('SIGUSR1', () => undefined) // opens nothing, and ends nothing
  if (inspector.url() === undefined) return
  inspector.close()
  tell('an inspector was open, and is closed: this process holds secrets')
}
