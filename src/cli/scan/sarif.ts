/** Findings as SARIF 2.1.0 (OASIS, 2020), for code scanning and editors. Bears excerpts that are masked, never a secret. */
import { pathToFileURL } from 'node:url'
import type { FileFound, Skipped } from './files.ts'

export interface SarifRule {
  readonly id: string
  readonly description: string
}

export interface Sarif {
  readonly version: string
  readonly rules: readonly SarifRule[]
  readonly findings: readonly FileFound[]
  readonly skipped: readonly Skipped[]
}

/** One run; `version` is Gatelog's. Rules that found nothing are left out. */
export function sarif({ version, rules, findings, skipped }: Sarif): unknown {
  const used = rules.filter(({ id }) => findings.some(({ rule }) => rule === id))
  const places = new Map(used.map(({ id }, at) => [id, at]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Gatelog', version, rules: used.map(driverRule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !skipped.some(({ failed }) => failed),
            toolExecutionNotifications: skipped.map(notification),
          },
        ],
        results: findings.map((found) => resultOf(found, places.get(found.rule))),
      },
    ],
  }
}

const driverRule = ({ id, description }: SarifRule) => ({ id, shortDescription: { text: description } })

const notification = ({ file, why, failed }: Skipped) => ({
  level: failed ? 'error' : 'note',
  message: { text: `not scanned: ${why}` },
  locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
})

const resultOf = (found: FileFound, ruleIndex: number | undefined) => ({
  ruleId: found.rule,
  ...(ruleIndex !== undefined && { ruleIndex }),
  level: 'error',
  message: { text: `A secret was found by the rule ${found.rule}.` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(found.file) },
        region: {
          startLine: found.line,
          startColumn: found.column,
          endLine: found.endLine,
          endColumn: found.endColumn,
          charOffset: found.start,
          charLength: found.end - found.start,
          snippet: { text: found.excerpt },
        },
      },
    },
  ],
})

/** A relative path stays one, as code scanning wants it (RFC 3986: each segment escaped). */
function uriOf(file: string): string {
  if (file === '-') return 'stdin'
  if (file.startsWith('/')) return pathToFileURL(file).href
  return file.replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/')
}
