/** How much of an exchange is kept and for how long: the words of the configuration, what they mean, how they are settled. Pure. */

/** From the most to the least. `redacted`: text and structure, put together; `metadata`: no text at all. */
export const KEEPS = ['full', 'redacted', 'metadata'] as const
export type Keep = (typeof KEEPS)[number]

/** What one level of the configuration says: a rule, a group, a connection, or the file itself. */
export interface Recording {
  readonly keep?: Keep
  /** `forever`, a period (`400d`, `12w`, `6mo`, `7y`) or a preset by name. */
  readonly retain?: string
}

export interface Preset {
  readonly label: string
  readonly period: string
  /** Nothing of it may be removed before its time, whoever asks. */
  readonly worm?: true
  readonly source: string
}

/** Periods that a standard or a statute names. `docs/retention.md` says the same, and a test holds the two together. */
export const PRESETS = {
  'pci-dss': { label: 'PCI DSS', period: '12mo', source: 'PCI DSS v4.0.1, 10.5.1' },
  'soc-2': { label: 'SOC 2', period: '12mo', source: 'AICPA TSC 2017, CC7.2–CC7.4: no period; a Type II year' },
  hipaa: { label: 'HIPAA', period: '6y', source: '45 CFR 164.316(b)(2)(i)' },
  'sec-17a-4': { label: 'SEC 17a-4 WORM', period: '6y', worm: true, source: '17 CFR 240.17a-4(a), (f)(2)' },
  'eu-ai-act': { label: 'EU AI Act', period: '6mo', source: 'Regulation (EU) 2024/1689, Articles 19(1), 26(6)' },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS

const PERIOD = /^([1-9]\d{0,4})(d|w|mo|y)$/
const DAYS = { d: 1, w: 7, mo: 30, y: 365 } as const
/** No period is longer than a century. */
const MOST_DAYS = 36_500

/** The preset of a name; undefined where it is none. */
const presetOf = (retain: string): Preset | undefined =>
  Object.hasOwn(PRESETS, retain) ? PRESETS[retain as PresetName] : undefined

/** Whether a text says how long something is kept. */
export function isRetention(text: string): boolean {
  if (text === 'forever' || presetOf(text)) return true
  const [, count, unit] = PERIOD.exec(text) ?? []
  return count !== undefined && Number(count) * DAYS[unit as keyof typeof DAYS] <= MOST_DAYS
}

/** What `isRetention` does not take. */
export const RETENTION_SHAPE = `forever, a period (400d, 12w, 6mo, 7y; a century at most) or one of ${Object.keys(PRESETS).join(', ')}`

/**
 * The first day, UTC as `2027-11-25`, on which what was recorded on `day` is kept no longer: the period runs from the end of
 * that day, by the calendar, and never ends early. Undefined where it is kept for ever.
 */
export function expiryOf(day: string, retain: string | undefined): string | undefined {
  const [, count, unit] = PERIOD.exec(presetOf(retain ?? '')?.period ?? retain ?? '') ?? []
  if (count === undefined) return undefined
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const n = Number(count)
  const days = unit === 'd' ? n : unit === 'w' ? 7 * n : 0
  const months = unit === 'mo' ? n : unit === 'y' ? 12 * n : 0
  return new Date(Date.UTC(year, month - 1 + months, date + 1 + days)).toISOString().slice(0, 10)
}

/** Whether what is kept so may not be removed before its time, by nobody. */
export const isWorm = (retain: string | undefined): boolean => presetOf(retain ?? '')?.worm === true

/** The one of two that keeps less. */
export const lesser = (one: Keep, other: Keep): Keep => (KEEPS.indexOf(one) > KEEPS.indexOf(other) ? one : other)

/** Of several that speak at one level, such as an actor's groups: the least is kept, for the longest time. */
export function together(all: readonly Recording[]): Recording {
  const keeps = all.flatMap(({ keep }) => keep ?? [])
  const [longest] = all.flatMap(({ retain }) => retain ?? []).sort((a, b) => Number(isLonger(b, a)) * 2 - 1)
  return { ...(keeps.length > 0 && { keep: keeps.reduce(lesser) }), ...(longest !== undefined && { retain: longest }) }
}

const SOME_DAY = '2024-01-31'

function isLonger(one: string, other: string): boolean {
  if (isWorm(one) !== isWorm(other)) return isWorm(one)
  return (expiryOf(SOME_DAY, one) ?? '9') > (expiryOf(SOME_DAY, other) ?? '9')
}

/**
 * What holds where several levels speak, the most particular first: it decides, but for a WORM preset, which holds from
 * whatever level it comes. `retain` is undefined where it is kept for ever.
 */
export function settled(levels: readonly Recording[]): { readonly keep: Keep; readonly retain?: string } {
  const said = levels.flatMap(({ retain }) => retain ?? [])
  const retain = said.find(isWorm) ?? said[0]
  const keep = levels.find((level) => level.keep)?.keep ?? 'full'
  return { keep, ...(retain !== undefined && retain !== 'forever' && { retain }) }
}
