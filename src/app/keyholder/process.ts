/**
 * The process that holds the keys. Its parent speaks to it over a socket pair that nobody else has; it listens nowhere, and
 * ends with its parent. The first message says where the keys are.
 */
import { faultOf } from '#exchange'
import { type Calls, type HolderOptions, openHolder } from './holder.ts'
import type { Answer, Asked } from './protocol.ts'

let calls: Calls | undefined

const send = (answer: Answer): void => void process.send?.(answer)

async function answer({ number, name, args }: Asked): Promise<void> {
  try {
    if (!calls || !Object.hasOwn(calls, name)) throw new Error('there is no such call')
    const call = calls[name] as (...given: readonly unknown[]) => unknown
    send({ number, value: await call(...args) })
  } catch (error) {
    const { code, detail = '' } = faultOf(error)
    send({ number, fault: { code, detail } })
  }
}

/** What it is started with comes as the call 0. */
function begin(options: HolderOptions): void {
  try {
    calls = openHolder(options)
    send({ number: 0, value: undefined })
  } catch (error) {
    const { code, detail = '' } = faultOf(error)
    send({ number: 0, fault: { code, detail } })
  }
}

process.on('message', (message: Asked | { readonly begin: HolderOptions }) => {
  if ('begin' in message) begin(message.begin)
  else void answer(message)
})
process.on('disconnect', () => process.exit(0))
// Signals of the terminal go to the whole group: it ends with its parent, who may still need it to drain.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined)
