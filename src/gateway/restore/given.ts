/** Values that came back to their sender are masked in what it sends next, also where no rule sees them. */
import type { LaneFinding, MaskedText } from '#masking'
import type { Exchange } from '../exchange.ts'
import type { Way } from '../steps.ts'
import { OPEN } from './placeholders.ts'

/** What an actor got back over a connection: the rule that had found it, by value. */
export type Given = ReadonlyMap<string, string>

const keyOf = ({ actor }: Exchange, way: Way): string => `${actor?.id}\0${way.connection.name}`

/** What came back to the exchange's actor over its connection of late. */
export const givenTo = (exchange: Exchange, way: Way): Given | undefined =>
  exchange.house.memory.given.get(keyOf(exchange, way), exchange.at)

/** Remembers a value before it leaves. */
export function give(exchange: Exchange, way: Way, value: string, rule: string): void {
  const given = new Map([...(givenTo(exchange, way) ?? []), [value, rule]])
  const weight = [...given].reduce((sum, [each]) => sum + each.length + 64, 0)
  exchange.house.memory.given.set(keyOf(exchange, way), given, exchange.at, weight)
}

interface Stretch {
  readonly start: number
  readonly end: number
  readonly rule: string
}

/** What the rules made of a string (`false`: clean), and the values in it that they did not see. `raw`: in `json` mode JSON text. */
export function withGiven(
  masked: MaskedText | false,
  raw: string,
  mode: 'text' | 'json',
  given: Given,
): MaskedText | false {
  const known = masked ? masked.findings : []
  const missed = [...given].flatMap(([value, rule]) => {
    const spelled = mode === 'text' ? value : JSON.stringify(value).slice(1, -1)
    return placesOf(raw, spelled).flatMap((place) => uncovered({ ...place, rule }, known))
  })
  return missed.length ? merged(masked || { text: raw, recorded: raw, findings: [] }, raw, apart(missed)) : masked
}

function placesOf(raw: string, value: string): Omit<Stretch, 'rule'>[] {
  const places = []
  for (let at = raw.indexOf(value); at >= 0; at = raw.indexOf(value, at + value.length))
    places.push({ start: at, end: at + value.length })
  return places
}

/** What of a stretch no finding covers. */
const uncovered = (stretch: Stretch, findings: readonly Pick<Stretch, 'start' | 'end'>[]): Stretch[] =>
  findings.reduce<Stretch[]>(
    (left, { start, end }) =>
      left.flatMap((each) =>
        end <= each.start || start >= each.end
          ? [each]
          : [
              { ...each, end: start },
              { ...each, start: end },
            ].filter((part) => part.start < part.end),
      ),
    [stretch],
  )

/** The same stretches in order, none twice. */
function apart(stretches: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = []
  for (const stretch of stretches.toSorted((a, b) => a.start - b.start || b.end - a.end))
    out.push(...uncovered(stretch, out))
  return out
}

function merged(
  { recorded: before, findings: known }: MaskedText,
  raw: string,
  missed: readonly Stretch[],
): MaskedText {
  const marked = [
    ...known.map((found) => ({ found, mark: before.slice(found.at, found.until) })),
    ...missed.map((stretch) => ({ found: unseen(stretch), mark: `${OPEN}${stretch.rule}]` })),
  ]
  const findings: LaneFinding[] = []
  let [text, recorded, from] = ['', '', 0]
  for (const { found, mark } of marked.toSorted((a, b) => a.found.start - b.found.start)) {
    const { start, end, masked } = found
    const gap = raw.slice(from, start)
    const at = recorded.length + gap.length
    recorded += gap + mark
    text += gap + (masked ? mark : raw.slice(start, end))
    findings.push({ ...found, at, until: at + mark.length })
    from = end
  }
  return { text: text + raw.slice(from), recorded: recorded + raw.slice(from), findings }
}

const unseen = ({ start, end, rule }: Stretch): LaneFinding => ({
  ...{ rule, start, end, at: 0, until: 0, length: end - start },
  ...{ verified: undefined, masked: true, fingerprints: [] },
})
