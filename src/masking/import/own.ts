/** Rules that are written in gatelog.yaml, in gitleaks' terms. Reads no file; refuses what would be slow. */
import { z } from 'zod'
import { Fault } from '#exchange'
import type { ForeignRule } from '../rule.ts'
import { type Allow, readAllow } from './allow.ts'
import { foreignOf } from './foreign.ts'

const OwnAllowForm = z.strictObject({
  condition: z
    .enum(['or', 'and'])
    .default('or')
    .describe('Whether one of them is enough, or regexes and stopwords both'),
  regexTarget: z.enum(['secret', 'match', 'line']).default('secret').describe('What regexes are sought in'),
  regexes: z.array(z.string()).default([]),
  stopwords: z.array(z.string()).default([]),
})

const OwnExamplesForm = z.strictObject({
  match: z
    .array(z.string())
    .default([])
    .describe('Texts with a secret; double braces stand around it where there is more'),
  miss: z.array(z.string()).default([]).describe('Texts in which the rule finds nothing'),
})

export const OwnRuleForm = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,63}$/, 'an id is lower-case letters, digits and hyphens')
    .describe('Shown in the placeholder'),
  description: z.string().max(200).default(''),
  regex: z.string().min(1).max(16_384).describe('A pattern in Go syntax (RE2)'),
  secretGroup: z.int().min(0).default(0).describe('The group that is masked; 0: the first that takes part, or all'),
  keywords: z
    .array(z.string().min(1))
    .default([])
    .describe('One of these must stand in the text before the match ends'),
  entropy: z.number().min(0).max(16).default(0).describe('A secret has more bits a character than this'),
  stopwords: z.array(z.string().min(1)).default([]).describe('A secret that holds one of these is none'),
  allowlist: OwnAllowForm.optional().describe('What makes a finding none'),
  action: z
    .enum(['mask', 'alert', 'block', 'approve'])
    .optional()
    .describe('What becomes of a finding where no line of masking.actions fits'),
  examples: OwnExamplesForm.optional().describe('Held to the rule by `gatelog rules test`'),
})
export type OwnRuleForm = z.infer<typeof OwnRuleForm>

/** What is wrong with a rule. The path begins with its index. */
export interface OwnProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface OwnRules {
  readonly rules: readonly ForeignRule[]
  /** What a rule does otherwise than it says. */
  readonly notes: readonly OwnProblem[]
  /** Where there is any, the rules must not be used. */
  readonly problems: readonly OwnProblem[]
}

/** `taken`: ids that others bear already. */
export function readOwnRules(forms: readonly OwnRuleForm[], taken: ReadonlySet<string>): OwnRules {
  const rules: ForeignRule[] = []
  const notes: OwnProblem[] = []
  const problems: OwnProblem[] = []
  const seen = new Set<string>()
  forms.forEach((form, at) => {
    const { id } = form
    if (seen.has(id)) problems.push({ path: [at, 'id'], message: `there is a rule ${id} already` })
    if (taken.has(id))
      problems.push({
        path: [at, 'id'],
        message: `a rule of Gatelog's own is called ${id}: take another id, or disable that one`,
      })
    seen.add(id)
    const wrong = (key: string, error: unknown): void => {
      if (!(error instanceof Fault)) throw error
      problems.push({ path: [at, key], message: error.detail ?? '' })
    }
    const allows = allowsOf(form, wrong)
    try {
      const { id, description, regex, secretGroup, keywords, entropy } = form
      const read = foreignOf({ id, description, regex, secretGroup, keywords, entropy, allows })
      rules.push(...read.rules)
      notes.push(...read.notes.map((message) => ({ path: [at, 'regex'], message })))
    } catch (error) {
      wrong('regex', error)
    }
  })
  return { rules: problems.length ? [] : rules, notes, problems }
}

function allowsOf({ allowlist, stopwords }: OwnRuleForm, wrong: (key: string, error: unknown) => void): Allow[] {
  const forms = [
    ...(stopwords.length ? [['stopwords', { stopwords }] as const] : []),
    ...(allowlist ? [['allowlist', allowlist] as const] : []),
  ]
  return forms.flatMap(([key, form]) => {
    try {
      const read = readAllow(form)
      return 'allow' in read ? [read.allow] : []
    } catch (error) {
      wrong(key, error)
      return []
    }
  })
}
