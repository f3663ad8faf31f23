/** A later body without what an erased turn said. */
import type { RouteKind } from '#exchange'
import { Breath } from '../breath.ts'
import { bodyOf } from './ground.case.ts'
import { bodiesSay } from './saying.ts'
import { Traces } from './traces.ts'
import { inSlices, without } from './without.ts'

export const clock = () => performance.now()
export const user = (content: unknown) => ({ role: 'user', content })
export const chat = (...messages: object[]) => ({ model: 'm', messages })

export async function tracesOf(route: RouteKind, erased: object[], kept: object[] = []): Promise<Traces> {
  const traces = new Traces()
  const breath = new Breath(clock)
  const row = (body: object) => ({ opening: { route, body: bodyOf(JSON.stringify(body)) } }) as never
  for (const each of erased)
    for (const text of await inSlices(bodiesSay(row(each)), breath)) await inSlices(traces.add(text, 1), breath)
  for (const each of kept)
    for (const text of await inSlices(bodiesSay(row(each)), breath)) await inSlices(traces.drop(text, 0), breath)
  return traces
}

/** A later prompt without what the erased one said. */
export async function later(route: RouteKind, erased: object, prompt: object, kept: object[] = []): Promise<string> {
  const body = bodyOf(JSON.stringify(prompt))
  const less = await without(await tracesOf(route, [erased], kept), clock)(body, { route, direction: 'prompt' })
  return Buffer.from(less ?? body.bytes).toString()
}

export async function laterReply(erased: object, events: string): Promise<string> {
  const body = bodyOf(events, 'text/event-stream')
  const less = await without(await tracesOf('chat', [erased]), clock)(body, { route: 'chat', direction: 'reply' })
  return Buffer.from(less ?? body.bytes).toString()
}
