/** A masked string whose placeholders bear numbers, so that each can be traced back to the value it stands for. Pure. */
import { isGuessable, type LaneFinding, type MaskedText } from '#masking'
import { OPEN, placeholderOf } from './placeholders.ts'

export interface Numbered extends MaskedText {
  /** The values that were taken out, by placeholder. */
  readonly taken: readonly (readonly [placeholder: string, value: string])[]
  /** Whether it would be numbered otherwise at another place. */
  readonly placed: boolean
}

/** `raw` is what was masked: in `json` mode JSON text; `nth` counts what is found in it. Findings that were let go stay as they were in `text`. */
export function numbered(
  masked: MaskedText,
  raw: string,
  mode: 'text' | 'json',
  numberOf: (value: string, nth: number) => string,
): Numbered {
  const taken: [string, string][] = []
  const findings: LaneFinding[] = []
  let [text, recorded, from] = ['', '', 0]
  for (const finding of masked.findings) {
    const { start, end, at, until } = finding
    const value = meaningOf(raw.slice(start, end), mode)
    const plain = masked.recorded.slice(at, until)
    const placeholder =
      value !== undefined && plain.startsWith(OPEN)
        ? placeholderOf(finding.rule, numberOf(value, findings.length))
        : plain
    if (value !== undefined && placeholder !== plain && finding.masked) taken.push([placeholder, value])
    const before = raw.slice(from, start)
    const place = recorded.length + before.length
    recorded += before + placeholder
    text += before + (finding.masked ? placeholder : raw.slice(start, end))
    findings.push({ ...finding, at: place, until: recorded.length })
    from = end
  }
  const rest = raw.slice(from)
  return {
    text: text + rest,
    recorded: recorded + rest,
    findings,
    taken,
    placed: taken.some(([, value]) => isGuessable(value)),
  }
}

/** What a stretch of a string means; undefined where it begins or ends inside an escape. */
function meaningOf(stretch: string, mode: 'text' | 'json'): string | undefined {
  if (mode === 'text' || !stretch.includes('\\')) return stretch
  try {
    return JSON.parse(`"${stretch}"`) as string
  } catch {
    return undefined
  }
}
