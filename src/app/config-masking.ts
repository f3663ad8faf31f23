/** Which masking rules are in force: Gatelog's own, those of imported files, those of gatelog.yaml. Reads those files. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { Fault } from '#exchange'
import {
  type ForeignRule,
  importGitleaks,
  type MaskingRule,
  PERSONAL,
  type Profile,
  RULES,
  readOwnRules,
  type Tried,
} from '#masking'
import type { ImportedFile } from './config-policy.ts'
import type { MaskingForm } from './config-schema.ts'

export interface MaskingRules {
  readonly profile: Profile
  /** Gatelog's own that are not switched off; in force are those of the profile (`isInForce`). */
  readonly rules: readonly MaskingRule[]
  readonly foreign: readonly ForeignRule[]
  /** Those of gatelog.yaml with their examples. */
  readonly tried: readonly Tried[]
  /** What imported and own rules do otherwise than they say, a line each: file, line, what. */
  readonly notes: readonly string[]
  /** The files that were read. */
  readonly files: readonly string[]
  /** The same with what they hold. */
  readonly imported: readonly ImportedFile[]
}

type Path = readonly (string | number)[]
type Wrong = (path: Path, message: string) => Fault

/** @throws Fault config.invalid with a line for everything that is wrong: the file's own line where it is in a file */
export function maskingRulesOf(form: z.infer<typeof MaskingForm>, wrong: Wrong): MaskingRules {
  const files: ImportedFile[] = []
  const imports = form.import.map((path, at) => importFile(path, files, () => wrong(['masking', 'import', at], path)))
  const problems = imports.flatMap((each) => each.problems.map(line))
  const disabled = new Set([...form.disable, ...imports.flatMap((each) => each.disabled)])
  const personal = [...new Set(form.personal)].map((kind) => PERSONAL[kind])
  const rules = [...RULES, ...personal].filter(({ id }) => !disabled.has(id))
  const own = readOwnRules(form.rules, new Set(rules.map(({ id }) => id)))
  const at = (path: Path, message: string) => `${wrong(['masking', 'rules', ...path], message).detail}`
  problems.push(...own.problems.map(({ path, message }) => at(path, message)))
  const imported = imports.flatMap((each) => each.rules)
  problems.push(...unknown(form.disable, imported, wrong))
  if (problems.length) throw new Fault('config.invalid', problems.join('\n'))
  return {
    profile: form.profile,
    rules,
    tried: form.rules.map(({ id, examples = { match: [], miss: [] } }) => ({ id, examples })),
    foreign: [...own.rules, ...imported.filter(({ id }) => !form.disable.includes(id))],
    notes: [
      ...imports.flatMap((each) => each.notes.map(line)),
      ...own.notes.map(({ path, message }) => at(path, message)),
    ],
    files: files.map(({ name }) => name),
    imported: files,
  }
}

const line = (told: { file: string; line: number; message: string }): string =>
  `${told.file}:${told.line} ${told.message}`

/** Ids that nothing bears: a rule that was meant to be switched off would go on. */
function unknown(disable: readonly string[], imported: readonly ForeignRule[], wrong: Wrong): string[] {
  const known = new Set([...RULES, ...Object.values(PERSONAL), ...imported].map(({ id }) => id))
  return disable.flatMap((id, at) =>
    known.has(id) ? [] : [`${wrong(['masking', 'disable', at], `there is no rule ${id}`).detail}`],
  )
}

function importFile(path: string, files: ImportedFile[], unreadable: () => Fault) {
  const read = (name: string): string => {
    const text = readFileSync(name, 'utf8')
    files.push({ name, text })
    return text
  }
  let text: string
  try {
    text = read(path)
  } catch (cause) {
    throw new Fault('config.invalid', `${unreadable().detail}: the file cannot be read`, { cause })
  }
  return importGitleaks(text, path, (beside) => read(resolve(dirname(path), beside)))
}
