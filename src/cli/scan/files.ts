/** Files through the masking rules: what each holds, and what was passed over. Prints nothing. */
import { stat } from 'node:fs/promises'
import type { Engine } from '#masking'
import { Finder, type Found } from './found.ts'
import { modeOf } from './streamed.ts'
import { gathered, textOf, whyOf } from './text.ts'

export interface FileFound extends Found {
  /** As it was named; `-` is stdin. */
  readonly file: string
}

export interface Skipped {
  readonly file: string
  readonly why: string
  /** True where it could not be read: then nobody knows what it holds. */
  readonly failed: boolean
}

/** UTF-16 units up to which a text is read whole first, to see whether it is a JSON document. */
const WHOLE = 8_388_608

/** Scans one file; of a large one only a window is kept. `told` hears of each secret as soon as it is known. */
export async function scanFile(
  engine: Engine,
  file: string,
  told: (found: FileFound) => void,
): Promise<Skipped | undefined> {
  try {
    if (file !== '-' && (await stat(file)).isDirectory()) return { file, why: 'a folder; name its files', failed: true }
    const parts = await textOf(file)
    if (parts === 'binary') return { file, why: 'binary', failed: false }
    for await (const found of finds(engine, parts)) told({ file, ...found })
    return undefined
  } catch (error) {
    const why = whyOf(error) ?? (error as NodeJS.ErrnoException).code
    if (why === undefined) throw error
    return { file, why, failed: true }
  }
}

async function* finds(engine: Engine, parts: AsyncGenerator<string>): AsyncGenerator<Found> {
  const { text, whole } = await gathered(parts, WHOLE)
  const finder = new Finder(engine, whole ? modeOf(text) : 'text')
  yield* finder.push(text)
  for await (const part of parts) yield* finder.push(part)
  yield* finder.end()
}
