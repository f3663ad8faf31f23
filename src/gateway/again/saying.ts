/** All that an exchange says, as texts: its bodies, and what its entries say of them. Changes nothing. */
import type { Recorded } from '#trail'
import { PROTOCOLS } from '#wire'
import { stringsIn } from './entry-text.ts'
import { inLines, nestedIn } from './nested.ts'
import type { Text } from './spots.ts'
import { textsOf } from './texts.ts'
import type { Work } from './words.ts'

/** What its bodies say that somebody wrote, also in JSON that is a string of theirs. */
export function* bodiesSay({ opening, ending }: Recorded): Work<string[]> {
  const { route } = opening
  const prompt = opening.body && (yield* textsOf(opening.body, { route, direction: 'prompt' }))
  const reply = ending?.body && (yield* textsOf(ending.body, { route, direction: 'reply' }))
  const said: string[] = []
  for (const text of [...(prompt?.texts ?? []), ...(reply?.texts ?? [])]) {
    yield* take(text, said)
    yield
  }
  return said
}

/** All texts of an exchange. Not whose it was. */
export function* saidIn(row: Recorded): Work<string[]> {
  const { facts, tools, model, text, reason, path, route } = row.opening
  const known = PROTOCOLS.some(({ name }) => name === route)
  return [
    ...stringsIn([facts, tools, model, text, reason, row.ending?.reason, ...(known ? [] : [path])]),
    ...(yield* bodiesSay(row)),
  ]
}

/** Of JSON that a string is its values; as it stands too, but where it is what a tool is given. */
function* take({ value, kind }: Pick<Text, 'value' | 'kind'>, said: string[], depth = 0): Work<void> {
  const isRead = depth < DEEPEST && kind !== 'number'
  const whole = isRead ? nestedIn(value, kind !== 'text') : undefined
  if (!whole || kind !== 'arguments') said.push(value)
  for (const one of whole ?? (isRead ? yield* inLines(value) : [])) yield* take(one, said, depth + 1)
}

/** JSON within JSON within JSON is read; what is deeper is a text. */
export const DEEPEST = 4
