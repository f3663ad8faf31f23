/**
 * gitleaks' configuration files (and Betterleaks', as far as they say the same) as rules of ours. Nothing is left out
 * silently: what cannot be carried over is a note, what is wrong is a problem, each with its line. Reads no file itself.
 */
import { Fault } from '#exchange'
import type { ForeignRule } from '../rule.ts'
import { type Allow, readAllow } from './allow.ts'
import { type At, type Book, type Ears, openBook, type Placed, type Told } from './book.ts'
import { readFilter } from './filter.ts'
import { foreignOf } from './foreign.ts'
import type { AllowForm, GitleaksRuleForm } from './forms.ts'

export interface Imported {
  readonly rules: readonly ForeignRule[]
  /** Ids that the file switches off among the rules that it extends, which are Gatelog's own. */
  readonly disabled: readonly string[]
  /** What is not carried over, or does otherwise than the file says. */
  readonly notes: readonly Told[]
  /** What is wrong. Where there is any, the rules must not be used. */
  readonly problems: readonly Told[]
}

/**
 * The rules of a file. `readBeside` gives the text of a file that it extends, by the path that it names, and may throw.
 */
export function importGitleaks(text: string, name: string, readBeside?: (path: string) => string): Imported {
  const notes: Told[] = []
  const problems: Told[] = []
  const ears: Ears = {
    note: (at, message) => notes.push({ ...at, message }),
    problem: (at, message) => problems.push({ ...at, message }),
  }
  const book = openBook(text, name, ears, readBeside)
  const rules = problems.length ? [] : new Reading(book, ears).rules()
  return { rules: problems.length ? [] : rules, disabled: book.disabled, notes, problems }
}

class Reading {
  readonly #book: Book
  readonly #ears: Ears
  readonly #forAll: Allow[] = []
  readonly #forRule = new Map<string, Allow[]>()

  constructor(book: Book, ears: Ears) {
    this.#book = book
    this.#ears = ears
  }

