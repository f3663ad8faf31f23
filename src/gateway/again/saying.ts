/** All that an exchange says, as texts: its bodies, and what its entries say of them. Changes nothing. */
import type { Recorded } from '#trail'
import { PROTOCOLS } from '#wire'
import { stringsIn } from './entry-text.ts'
import { nestedIn } from './nested.ts'
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
    for (const one of all(text)) said.push(one)
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
function* all({ value, kind }: Pick<Text, 'value' | 'kind'>, depth = 0): Generator<string, void> {
  const inner = depth < DEEPEST && kind !== 'number' ? nestedIn(value, kind !== 'text') : undefined
  if (!inner || kind !== 'arguments') yield value
  for (const one of inner ?? []) yield* all(one, depth + 1)
}

/** JSON within JSON within JSON is read; what is deeper is a text. */
export const DEEPEST = 4
