/** Prompts that name a reply instead of repeating it: the index of words has them with what came before. Writes nothing. */
import type { Opening } from '#exchange'
import { queryOf, type Revision, type Trail } from '#trail'
import { Breath } from '../breath.ts'
import { saysOf } from './says.ts'

export type Reworded = NonNullable<Revision['words']>[number]

interface House {
  readonly trail: Trail
  readonly sparesLocked?: boolean
  clock(): number
}

const STEP = 500

/**
 * Of a session those prompts that go on from any of these exchanges, also by way of others, with what they say themselves: by
 * more they are to be found no longer. Not those of `besides`; with `sparesLocked` not those whose key is not here, which can still be
 * found by what nobody can look at now. @throws trail.*
 */
export async function followersOf(
  { trail, clock, sparesLocked = false }: House,
  session: string,
  ids: ReadonlySet<string>,
  besides: ReadonlySet<string>,
): Promise<readonly Reworded[]> {
  const reached = new Set(ids)
  const breath = new Breath(clock)
  const words: Reworded[] = []
  for (const { exchange, follows, route } of await followingIn(trail, session)) {
    if (!reached.has(follows)) continue
    reached.add(exchange)
    if (besides.has(exchange)) continue
    const { opening, unreadable } = (await trail.exchange(exchange)) ?? {}
    if (sparesLocked && unreadable?.opening?.code === 'trail.key') continue
    const body = opening?.body
    const says = body && saysOf(body, { route, direction: 'prompt' })
    words.push({ exchange, part: 'prompt', ...(says !== undefined && { says }) })
    await breath.pause()
  }
  return words
}

type Following = Pick<Opening, 'exchange' | 'route'> & { readonly follows: string }

/** All prompts of a session that name a reply, the oldest first. */
async function followingIn(trail: Trail, session: string): Promise<readonly Following[]> {
  const found: Following[] = []
  let before: string | undefined
  do {
    const { rows, next } = await trail.recorded(queryOf({ session }), { limit: STEP, ...(before && { before }) })
    for (const { opening } of rows) {
      const { exchange, route, follows } = opening
      if (follows !== undefined && opening.session === session) found.push({ exchange, route, follows })
    }
    before = next
  } while (before)
  return found.reverse()
}
