/** gitleaks' own way of finding, straight from its documentation, on RE2: what the engine is compared with in tests. */
import { RE2JS } from 're2js'
import { parse } from 'smol-toml'

interface AllowTable {
  readonly condition?: string
  readonly regexTarget?: string
  readonly regexes?: readonly string[]
  readonly stopwords?: readonly string[]
  readonly paths?: readonly string[]
}

interface RuleTable {
  readonly id: string
  readonly regex?: string
  readonly path?: string
  readonly keywords?: readonly string[]
  readonly entropy?: number
  readonly secretGroup?: number
  readonly allowlists?: readonly AllowTable[]
}

/** A secret as gitleaks reports it. UTF-16 offsets, end exclusive. */
export interface Reported {
  readonly rule: string
  readonly secret: string
  readonly start: number
  readonly end: number
}

type Allows = (secret: string, match: string, line: string) => boolean

interface Ready {
  readonly table: RuleTable
  readonly regex: RE2JS
  readonly allows: readonly Allows[]
}

/** All rules with a regex, whatever their path: a gateway knows no paths. */
export class Reference {
  readonly #rules: readonly Ready[]
  readonly #allows: readonly Allows[]

  constructor(toml: string) {
    const file = parse(toml) as unknown as { rules: RuleTable[]; allowlist?: AllowTable }
    this.#allows = file.allowlist ? [allowsOf(file.allowlist)] : []
    this.#rules = file.rules.flatMap((table) => {
      if (!table.regex) return []
      return [{ table, regex: RE2JS.compile(table.regex), allows: (table.allowlists ?? []).map(allowsOf) }]
    })
  }

  find(text: string): readonly Reported[] {
    const lower = text.toLowerCase()
    const found = this.#rules.flatMap((rule) => {
      const { keywords = [] } = rule.table
      if (keywords.length && !keywords.some((word) => lower.includes(word.toLowerCase()))) return []
      return this.#findRule(rule, text)
    })
    return found.filter((one) => !isLessSaid(one, found, text))
  }

  #findRule({ table, regex, allows }: Ready, text: string): Reported[] {
    const matcher = regex.matcher(text)
    const found: Reported[] = []
    while (matcher.find()) {
      const start = matcher.start()
      const match = text.slice(start, matcher.end()).replace(/^\n+|\n+$/g, '')
      const [secret, at] = secretIn(regex, match, table.secretGroup ?? 0)
      if (table.entropy && shannon(secret) <= table.entropy) continue
      const line = lineAround(text, start, start + match.length)
      if ([...this.#allows, ...allows].some((allow) => allow(secret, match, line))) continue
      found.push({ rule: table.id, secret, start: start + at, end: start + at + secret.length })
    }
    return found
  }
}

/** gitleaks drops what a generic rule found where another one found it too, in the same line. */
function isLessSaid(one: Reported, all: readonly Reported[], text: string): boolean {
  if (!one.rule.includes('generic')) return false
  const lineOf = (at: number) => text.slice(0, at).split('\n').length
  return all.some(
    (other) =>
      !other.rule.includes('generic') && other.secret.includes(one.secret) && lineOf(other.start) === lineOf(one.start),
  )
}

function secretIn(regex: RE2JS, match: string, group: number): readonly [string, number] {
  const again = regex.matcher(match)
  if (!again.find()) return [match, 0]
  const count = regex.groupCount()
  if (group > 0) return [again.group(group) ?? '', again.start(group)]
  for (let i = 1; i <= count; i++) {
    const text = again.group(i)
    if (text) return [text, again.start(i)]
  }
  return [match, 0]
}

function allowsOf({ condition = 'OR', regexTarget = 'secret', regexes = [], stopwords = [], paths = [] }: AllowTable) {
  const patterns = regexes.map((regex) => RE2JS.compile(regex))
  const words = stopwords.map((word) => word.toLowerCase())
  return (secret: string, match: string, line: string): boolean => {
    const target = regexTarget === 'line' ? line : regexTarget === 'match' ? match : secret
    const byRegex = target !== '' && patterns.some((pattern) => pattern.matcher(target).find())
    const byWord = words.some((word) => secret.toLowerCase().includes(word))
    if (condition.toUpperCase() !== 'AND') return byRegex || byWord
    return (!patterns.length || byRegex) && (!words.length || byWord) && paths.length === 0
  }
}

function lineAround(text: string, start: number, end: number): string {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const to = text.indexOf('\n', end)
  return text.slice(from, to < 0 ? undefined : to)
}

function shannon(text: string): number {
  const counts = new Map<string, number>()
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1)
  const { length } = Buffer.from(text)
  return [...counts.values()].reduce((sum, n) => sum - (n / length) * Math.log2(n / length), 0)
}
