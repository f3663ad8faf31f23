/** What a rule may ask about an exchange, and how much each thing can be trusted. Compiles and decides nothing. */
import { type CelInput, CelScalar, celEnv, listType, mapType } from '@bufbuild/cel'
import type { Actor, Finding, Prompt } from '#exchange'

/** The facts of one exchange. */
export interface PolicyFacts {
  readonly actor: Actor
  readonly connection: { readonly name: string; readonly kind: string }
  readonly client: { readonly name: string; readonly version: string }
  readonly prompt: Prompt
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

/**
 * Everything that a condition can read. `prompt.text` is every message's text, joined by newlines; `prompt.size` its
 * length in UTF-16 units; a fact that the client did not send is empty.
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
  model: ({ prompt }) => prompt.model,
  'prompt.text': ({ prompt }) => prompt.messages.map((message) => message.text).join('\n'),
  'prompt.messages': ({ prompt }) => prompt.messages.map(({ role, text }) => ({ role, text })),
  'prompt.tools': ({ prompt }) => [...prompt.tools],
  'prompt.files': ({ prompt }) => [...(prompt.files ?? [])],
  'prompt.repository': ({ prompt }) => prompt.repository ?? '',
  'prompt.language': ({ prompt }) => prompt.language ?? '',
  'prompt.stream': ({ prompt }) => prompt.stream,
  'prompt.size': (_facts, read) => BigInt(String(read('prompt.text')).length),
  findings: ({ findings }) => findings.map(({ rule, direction }) => ({ rule, direction })),
} satisfies Record<string, (facts: PolicyFacts, read: (name: 'prompt.text') => CelInput) => CelInput>

/** One thing that a condition reads: a variable, or a field of one. */
export type Readable = keyof typeof READERS

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
