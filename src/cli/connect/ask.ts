/** Asks the person at the terminal, on stderr; refuses where there is none. */
import { createInterface } from 'node:readline/promises'
import { Fault } from '#exchange'

/** @throws client.consent where nobody can be asked and `yes` was not given */
export async function agreed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) throw new Fault('client.consent')
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const gone = new Promise<string>((resolve) => asking.once('close', () => resolve('')))
  const said = await Promise.race([asking.question(`${question} [y/N] `), gone])
  asking.close()
  return /^y(es)?$/i.test(said.trim())
}
