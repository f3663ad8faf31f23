/** The mark of an open gap: a small file that a full disk still takes, so that a killed process leaves word of it. */
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import type { GapMark, Stretch } from '#gateway'

/** Its size never changes, so that writing it takes no room. */
const BYTES = 256
const QUIET = 'no gap is open'

const nameIn = (folder: string): string => join(folder, 'gap.mark')
const padded = (text: string): Buffer => Buffer.from(`${text.padEnd(BYTES - 1)}\n`)

/** Makes or takes up the mark of a data folder. @throws trail.unavailable where it cannot be written */
export function openGapMark(folder: string): GapMark & { close(): void } {
  const left = markLeftIn(folder)
  const file = attempt(() => openSync(nameIn(folder), constants.O_RDWR | constants.O_CREAT, 0o600))
  let marked = left !== undefined
  const write = (text: string, durable: boolean) =>
    attempt(() => {
      writeSync(file, padded(text), 0, BYTES, 0)
      if (durable) fsyncSync(file)
    })
  if (!left) write(QUIET, true)
  return {
    left,
    set(stretch) {
      write(JSON.stringify(stretch), !marked)
      marked = true
    },
    clear() {
      marked = false
      write(QUIET, true)
    },
    close: () => closeSync(file),
  }
}

/** The gap that a process left open in a data folder, if so. */
export function markLeftIn(folder: string): Stretch | undefined {
  try {
    const told: unknown = JSON.parse(readFileSync(nameIn(folder), 'utf8'))
    return isStretch(told) ? told : undefined
  } catch {
    return undefined // there is none, or it says that no gap is open
  }
}

function isStretch(told: unknown): told is Stretch {
  if (typeof told !== 'object' || told === null) return false
  const { from, to, count, reason } = told as Record<string, unknown>
  return [from, to, count].every(Number.isSafeInteger) && typeof reason === 'string'
}

function attempt<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new Fault('trail.unavailable', 'the mark of a gap cannot be written', { cause })
  }
}
