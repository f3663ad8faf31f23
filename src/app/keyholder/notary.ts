/** Signs heads of the log, and nothing else: only of its own log, and never a smaller one, or another of the same size. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { isSignedBy, parseCheckpoint, parseNote, parseVerifier, printCheckpoint, type Signer } from '#trail'

type Head = NonNullable<ReturnType<typeof parseCheckpoint>>

/** A signer with a memory of what it signed: what was published in the data folder, or kept outside, is what it begins with. */
export async function notaryOf(signer: Signer, data: string): Promise<Signer> {
  const known = async () => [await signer.last?.(), noted(data, 'seal.known')]
  let last = furthest(signer, [...(await known()), noted(data, join('seal', 'checkpoint'))])?.head
  const { name: origin } = parseVerifier(signer.vkey) ?? { name: '' }
  return {
    ...signer,
    last: async () => furthest(signer, await known())?.printed,
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
function furthest(
  { vkey }: Signer,
  notes: readonly (string | undefined)[],
): { head: Head; printed: string } | undefined {
  const verifier = parseVerifier(vkey)
  const heads = notes.flatMap((printed) => {
    const note = printed === undefined ? undefined : parseNote(printed)
    const head = note && verifier && isSignedBy(note, [verifier]) ? parseCheckpoint(note.text) : undefined
    return head && printed !== undefined && head.origin === verifier?.name ? [{ head, printed }] : []
  })
  return heads.sort((one, other) => other.head.size - one.head.size)[0]
}

/** A head in the data folder: the one that is published, or that a restored record was known to have had. */
function noted(data: string, name: string): string | undefined {
  try {
    return readFileSync(join(data, name), 'utf8')
  } catch {
    return undefined // nothing was published yet, and nothing was put back
  }
}
