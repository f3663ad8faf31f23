/** One rule file as it was written, with the files that it extends: its forms, and where each stands. Reads no pattern. */
import { parse, TomlError } from 'smol-toml'
import { type AllowForm, GitleaksForm, type GitleaksRuleForm, spelled } from './forms.ts'
import { Places } from './places.ts'

/** Something told of an imported file. Lines are counted from 1. */
export interface Told {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Where a form stands. */
export type At = (...keys: readonly PropertyKey[]) => Pick<Told, 'file' | 'line'>

export interface Placed<Form> {
  readonly form: Form
  readonly at: At
}

export interface Book {
  readonly rules: readonly Placed<GitleaksRuleForm>[]
  readonly allows: readonly Placed<AllowForm>[]
  readonly filters: readonly Placed<string>[]
  /** Ids of rules of Gatelog's own that the file does not want. */
  readonly disabled: readonly string[]
  /** Whether it has Betterleaks' additions: of such a file what can be carried over is. */
  readonly isBetterleaks: boolean
}

export interface Ears {
  note(at: Pick<Told, 'file' | 'line'>, message: string): void
  problem(at: Pick<Told, 'file' | 'line'>, message: string): void
}

/** Longer texts are no rule file. UTF-16 units. */
const LONGEST = 4_194_304
/** gitleaks follows `extend.path` so often. */
const DEEPEST = 2
const NOTHING: Book = { rules: [], allows: [], filters: [], disabled: [], isBetterleaks: false }

/** `readBeside` gives the text of a file that this one extends; what it throws is told as a problem. */
export function openBook(
  text: string,
  file: string,
  ears: Ears,
  readBeside: ((path: string) => string) | undefined,
  depth = 0,
): Book {
  const places = new Places(text)
  const at = (...path: PropertyKey[]) => ({ file, line: places.line(path) })
  const form = formOf(text, file, at, ears)
  if (!form) return NOTHING
  const own: Book = {
    rules: form.rules.map((rule, i) => ({ form: rule, at: (...keys) => at('rules', i, ...keys) })),
    allows: [
      ...(form.allowlist ? [{ form: form.allowlist, at: ((...keys) => at('allowlist', ...keys)) as At }] : []),
      ...form.allowlists.map((allow, i) => ({ form: allow, at: ((...keys) => at('allowlists', i, ...keys)) as At })),
    ],
    filters: form.filter ? [{ form: form.filter, at: () => at('filter') }] : [],
    disabled: form.extend?.useDefault ? form.extend.disabledRules : [],
    isBetterleaks: form.rules.some(({ filter, validate }) => filter ?? validate) || form.filter !== undefined,
  }
  if (form.prefilter) ears.note(at('prefilter'), 'the prefilter looks at paths, which a gateway does not know')
  if (form.allowlist && form.allowlists.length) ears.problem(at('allowlist'), 'allowlist and allowlists together')
  const { extend } = form
  if (!extend) return own
  if (extend.url) ears.note(at('extend', 'url'), 'extend.url is not followed')
  if (extend.useDefault) ears.note(at('extend', 'useDefault'), "Gatelog's own rules stand in for gitleaks' defaults")
  if (extend.useDefault && extend.path) ears.problem(at('extend', 'path'), 'extend.path and extend.useDefault together')
  if (!extend.path || extend.useDefault) return own
  const where = at('extend', 'path')
  if (depth >= DEEPEST || !readBeside) {
    ears.problem(where, readBeside ? `more than ${DEEPEST} files are extended` : 'extend.path cannot be read here')
    return own
  }
  const beside = textBeside(extend.path, readBeside)
  if (beside === undefined) {
    ears.problem(where, `${extend.path} cannot be read`)
    return own
  }
  return merge(own, openBook(beside, extend.path, ears, readBeside, depth + 1), extend.disabledRules)
}

function textBeside(path: string, readBeside: (path: string) => string): string | undefined {
  try {
    return readBeside(path)
  } catch {
    return undefined
  }
}

function formOf(text: string, file: string, at: (...path: PropertyKey[]) => Pick<Told, 'file' | 'line'>, ears: Ears) {
  if (text.length > LONGEST) {
    ears.problem({ file, line: 1 }, `longer than ${LONGEST} characters`)
    return undefined
  }
  const parsed = GitleaksForm.safeParse(spelled(rawOf(text, file, ears)))
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) ears.problem(at(...issue.path, key), `there is no key ${key}`)
    else ears.problem(at(...issue.path), `${issue.path.join('.')}: ${issue.message}`)
  }
  return undefined
}

function rawOf(text: string, file: string, ears: Ears): unknown {
  try {
    return parse(text)
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1
    ears.problem({ file, line }, `not TOML: ${(error instanceof Error ? error.message : '').split('\n')[0]}`)
    return {}
  }
}

/** As gitleaks extends: the file's own word goes first, keywords and allowlists come together. */
function merge(own: Book, base: Book, disabled: readonly string[]): Book {
  const ofBase = base.rules.filter(({ form }) => !disabled.includes(form.id))
  const byId = new Map(ofBase.map((rule) => [rule.form.id, rule]))
  const rules = own.rules.map((rule) => {
    const under = byId.get(rule.form.id)
    byId.delete(rule.form.id)
    return under ? { form: over(rule.form, under.form), at: rule.at } : rule
  })
  return {
    rules: [...rules, ...byId.values()],
    allows: [...own.allows, ...base.allows],
    filters: [...own.filters, ...base.filters],
    disabled: [...own.disabled, ...base.disabled],
    isBetterleaks: own.isBetterleaks || base.isBetterleaks,
  }
}

function over(own: GitleaksRuleForm, base: GitleaksRuleForm): GitleaksRuleForm {
  const regex = own.regex ?? base.regex
  const path = own.path ?? base.path
  return {
    ...base,
    description: own.description || base.description,
    entropy: own.entropy || base.entropy,
    secretGroup: own.secretGroup || base.secretGroup,
    ...(regex && { regex }),
    ...(path && { path }),
    keywords: [...base.keywords, ...own.keywords],
    allowlists: [...allowsOf(base), ...allowsOf(own)],
    allowlist: undefined,
  }
}

const allowsOf = ({ allowlist, allowlists }: GitleaksRuleForm): AllowForm[] =>
  allowlist ? [allowlist, ...allowlists] : [...allowlists]
