/**
 * The process that holds the keys. Its parent speaks to it over a socket pair that nobody else has; it listens nowhere, and
 * ends with its parent. The first message says where the keys are, once; of all others none is believed to be well made.
 */
import { isDeepStrictEqual } from 'node:util'
import { Fault, faultOf } from '#exchange'
import { accepts, isBegin, isCall } from './accepts.ts'
import { type Calls, type HolderOptions, openHolder } from './holder.ts'
import type { Answer } from './protocol.ts'
import { takeOut } from './variables.ts'

let calls: Calls | undefined
let begun: unknown

const send = (answer: Answer): void => void process.send?.(answer)

async function answer(number: number, act: () => unknown): Promise<void> {
  try {
    send({ number, value: await act() })
  } catch (error) {
    const { code, detail = '' } = faultOf(error)
    send({ number, fault: { code, detail } })
  }
}

function called(name: unknown, args: unknown): unknown {
  if (!isCall(name)) throw new Fault('keys.asked', 'there is no such call')
  if (!calls) throw new Fault('keys.asked', 'nothing was begun')
  if (!accepts(name, args)) throw new Fault('keys.asked', `${name}: not with these`)
  return (calls[name] as (...given: readonly unknown[]) => unknown)(...args)
}

/** What it is started with comes as the call 0. Programs that it starts have none of its variables. */
function begin(options: unknown): void {
  if (!isBegin(options)) throw new Fault('keys.asked', 'begin: not with this')
  if (begun && !isDeepStrictEqual(begun, options)) throw new Fault('keys.fixed', 'begin was asked for otherwise')
  if (calls) return
  begun = options
  takeOut((options as HolderOptions).variables)
  calls = openHolder(options as HolderOptions)
}

process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null) return // it bears no number: nobody waits for an answer
  const { begin: options, number, name, args } = message as Record<string, unknown>
  if (options !== undefined) void answer(0, () => begin(options))
  else if (Number.isSafeInteger(number)) void answer(number as number, () => called(name, args))
})
process.on('disconnect', () => process.exit(0))
// Signals of the terminal go to the whole group: it ends with its parent, who may still need it to drain.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined)
