/**
 * Keeps the log from being signed behind or beside what the outside has already seen: a record that was put back from an old
 * copy. Asks the anchors before the first signature of a process, off the path of every request.
 */
import { Fault } from '#exchange'
import { isSignedBy, LogFiles, parseCheckpoint, parseNote, parseVerifier, rangeHash, type Signer } from '#trail'

export interface GuardOptions {
  /** The log's folder. */
  readonly folder: string
  /** The newest heads that anchors know, by anchor; resolves in bounded time. */
  known(): Promise<readonly { readonly name: string; readonly note: string }[]>
  tell(line: string): void
}

interface Head {
  readonly name: string
  readonly size: number
  readonly root: Uint8Array
}

/** The same signer, which refuses once an anchor shows a head of this very log that the record does not go on from. */
export function guarded(signer: Signer, { folder, known, tell }: GuardOptions): Signer {
  const verifier = parseVerifier(signer.vkey)
  let behind: Fault | undefined
  let asked: Promise<readonly Head[]> | undefined
  const heads = async (): Promise<readonly Head[]> => {
    const told = await known()
    return told.flatMap(({ name, note }) => {
      const parsed = parseNote(note)
      const head = parsed && parseCheckpoint(parsed.text)
      const own = parsed && verifier && isSignedBy(parsed, [verifier]) && head?.origin === verifier.name
      return own && head ? [{ name, size: head.size, root: head.root }] : []
    })
  }
  const check = (size: number, outside: readonly Head[]): void => {
    for (const head of outside) {
      const why =
        head.size > size
          ? `${head.name} has seen ${head.size} entries, here are ${size}`
          : Buffer.compare(rangeHash(new LogFiles(folder, size).node, 0, head.size), head.root) !== 0
            ? `the first ${head.size} entries are not those that ${head.name} has seen`
            : undefined
      if (why === undefined) continue
      behind = new Fault('seal.behind', why)
      tell(`nothing is sealed: ${behind.message}. ${behind.remedy}`)
      throw behind
    }
  }
  return {
    ...signer,
    async sign(text) {
      if (behind) throw behind
      if (!asked) {
        asked = heads()
        const size = parseCheckpoint(Buffer.from(text).toString())?.size
        if (size !== undefined) check(size, await asked)
      }
      return signer.sign(text)
    },
  }
}
