/** The texts of a recorded body that somebody wrote, whatever it is. Knows no trace. */
import { isUtf8 } from 'node:buffer'
import type { Body, RouteKind } from '#exchange'
import { EVENTS, type Form, formOfText, PROTOCOLS, valuesIn } from '#wire'
import { textsInEvents } from './events.ts'
import { LONG_NUMBER } from './nested.ts'
import { orRaw, rawOf, spliced, type Text, type Texts } from './spots.ts'
import { isStructure } from './structure.ts'
import type { Work } from './words.ts'

export interface Whose {
  readonly route: RouteKind
  readonly direction: 'prompt' | 'reply'
}

/** Lines and words are whatever they say: what is no UTF-8 is read as Latin-1. */
export function* textsOf(body: Pick<Body, 'bytes' | 'type' | 'assembled'>, { route, direction }: Whose): Work<Texts> {
  const encoding = isUtf8(body.bytes) ? 'utf8' : 'latin1'
  const text = Buffer.from(body.bytes).toString(encoding)
  const protocol = PROTOCOLS.find(({ name }) => name === route)
  const form = direction === 'reply' && !body.assembled && encoding === 'utf8' ? formOf(body, text) : undefined
  if (form) return yield* textsInEvents(Buffer.from(body.bytes), form, protocol)
  const texts = documentTexts(text, 0, protocol !== undefined) ?? [rawOf(text, 0)]
  return { texts, written: (changes) => Buffer.from(spliced(text, changes), encoding) }
}

const formOf = ({ type }: Pick<Body, 'type'>, text: string): Form | undefined =>
  formOfText(text) ?? (/^text\/event-stream/i.test(type) ? EVENTS : undefined)

/** Undefined where it is no JSON. */
function documentTexts(text: string, event: number, isKnown: boolean): Text[] | undefined {
  const values = orRaw(() => valuesIn(text))
  const types = new Map(
    values?.flatMap(({ path, value }) => (path.endsWith('.type') ? [[path.slice(0, -'.type'.length), value]] : [])),
  )
  const typeOf = (path: string) => types.get(path)
  return values
    ?.filter(({ kind, value }) => kind !== 'number' || LONG_NUMBER.test(value))
    .filter((value) => !(isKnown && isStructure(value, typeOf)))
    .map(({ path, kind, start, end, value }) => ({
      kind: kind === 'text' && path.endsWith('arguments') ? 'arguments' : kind,
      ...{ value, spots: [{ event, start, end, length: value.length }] },
    }))
}
