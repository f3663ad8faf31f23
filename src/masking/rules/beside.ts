/** A service whose keys have no beginning of their own: its names, and the shapes of its keys. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { ANY, either } from './spelling.ts'

type Shape = readonly [kind: keyof typeof CLASSES, length: number, most?: number]
/** [id, whose key, names that stand before it, class and length in characters]. */
export type Named = readonly [id: string, whose: string, names: readonly string[], ...shapes: readonly Shape[]]

const CLASSES = {
  hex: '[0-9a-f]',
  HEX: '[0-9A-F]',
  base36: '[0-9a-z]',
  BASE36: '[0-9A-Z]',
  base62: '[0-9A-Za-z]',
  base64: '[0-9A-Za-z+/]',
  base64url: '[0-9A-Za-z_-]',
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
} as const

/** A name shorter than this may be a part of any word, so it counts only where one begins. Characters. */
const SHORTEST_IN_WORD = 6
/** From the service's name to the end of the key's own: `DATADOG_API_KEY`, `datadog.apiKey`, `datadog: {⏎ api_key`. */
export const TO_KEY =
  '[A-Za-z0-9_.\\s:"\'{-]{0,40}(?:key|token|secret|pass|pwd|auth|cred|private|appid|reporter_id)[A-Za-z0-9_-]{0,12}'

const patternOf = ([kind, length, most]: Shape): string =>
  kind === 'uuid' ? CLASSES.uuid : `${CLASSES[kind]}{${length}${most ? `,${most}` : ''}}`

const sampleOf = ([kind, length]: Shape): string =>
  kind === 'uuid' ? '<hex:8:3>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>' : `<${kind}:${length}:3>`

/** The rule for a key that stands beside the name of its service, with its examples. */
export function beside([id, whose, names, ...shapes]: Named): MaskingRule {
  const sample = sampleOf(shapes[0]!)
  const name = names[0]!
  const joint = /[_-]$/.test(name) ? '' : '_'
  return {
    id,
    description: `${whose}, beside its name`,
    literals: names,
    fold: true,
    inWord: names.every((name) => name.length >= SHORTEST_IN_WORD),
    before: `${either(names)}${TO_KEY}${ANY}`,
    secret: shapes.map(patternOf).join('|'),
    notAfter: '[0-9A-Za-z_+/-]',
    checks: ['no-stand-in', 'mixed', 'undocumented'],
    examples: {
      match: [
        `${name}${joint}api_key = "{{${sample}}}"`,
        `${name.toUpperCase()}${joint}TOKEN={{${sample}}}\n`,
        `${name}${joint}service: { secret: '{{${sample}}}' }`,
        `| ${name}${joint}auth token | {{${sample}}} |`,
      ],
      miss: [
        `${name}${joint}id = "${sample}"`,
        `${name}${joint}api_key = "x"`,
        `${name}${joint}api_key: ${sample}<base62:140>`,
      ],
    },
  }
}
