/** What a rule may ask about an exchange, and how much each thing can be trusted. Compiles and decides nothing. */
import { type CelInput, CelScalar, celEnv, listType, mapType } from '@bufbuild/cel'
import type { Actor, Finding, Message, Prompt } from '#exchange'

/** The facts of one exchange. */
export interface PolicyFacts {
  readonly actor: Actor
  readonly connection: { readonly name: string; readonly kind: string }
  readonly client: { readonly name: string; readonly version: string }
  /** Undefined where nothing is asked that could be read: a list of models, a ping. */
  readonly prompt: Prompt | undefined
  /** All that a provider could read of the prompt: see `prompt.text`. */
  readonly said: () => string
  readonly findings: readonly Pick<Finding, 'rule' | 'direction'>[]
}

const map = mapType(CelScalar.STRING, CelScalar.DYN)

/** The variables of a condition. */
export const ENVIRONMENT = celEnv({
  variables: {
    actor: map,
    connection: map,
    client: map,
    model: CelScalar.STRING,
    prompt: map,
    findings: listType(map),
  },
})

const NOTHING: Prompt = { model: '', stream: false, messages: [], tools: [] }
const given = ({ prompt = NOTHING }: PolicyFacts): Prompt => prompt

/**
 * Everything that a condition can read. `prompt.text` is every text of the body that a provider could read, tools and
 * what they were called with included, joined by newlines; `prompt.size` its length in UTF-16 units; a fact that the
 * client did not send is empty.
 */
const READERS = {
  'actor.id': ({ actor }) => actor.id,
  'actor.kind': ({ actor }) => actor.kind,
  'actor.name': ({ actor }) => actor.name,
  'actor.groups': ({ actor }) => [...actor.groups],
  'connection.name': ({ connection }) => connection.name,
  'connection.kind': ({ connection }) => connection.kind,
  'client.name': ({ client }) => client.name,
  'client.version': ({ client }) => client.version,
  model: (facts) => given(facts).model,
  'prompt.text': ({ said }) => said(),
  'prompt.messages': (facts) => given(facts).messages.map((message) => ({ role: message.role, text: textOf(message) })),
  'prompt.tools': (facts) => [...given(facts).tools],
  'prompt.files': (facts) => [...(given(facts).files ?? [])],
  'prompt.repository': (facts) => given(facts).repository ?? '',
  'prompt.language': (facts) => given(facts).language ?? '',
  'prompt.stream': (facts) => given(facts).stream,
  'prompt.size': (_facts, read) => BigInt(String(read('prompt.text')).length),
  findings: ({ findings }) => findings.map(({ rule, direction }) => ({ rule, direction })),
} satisfies Record<string, (facts: PolicyFacts, read: (name: 'prompt.text') => CelInput) => CelInput>

/** A message's text, and what its tool calls were called with. */
const textOf = ({ text, toolCalls = [] }: Message): string =>
  [
    text,
    ...toolCalls.map(({ arguments: given }) => (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))),
  ]
    .filter(Boolean)
    .join('\n')

/** One thing that a condition reads: a variable, or a field of one. */
export type Readable = keyof typeof READERS

/** Whether it is told by a prompt: where there is none, no rule that asks for it can be asked. */
export const isOfPrompt = (name: Readable): boolean => name === 'model' || name.startsWith('prompt.')

export const isReadable = (name: string): name is Readable => Object.hasOwn(READERS, name)

/** The fields of a variable; none where it has no fields, undefined where there is no such variable. */
export function fieldsOf(variable: string): readonly string[] | undefined {
  const fields = Object.keys(READERS).flatMap((name) => {
    const [of, field] = name.split('.')
    return of === variable ? [field ?? ''] : []
  })
  return fields.length ? fields.filter((field) => field !== '') : undefined
}

/** The fields of the elements of a list. */
export const ELEMENTS: Readonly<Partial<Record<Readable, readonly string[]>>> = {
  findings: ['rule', 'direction'],
  'prompt.messages': ['role', 'text'],
}

/** What is only the client's word: no `allow` rests on it. All else is attested by a key or observed on the wire. */
export const DECLARED: ReadonlySet<string> = new Set<Readable>([
  'client.name',
  'client.version',
  'prompt.files',
  'prompt.repository',
  'prompt.language',
])

/** Gives each fact of one exchange when it is first asked for, and the same value after that. */
export type Reader = (name: Readable) => CelInput

/** A reader that builds nothing until a rule asks: a prompt's text can be large. */
export function readerOf(facts: PolicyFacts): Reader {
  const known = new Map<Readable, CelInput>()
  const read = (name: Readable): CelInput => {
    const value = known.get(name) ?? READERS[name](facts, read)
    known.set(name, value)
    return value
  }
  return read
}
