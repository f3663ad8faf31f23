/** A file that a command writes: it is there once all of it is, readable by its owner alone. What was written meanwhile lies beside it and goes. */
import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault, faultOfDisk } from '#exchange'
import { scratchIn } from '#export'

export interface Output {
  /** Where it is written until it is whole. */
  readonly half: string
  /** Gives it its name. @throws usage.output, disk.* */
  place(): void
  /** Lets go of what lies beside it, whether it was placed or not. */
  drop(): void
}

/** Before any work: what is there is replaced only where that was asked for. @throws usage.output */
export function refuseThere(file: string, force: boolean): void {
  const there = force ? undefined : writing(file, () => lstatSync(file, { throwIfNoEntry: false }))
  if (there && !there.isDirectory())
    throw new Fault('usage.output', `${file} is there already: name another, or --force`)
}

/** @throws usage.output, disk.* */
export function outputTo(file: string): Output {
  const folder = writing(file, () => scratchIn(dirname(file), '.export'))
  const half = join(folder, 'half')
  return {
    half,
    place: () => writing(file, () => renameSync(half, file)),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Does a part of writing a file. @throws usage.output, disk.* */
export function writing<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw unwritten(file, error)
  }
}

/** Why a file cannot be written: where it lies, or the disk. */
export function unwritten(file: string, error: unknown): Fault {
  const fault = faultOfDisk(error, file)
  if (fault && fault.code !== 'disk.path') return fault
  return error instanceof Fault ? error : new Fault('usage.output', fault?.detail ?? file, { cause: error })
}

/** All of it at once. @throws usage.output, disk.* */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const output = outputTo(file)
  try {
    writing(file, () => writeFileSync(output.half, bytes, { mode: 0o600 }))
    output.place()
  } finally {
    output.drop()
  }
}
