/** The shape of gitleaks' configuration files and of Betterleaks' additions to it; reads no pattern. */
import { z } from 'zod'

const text = z.string()
const texts = z.array(z.string())

/** Source: gitleaks README and config package, v8.30. */
export const AllowForm = z.strictObject({
  description: text.optional(),
  condition: z
    .string()
    .regex(/^(?:and|or|&&|\|\|)$/i, 'and or or')
    .optional(),
  commits: texts.optional(),
  paths: texts.optional(),
  regexTarget: z.enum(['secret', 'match', 'line']).optional(),
  regexes: texts.optional(),
  stopwords: texts.optional(),
  targetRules: texts.optional(),
})

const RequiredForm = z.strictObject({
  id: text,
  withinLines: z.number().optional(),
  withinColumns: z.number().optional(),
})

export const GitleaksRuleForm = z.strictObject({
  id: text.min(1).max(100),
  description: text.default(''),
  path: text.optional(),
  regex: text.optional(),
  secretGroup: z.int().min(0).default(0),
  entropy: z.number().min(0).max(16).default(0),
  keywords: texts.default([]),
  tags: texts.optional(),
  allowlist: AllowForm.optional(),
  allowlists: z.array(AllowForm).default([]),
  required: z.array(RequiredForm).optional(),
  skipReport: z.boolean().default(false),
  /** Betterleaks. */
  filter: text.optional(),
  prefilter: text.optional(),
  validate: text.optional(),
  specificity: z.number().optional(),
})

export const GitleaksForm = z.strictObject({
  title: text.optional(),
  description: text.optional(),
  minVersion: text.optional(),
  extend: z
    .strictObject({
      path: text.optional(),
      url: text.optional(),
      useDefault: z.boolean().optional(),
      disabledRules: texts.default([]),
    })
    .optional(),
  allowlist: AllowForm.optional(),
  allowlists: z.array(AllowForm).default([]),
  rules: z.array(GitleaksRuleForm).default([]),
  /** Betterleaks. */
  betterleaksMinVersion: text.optional(),
  prefilter: text.optional(),
  filter: text.optional(),
})

export type AllowForm = z.infer<typeof AllowForm>
export type GitleaksRuleForm = z.infer<typeof GitleaksRuleForm>
export type GitleaksForm = z.infer<typeof GitleaksForm>

/** Keys in the form's own spelling: gitleaks ignores their case. */
export function spelled(value: unknown, form: z.core.$ZodType = GitleaksForm): unknown {
  const inner = unwrapped(form)
  if (Array.isArray(value))
    return inner instanceof z.ZodArray ? value.map((item) => spelled(item, inner.element)) : value
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const names = new Map(Object.keys(inner.shape).map((name) => [name.toLowerCase(), name]))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = names.get(key.toLowerCase())
      return name === undefined ? [key, item] : [name, spelled(item, inner.shape[name])]
    }),
  )
}

function unwrapped(form: z.core.$ZodType): z.core.$ZodType {
  let inner = form
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap()
  return inner
}
