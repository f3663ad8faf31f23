/** What becomes of secrets, and exact values to mask: as written, and what it comes to. Values stay in memory and in no message. */
import { z } from 'zod'
import type { Fault } from '#exchange'
import { type ActionLine, fitsPattern } from '#gateway'
import type { OwnRuleForm } from '#masking'
import type { References } from './config-text.ts'

export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is lower-case letters, digits and hyphens')
/** Lower-case letters, digits, hyphens, and `*` for any of them. */
const pattern = z.string().regex(/^[a-z0-9*][a-z0-9*-]{0,63}$/, 'a name, in which * may stand for any characters')
const SHORTEST = 8

export const KnownForm = z.strictObject({
  id: name,
  value: z.string().min(SHORTEST).optional().describe('One value'),
  file: z.string().min(1).optional().describe('A file with one value a line'),
  env: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Names of variables, in which * may stand for any characters'),
})

export const ActionForm = z.strictObject({
  rules: z.array(pattern).min(1).optional().describe('Masking rules; all where it is left out'),
  connections: z.array(pattern).min(1).optional().describe('Connections; all where it is left out'),
  direction: z.enum(['prompt', 'reply']).optional().describe('Both where it is left out'),
  then: z.enum(['mask', 'alert', 'block', 'approve']),
})

interface Form {
  readonly prompts: 'mask' | 'alert'
  readonly secret_search: 'allow' | 'refuse'
  readonly actions: readonly z.infer<typeof ActionForm>[]
  readonly rules: readonly Pick<OwnRuleForm, 'id' | 'action'>[]
  readonly known: readonly z.infer<typeof KnownForm>[]
}

/** Makes the fault of a wrong place. */
export type Wrong = (path: readonly (string | number)[], message: string) => Fault

interface Where {
  readonly references: References
  readonly wrong: Wrong
}

/** The name of the gateway's own credentials towards providers. */
export const BROKERED = 'brokered-key'

export interface Known {
  readonly id: string
  readonly value: string
}

export interface Secrets {
  readonly prompts: 'mask' | 'alert'
  readonly secret_search: 'allow' | 'refuse'
  readonly actions: readonly ActionLine[]
  readonly known: readonly Known[]
}

/** `rules`: the ids of all that are in force. @throws config.invalid, config.missing */
export function secretsOf(
  form: Form,
  o: Where & { readonly connections: readonly string[]; readonly rules: readonly string[] },
): Secrets {
  const known = form.known.flatMap((each, at) => knownOf(each, ['masking', 'known', at], o))
  const ids = [...o.rules, ...known.map(({ id }) => id), BROKERED]
  for (const [at, line] of form.actions.entries())
    checkLine(line, ids, o.connections, (key, message) => o.wrong(['masking', 'actions', at, key], message))
  const { prompts, secret_search } = form
  return { prompts, secret_search, actions: [...form.actions.map(lineOf), ...form.rules.flatMap(ownLine)], known }
}

function checkLine(
  line: Form['actions'][number],
  rules: readonly string[],
  connections: readonly string[],
  wrong: (key: string, message: string) => Fault,
): void {
  const rule = strange(line.rules, rules)
  if (rule !== undefined) throw wrong('rules', `no masking rule is called ${rule}: \`gatelog rules list\` shows all`)
  const connection = strange(line.connections, connections)
  if (connection !== undefined) throw wrong('connections', `no connection is called ${connection}`)
  if (line.then === 'approve' && line.direction !== 'prompt')
    throw wrong('then', 'only a prompt can wait for an approval: add direction: prompt')
}

const strange = (patterns: readonly string[] | undefined, names: readonly string[]): string | undefined =>
  patterns?.find((pattern) => !names.some((each) => fitsPattern(pattern, each)))

const lineOf = ({ rules, connections, direction, then }: Form['actions'][number]): ActionLine => ({
  ...(rules && { rules }),
  ...(connections && { connections }),
  ...(direction && { direction }),
  then,
})

/** What a rule of your own says of itself; a line of `actions` that fits goes first. Only prompts can wait for approval. */
const ownLine = ({ id, action }: Form['rules'][number]): readonly ActionLine[] =>
  action ? [{ rules: [id], ...(action === 'approve' && { direction: 'prompt' as const }), then: action }] : []

function knownOf(form: Form['known'][number], path: readonly (string | number)[], o: Where): Known[] {
  const { id, value, file, env } = form
  if ([value, file, env].filter((each) => each !== undefined).length !== 1)
    throw o.wrong(path, 'a known value is one of value, file and env')
  if (value !== undefined) return [{ id, value }]
  if (file !== undefined) return linesOf(file, o, path).map((line) => ({ id, value: line }))
  return (env ?? []).flatMap((each) => valuesOf(each, o, path)).map((each) => ({ id, value: each }))
}

function linesOf(file: string, { references, wrong }: Where, path: readonly (string | number)[]) {
  let text: string
  try {
    text = references.file(file)
  } catch {
    throw wrong([...path, 'file'], 'the file cannot be read')
  }
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return []
    if (line.length < SHORTEST)
      throw wrong([...path, 'file'], `line ${at + 1}: a known value has at least ${SHORTEST} characters`)
    return [line]
  })
}

/** A name must be set; of a pattern's variables those count that are long enough. */
function valuesOf(name: string, { references, wrong }: Where, path: readonly (string | number)[]) {
  if (name.includes('*'))
    return (references.names?.() ?? [])
      .filter((each) => fitsPattern(name, each))
      .flatMap((each) => references.env(each) ?? [])
      .filter((value) => value.length >= SHORTEST)
  const value = references.env(name)
  if (value === undefined) throw wrong([...path, 'env'], `the variable ${name} is not set`)
  if (value.length < SHORTEST)
    throw wrong([...path, 'env'], `${name}: a known value has at least ${SHORTEST} characters`)
  return [value]
}
