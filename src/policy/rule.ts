/** A rule as it is written, checked and compiled once. Decides nothing. */
import { isCelError, plan } from '@bufbuild/cel'
import { z } from 'zod'
import { Fault, isRetention, KEEPS, RETENTION_SHAPE, type Recording } from '#exchange'
import { type Condition, readCondition } from './condition.ts'
import { ENVIRONMENT, isOfPrompt, isReadable, type Readable, type Reader } from './facts.ts'

/** How much of an exchange is kept, as every level of the configuration writes it. */
export const Keep = z
  .enum(KEEPS)
  .describe('What is kept: full (masked bytes), redacted (masked text and structure), metadata (no text)')

/** For how long. */
export const Retain = z
  .string({ error: RETENTION_SHAPE })
  .refine(isRetention, RETENTION_SHAPE)
  .describe('How long it is kept: forever, a period (400d, 12w, 6mo, 7y) or a preset by name')

/** The written form, as the configuration's schema shows it. */
export const RuleForm = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is lower-case letters, digits and hyphens')
    .describe('Unique name; shown to the developer and in the record'),
  when: z.string().min(1).describe('CEL over actor, connection, client, model, prompt, findings'),
  then: z
    .enum(['allow', 'alert', 'deny', 'record'])
    .describe('record: decides nothing, and only says how much is kept and for how long'),
  reason: z.string().max(200).default('').describe('What the developer reads, at most 200 characters'),
  on_error: z.enum(['deny', 'allow']).default('deny').describe('What happens when the condition fails at run time'),
  keep: Keep.optional(),
  retain: Retain.optional(),
})

export type RuleForm = z.infer<typeof RuleForm>

export interface Rule extends Recording {
  readonly name: string
  readonly action: 'allow' | 'alert' | 'deny' | 'record'
  readonly reason: string
  /** `allow` passes over the rule, so that the next one is asked. */
  readonly onError: 'deny' | 'allow'
  /** Whether its condition reads the prompt. */
  readonly ofPrompt: boolean
  /** True or false, or an error that tells why neither. */
  readonly holds: (read: Reader) => boolean | Error
}

/** What is wrong with a rule: the path below the list of rules, and the words. */
export interface RuleProblem {
  readonly path: readonly [at: number, field: 'name' | 'when']
  readonly message: string
}

/**
 * Reads and compiles rules. `path` names the list in messages.
 * @throws config.invalid, one line for each field that is wrong
 */
export function readRules(raw: unknown, path = 'rules'): Rule[] {
  const forms = z.array(RuleForm).safeParse(raw ?? [])
  if (!forms.success) throw invalid(path, forms.error.issues)
  const { rules, problems } = compileRules(forms.data)
  if (problems.length) throw invalid(path, problems)
  return rules
}

function invalid(path: string, wrong: readonly { path: readonly PropertyKey[]; message: string }[]): Fault {
  const lines = wrong.map((each) => `${[path, ...each.path].join('.')}: ${each.message}`)
  return new Fault('config.invalid', lines.join('\n'))
}

/** Compiles rules whose form is right. Where there are problems the rules are not whole and must not be used. */
export function compileRules(forms: readonly RuleForm[]): { rules: Rule[]; problems: RuleProblem[] } {
  const rules: Rule[] = []
  const problems: RuleProblem[] = []
  for (const [at, form] of forms.entries()) {
    if (forms.findIndex(({ name }) => name === form.name) < at)
      problems.push({ path: [at, 'name'], message: `the name ${form.name} is taken` })
    const condition = readCondition(form.when)
    const wrong = wrongWith(form, condition)
    for (const message of wrong) problems.push({ path: [at, 'when'], message: `rule ${form.name}: ${message}` })
    if (wrong.length === 0) rules.push(compile(form, condition as Condition))
  }
  return { rules, problems }
}

function wrongWith(form: RuleForm, condition: ReturnType<typeof readCondition>): readonly string[] {
  if (condition.problems.length || !('declared' in condition)) return condition.problems
  const { declared } = condition
  const { then, keep, retain } = form
  const told = declared.length > 0 ? ` may not rest on what the client only declares (${declared.join(', ')})` : ''
  const says = (keep ?? retain) !== undefined
  return [
    ...(then === 'allow' && told ? [`an allow${told}`] : []),
    ...(says && told ? [`what is kept${told}`] : []),
    ...(then === 'record' && !says ? ['a rule that records says keep or retain'] : []),
  ]
}

function compile(form: RuleForm, { tree, reads }: Condition): Rule {
  const evaluate = plan(ENVIRONMENT, tree)
  const context = contextOf(reads)
  return {
    name: form.name,
    action: form.then,
    reason: form.reason,
    onError: form.on_error,
    ...(form.keep && { keep: form.keep }),
    ...(form.retain && { retain: form.retain }),
    ofPrompt: [...reads].some(isOfPrompt),
    holds(read) {
      const result: unknown = evaluate(context(read) as never)
      if (isCelError(result)) return result
      return typeof result === 'boolean' ? result : new Error(`the condition gave ${typeof result}, not true or false`)
    },
  }
}

/** The variables of one condition that it reads. */
function contextOf(reads: ReadonlySet<Readable>) {
  const parts = [...reads].map((name) => ({ name, variable: name.split('.', 1)[0] ?? '' }))
  return (read: Reader): Record<string, unknown> => {
    const context: Record<string, unknown> = {}
    for (const { name, variable } of parts)
      context[variable] = variable === name ? read(name) : new Fields(variable, read)
    return context
  }
}

/** The fields of a variable, each built when it is asked for: a prompt's text can be large. */
class Fields extends Map<string, unknown> {
  readonly #variable: string
  readonly #read: Reader

  constructor(variable: string, read: Reader) {
    super()
    this.#variable = variable
    this.#read = read
  }

  override has(field: string): boolean {
    return isReadable(`${this.#variable}.${field}`)
  }

  override get(field: string): unknown {
    const name = `${this.#variable}.${field}`
    return isReadable(name) ? this.#read(name) : undefined
  }
}
