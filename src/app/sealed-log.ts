/** Where entries stand in the log that lies in a folder, for rows that leave the house. Reads tiles as they are asked for. */
import type { Log } from '#export'
import { headIn, LogFiles } from '#trail'

/**
 * The log as its newest head has it. Where there is none yet, an empty one if its `origin` is known: somebody seals here.
 * @throws seal.damaged
 */
export function logIn(folder: string, origin?: string): Log | undefined {
  const head = headIn(folder)
  if (!head) return origin === undefined ? undefined : { origin, size: 0, leaf: () => undefined }
  const files = new LogFiles(folder, head.size)
  return {
    origin: head.origin,
    size: head.size,
    leaf: (seq) => (seq > head.size ? undefined : Buffer.from(files.node(0, seq - 1)).toString('hex')),
  }
}
