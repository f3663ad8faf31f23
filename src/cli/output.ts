/** A file that a command writes: it is there once all of it is, readable by its owner alone. What was written meanwhile lies beside it and goes. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scratchIn } from '#export'

export interface Output {
  /** Where it is written until it is whole. */
  readonly half: string
  /** Gives it its name. @throws what the file system says */
  place(): void
  /** Lets go of what lies beside it, whether it was placed or not. */
  drop(): void
}

/** @throws what the file system says */
export function outputTo(file: string): Output {
  const folder = scratchIn(dirname(file), '.export')
  const half = join(folder, 'half')
  return {
    half,
    place: () => renameSync(half, file),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** All of it at once. @throws what the file system says */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const output = outputTo(file)
  try {
    writeFileSync(output.half, bytes, { mode: 0o600 })
    output.place()
  } finally {
    output.drop()
  }
}
