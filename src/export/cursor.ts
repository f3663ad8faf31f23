/** How far each sink has come: the seq below which all is delivered, a document of the trail. Moved only after an acknowledgement. */
import type { Trail } from '#trail'

const KIND = 'export'

interface Stored {
  readonly name: string
  readonly seq: number
  /** When it was last moved, ms since the Unix epoch. */
  readonly at: number
}

/** The cursor of a sink; undefined where it never delivered. */
export async function cursorOf(trail: Trail, name: string): Promise<number | undefined> {
  const stored = (await trail.documents.get(KIND, name)) as Stored | undefined
  return stored?.seq
}

export const moveCursor = (trail: Trail, name: string, seq: number, at: number): Promise<void> =>
  trail.documents.put(KIND, name, { name, seq, at } satisfies Stored)

/** Every cursor that there is, also of sinks that are no longer configured. */
export const cursors = async (trail: Trail): Promise<readonly Stored[]> =>
  (await trail.documents.list(KIND)) as Stored[]
