/** A revision by the day files that it touches. Reads nothing itself. */
import type { Revision } from '../../revision.ts'

/** So many exchanges are looked for at a time. */
const STEP = 64

/** A revision of one day file. */
export interface Part {
  readonly file: string
  readonly revision: Revision
}

/** For each file what is to be done there. `homes`: the file of each exchange; what is nowhere is left out. */
export async function partsOf(
  revision: Revision,
  homes: (exchanges: readonly string[]) => Promise<readonly (string | undefined)[]>,
): Promise<Part[]> {
  const { erased, bodies, words = [], notes } = revision
  const ids = [...new Set([...erased, ...[...bodies, ...words].map(({ exchange }) => exchange)])]
  const home = new Map<string, string>()
  for (let at = 0; at < ids.length; at += STEP) {
    const some = ids.slice(at, at + STEP)
    for (const [nth, name] of (await homes(some)).entries()) if (name) home.set(some[nth] ?? '', name)
  }
  const files = [...new Set([...home.values(), ...notes.map(({ file }) => file)])].sort().reverse()
  return files.map((file) => ({
    file,
    revision: {
      ...revision,
      erased: erased.filter((id) => home.get(id) === file),
      bodies: bodies.filter(({ exchange }) => home.get(exchange) === file),
      words: words.filter(({ exchange }) => home.get(exchange) === file),
      notes: notes.filter((note) => note.file === file),
    },
  }))
}
