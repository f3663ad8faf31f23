/** Signs heads of the log, and nothing else: only of its own log, and never a smaller one, or another of the same size. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { isSignedBy, parseCheckpoint, parseNote, parseVerifier, printCheckpoint, type Signer } from '#trail'

type Head = NonNullable<ReturnType<typeof parseCheckpoint>>

/** A signer with a memory of what it signed: what was published in the data folder, or kept outside, is what it begins with. */
export async function notaryOf(signer: Signer, data: string): Promise<Signer> {
  let last = furthest(signer, [await signer.last?.(), published(data)])
  const { name: origin } = parseVerifier(signer.vkey) ?? { name: '' }
  return {
    ...signer,
    async sign(text) {
      const printed = Buffer.from(text).toString()
      const head = parseCheckpoint(printed)
      if (!head || printCheckpoint(head) !== printed) throw new Fault('seal.key', 'this is no head of a log')
      if (head.origin !== origin) throw new Fault('seal.key', 'this is a head of another log')
      if (last && !follows(last, head))
        throw new Fault('seal.behind', `${last.size} entries were sealed, a head of ${head.size} is not signed`)
      const signature = await signer.sign(text)
      last = head
      return signature
    },
  }
}

/** Whether a head may come after one: of more entries, or the same once more. */
const follows = (last: Head, next: Head): boolean =>
  next.size > last.size || (next.size === last.size && next.root.equals(last.root))

/** The largest of those that this key has signed. */
function furthest({ vkey }: Signer, notes: readonly (string | undefined)[]): Head | undefined {
  const verifier = parseVerifier(vkey)
  const heads = notes.flatMap((printed) => {
    const note = printed === undefined ? undefined : parseNote(printed)
    const head = note && verifier && isSignedBy(note, [verifier]) ? parseCheckpoint(note.text) : undefined
    return head && head.origin === verifier?.name ? [head] : []
  })
  return heads.sort((one, other) => other.size - one.size)[0]
}

function published(data: string): string | undefined {
  try {
    return readFileSync(join(data, 'seal', 'checkpoint'), 'utf8')
  } catch {
    return undefined // nothing was published yet
  }
}
