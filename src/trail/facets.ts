/** The facts of an exchange that a query can ask for, taken from its entries. Pure; every store uses these. */
import { type Ending, type Finding, type Opening, type OutcomeName, secretsIn } from '#exchange'
import { folded, type Key, matches, type Query, type Values } from './query.ts'

/** Keys of which an exchange may have many values; they are kept apart. */
export const MANY = ['rule', 'secret', 'file', 'accepted', 'interaction', 'request'] as const
export type Many = (typeof MANY)[number]

/** Whether a key is one of those. */
export const isMany = (key: Key): key is Many => (MANY as readonly Key[]).includes(key)

/** The values of those keys that one entry adds. */
export type ManyValues = Readonly<Partial<Record<Many, readonly string[]>>>

/** One value for each other key. As `folded` writes it. */
export type Facets = Readonly<Partial<Record<Exclude<Key, Many>, string>>>

/** Between the two names of one value: an actor's id and name, a client and its version. */
const ALIAS = '\n'

/** How many secrets an entry's findings are, and whether any was masked. */
export interface Found {
  readonly findings: number
  readonly masked: boolean
}

/** What is known when the exchange opens. */
export interface OpeningFacets extends Found {
  readonly facets: Facets
  readonly many: ManyValues
  /** `refused` where the opening is its own ending. */
  readonly outcome: string | undefined
}

/** What its ending adds. */
export interface EndingFacets {
  readonly many: ManyValues
  readonly findings: number
  readonly masked: boolean
  readonly outcome: string
  readonly input: number
  readonly output: number
}

/** The facets of an opening. */
export function openingFacets(opening: Opening): OpeningFacets {
  const { actor, connection, model, session, verdict, facts, findings, kind } = opening
  const client = facts.client?.value
  const known: Record<Exclude<Key, Many>, string | undefined> = {
    user: actor && `${actor.id}${ALIAS}${actor.name}`,
    client: client === undefined ? undefined : `${client}${ALIAS}${client.split(/[ /]/)[0]}`,
    connection,
    model,
    verdict: verdict?.kind,
    repo: facts.repository?.value,
    session,
    github: githubOf(facts),
    language: facts.language?.value,
    commit: facts.commit?.value,
  }
  const present = Object.entries(known).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, folded(key as Key, value)]],
  )
  const judged = verdict && verdict.kind !== 'allow' ? [verdict.rule] : []
  const facets: Facets = Object.fromEntries(present)
  const outcome = kind === 'refused' ? kind : undefined
  const { many, ...marks } = marksOf(findings, judged)
  const file = filesOf(facts)
  const interaction = facts.interaction ? [folded('interaction', facts.interaction.value)] : []
  const own = { ...(file.length && { file }), ...(interaction.length && { interaction }) }
  return { facets, ...marks, many: { ...many, ...own }, outcome }
}

/** A login is found by the organisations of its account too. */
function githubOf({ github, github_organizations: of }: Opening['facts']): string | undefined {
  return github && [github.value, ...(of ? of.value.split('\n') : [])].join(ALIAS)
}

const MOST_FILES = 64

/** A file is found by its path and by its name. */
function filesOf({ files }: Opening['facts']): string[] {
  const paths = files ? files.value.split('\n').slice(0, MOST_FILES) : []
  const named = paths.filter(Boolean).map((path) => {
    const name = path.split(/[/\\]/).at(-1) ?? path
    return folded('file', name === path ? path : `${path}${ALIAS}${name}`)
  })
  return [...new Set(named)]
}

/** What an outcome adds to its exchange: the value of `accepted:`. */
export const outcomeFacets = (outcome: OutcomeName): ManyValues => ({
  accepted: [outcome === 'accepted' ? 'yes' : outcome],
})

/** The facets of an ending. */
export function endingFacets({ findings, kind, usage, requestId, githubRequestId }: Ending): EndingFacets {
  const request = [requestId, githubRequestId].flatMap((id) => (id === undefined ? [] : folded('request', id)))
  const { many, ...marks } = marksOf(findings, [])
  const all = request.length ? { ...many, request: [...new Set(request)] } : many
  return { ...marks, many: all, outcome: kind, input: usage?.input ?? 0, output: usage?.output ?? 0 }
}

/** What findings can be found by. */
export const markedBy = (findings: readonly Finding[]): ManyValues => marksOf(findings, []).many

function marksOf(findings: readonly Finding[], judged: readonly string[]) {
  const rules = [...new Set([...judged, ...findings.map(({ rule }) => rule)].map((rule) => folded('rule', rule)))]
  const secrets = [...new Set(findings.flatMap(({ fingerprints }) => fingerprints ?? []))]
  const many: ManyValues = { ...(rules.length && { rule: rules }), ...(secrets.length && { secret: secrets }) }
  return { many, ...foundIn(findings) }
}

export const foundIn = (findings: readonly Finding[]): Found => ({
  findings: secretsIn(findings),
  masked: findings.some(({ masked }) => masked),
})

/** Whether a value of one key, as `Facets` holds it, fits any of the patterns. */
export const fits = (patterns: readonly string[], value: string): boolean =>
  value.split(ALIAS).some((name) => patterns.some((pattern) => matches(pattern, name)))

/** Whether an exchange fits a query, its free text left aside. `told`: what its outcomes added. */
export function answers(
  query: Query,
  at: number,
  opening: OpeningFacets,
  ending: EndingFacets | undefined,
  told: readonly ManyValues[] = [],
): boolean {
  const all = [opening.many, ...(ending ? [ending.many] : []), ...told]
  const manyOf = (key: Many) => all.flatMap((each) => each[key] ?? [])
  const masked = opening.masked || ending?.masked === true
  const outcome = opening.outcome ?? ending?.outcome
  const verdicts = [opening.facets.verdict, outcome, masked ? 'masked' : undefined]
  const holds = (key: Key, patterns: readonly string[]): boolean => {
    const one = () => (key === 'verdict' ? verdicts : [opening.facets[key as keyof Facets]])
    const values = isMany(key) ? manyOf(key) : one()
    return values.some((value) => value !== undefined && fits(patterns, value))
  }
  const found = opening.findings + (ending?.findings ?? 0) > 0
  return (
    at >= (query.after ?? at) &&
    (query.before === undefined || at < query.before) &&
    (query.finding === undefined || query.finding === found) &&
    filters(query.where).every(([key, patterns]) => holds(key, patterns)) &&
    !filters(query.except).some(([key, patterns]) => holds(key, patterns))
  )
}

/** The filters of one side of a query, as pairs. */
export const filters = (values: Values): [Key, readonly string[]][] => Object.entries(values) as [Key, string[]][]