  /** Those whose id says that they are generic come last: gitleaks lets every other name a finding. */
  rules(): ForeignRule[] {
    this.#checkIds()
    for (const allow of this.#book.allows) this.#shared(allow)
    for (const { form, at } of this.#book.filters) {
      const allow = this.#read(at(), () => readFilter(form))
      if (typeof allow === 'object') this.#forAll.push(allow)
    }
    const rules = this.#book.rules.flatMap((rule) => this.#rule(rule))
    const isGeneric = ({ id }: ForeignRule): boolean => id.toLowerCase().includes('generic')
    return [...rules.filter((rule) => !isGeneric(rule)), ...rules.filter(isGeneric)]
  }

  #checkIds(): void {
    const seen = new Map<string, number>()
    const shown = new Map<string, string>()
    for (const { form, at } of this.#book.rules) {
      const { id } = form
      const before = seen.get(id)
      const name = shownId(id)
      const other = shown.get(name)
      if (before !== undefined) this.#ears.problem(at('id'), `rule ${id} stands in line ${before} already`)
      else if (name === '')
        this.#ears.problem(
          at('id'),
          `rule ${JSON.stringify(id)}: its id has no letter and no digit that could be shown`,
        )
      else if (other !== undefined)
        this.#ears.problem(
          at('id'),
          `rule ${JSON.stringify(id)}: it would be called ${name} here, as rule ${JSON.stringify(other)} is`,
        )
      else if (name !== id)
        this.#ears.note(at('id'), `rule ${JSON.stringify(id)}: it is called ${name} here, as a placeholder can show it`)
      seen.set(id, at('id').line)
      shown.set(name, id)
    }
  }

  #shared({ form, at }: Placed<AllowForm>): void {
    const read = this.#allow(form, at)
    const allows = typeof read === 'object' ? [read] : []
    if (!form.targetRules?.length) this.#forAll.push(...allows)
    for (const id of form.targetRules ?? []) {
      if (!this.#book.rules.some((rule) => rule.form.id === id))
        this.#ears.problem(at(), `targetRules: there is no rule ${id}`)
      this.#forRule.set(id, [...(this.#forRule.get(id) ?? []), ...allows])
    }
  }

  #rule({ form, at }: Placed<GitleaksRuleForm>): readonly ForeignRule[] {
    const { id, regex } = form
    const why = leftOut(form)
    if (why || !regex) {
      if (why) this.#ears.note(at(), `rule ${id} is left out: ${why}`)
      else this.#ears.problem(at(), `rule ${id} has neither regex nor path`)
      return []
    }
    this.#tellRest(form, at)
    const own = this.#own(form, at)
    if (!own) return []
    const allows = [...this.#forAll, ...(this.#forRule.get(id) ?? []), ...own]
    const source = {
      id: shownId(id),
      description: form.description,
      secretGroup: form.secretGroup,
      keywords: form.keywords,
    }
    try {
      const { rules, notes } = foreignOf({ ...source, regex, entropy: form.entropy, allows })
      for (const note of notes) this.#ears.note(at('regex'), `rule ${id}: ${note}`)
      return rules
    } catch (error) {
      this.#refuse(at('regex'), id, error)
      return []
    }
  }

  /** Undefined where one of them cannot be read: without it the rule would find too much. */
  #own(form: GitleaksRuleForm, at: At): Allow[] | undefined {
    const { id, allowlist, allowlists, filter } = form
    if (allowlist && allowlists.length) this.#ears.problem(at('allowlist'), 'allowlist and allowlists together')
    const reads = [
      ...(allowlist ? [this.#allow(allowlist, (...keys) => at('allowlist', ...keys), id)] : []),
      ...allowlists.map((list, i) => this.#allow(list, (...keys) => at('allowlists', i, ...keys), id)),
      ...(filter ? [this.#read(at('filter'), () => readFilter(filter), id)] : []),
    ]
    return reads.includes('refused') ? undefined : reads.filter((read) => typeof read === 'object')
  }

  #allow(form: AllowForm, at: At, id?: string) {
    const read = (): Allow | undefined => {
      const found = readAllow(form)
      if ('allow' in found) return found.allow
      this.#ears.note(at(), `${id ? `rule ${id}: ` : ''}an allowlist is left out: ${found.why}`)
      return undefined
    }
    return this.#read(at('regexes'), read, id)
  }

  #read(at: Pick<Told, 'file' | 'line'>, read: () => Allow | undefined, id?: string): Allow | 'refused' | undefined {
    try {
      return read()
    } catch (error) {
      this.#refuse(at, id, error)
      return 'refused'
    }
  }

  #tellRest(form: GitleaksRuleForm, at: At): void {
    const { id, path, required, validate } = form
    if (path) this.#ears.note(at('path'), `rule ${id}: its path is not known here, so it holds everywhere`)
    if (required?.length)
      this.#ears.note(at('required'), `rule ${id}: it holds also without the rules that it requires`)
    if (validate) this.#ears.note(at('validate'), `rule ${id}: nothing is asked of its provider`)
  }

  /** In a Betterleaks file what cannot be carried over is left out; in gitleaks' own format it is wrong. */
  #refuse(at: Pick<Told, 'file' | 'line'>, id: string | undefined, error: unknown): void {
    if (!(error instanceof Fault)) throw error
    const message = `${id === undefined ? '' : `rule ${id}: `}${error.detail}`
    if (this.#book.isBetterleaks) this.#ears.note(at, `left out: ${message}`)
    else this.#ears.problem(at, message)
  }
}

/** As for rules of your own. UTF-16 units. */
const LONGEST_ID = 64

/** An id as a placeholder can show it: what is no letter, digit or hyphen becomes a hyphen. Empty where nothing is left. */
const shownId = (id: string): string =>
  id
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LONGEST_ID)
    .replace(/-+$/, '')

function leftOut({ regex, path, skipReport }: GitleaksRuleForm): string | undefined {
  if (skipReport) return 'it is never reported by itself'
  return !regex && path ? 'it looks at paths alone, which a gateway does not know' : undefined
}
