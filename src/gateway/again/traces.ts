/** What an exchange was the first of its session to say, and the same taken out of a later turn that says it again. Writes nothing. */
import type { Body, Keyring, RouteKind } from '#exchange'
import { compile } from '#masking'
import type { Recorded } from '#trail'
import { PROTOCOLS, readDocument, replyIn } from '#wire'
import { type Anew, maskedAnew } from './anew.ts'
import { stringsIn } from './entry-text.ts'

/** A shorter line is said by too many. UTF-16 units. */
const SHORTEST = 8

/** Every line of what an exchange said, prompt and reply. */
export function linesOf({ opening, ending }: Recorded): Set<string> {
  const lines = new Set<string>()
  const add = (text: string) => {
    for (const line of text.split(/\r?\n/)) {
      const trimmed = line.trim()
      if (trimmed.length >= SHORTEST) lines.add(trimmed)
    }
  }
  if (opening.body) for (const text of textsIn(opening.body, opening.route, 'prompt')) add(text)
  if (ending?.body) for (const text of textsIn(ending.body, opening.route, 'reply')) add(text)
  return lines
}

/** All texts of an exchange that somebody wrote: bodies, and what its entries say of them. Not whose it was. */
export function saidIn({ opening, ending }: Recorded): string[] {
  const { facts, tools, model, text, reason, path, route } = opening
  const known = PROTOCOLS.some(({ name }) => name === route)
  return [
    ...stringsIn([facts, tools, model, text, reason, ending?.reason, ...(known ? [] : [path])]),
    ...(opening.body ? textsIn(opening.body, route, 'prompt') : []),
    ...(ending?.body ? textsIn(ending.body, route, 'reply') : []),
  ]
}

function textsIn(body: Body, route: RouteKind, direction: 'prompt' | 'reply'): string[] {
  const text = Buffer.from(body.bytes).toString()
  const protocol = body.assembled ? undefined : PROTOCOLS.find(({ name }) => name === route)
  if (direction === 'reply' && !body.assembled) {
    const reply = replyIn(route, text, body.type)
    if (reply) return stringsIn(reply)
  }
  try {
    const pieces = protocol?.readPieces(text, direction) ?? readDocument(text, direction)
    return pieces.map(({ value }) => value)
  } catch {
    return [text] // no JSON: it says what it is
  }
}

/** The lines of these exchanges that none of the `others` says, which came before. */
export function tracesOf(erased: readonly Recorded[], others: readonly Recorded[]): string[] {
  const known = new Set(others.flatMap((each) => [...linesOf(each)]))
  return [...new Set(erased.flatMap((each) => [...linesOf(each)]))].filter((line) => !known.has(line))
}

/** Takes lines out of bodies, in whatever spelling and however a stream cuts them; `[masked:erased]` stands in their place. */
export function without(traces: readonly string[], keyring: Keyring, clock: () => number) {
  const known = traces.map((value) => ({ id: 'erased', value }))
  const again = { engine: compile([], { known }), keyring, clock }
  return (body: Body, of: { route: RouteKind; direction: 'prompt' | 'reply' }): Promise<Anew | undefined> =>
    maskedAnew(again, { ...of, scope: '' }, body)
}
