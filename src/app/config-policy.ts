/** What of the configuration decides about prompts and replies, as the record may keep it. Reads the values; resolves no reference. */
import type { z } from 'zod'
import type { ConfigForm } from './config-schema.ts'

/** A file of rules that was imported. */
export interface ImportedFile {
  readonly name: string
  readonly text: string
}

/** What decides, as it is written: of known values only the names are here. */
export interface PolicyParts {
  readonly said: Readonly<Record<string, unknown>>
  readonly imported: readonly ImportedFile[]
  /** Puts references back in the place of what they held. */
  written(text: string): string
}

/** `written` puts references back. */
export function policyPartsOf(
  form: z.infer<typeof ConfigForm>,
  imported: readonly ImportedFile[],
  written: PolicyParts['written'],
): PolicyParts {
  const { rules, keep, retain, retention, groups, connections, masking } = form
  const { known, originals: _key, rules: own, import: _files, ...rest } = masking
  return {
    said: {
      ...{ rules, keep, retain, retention, groups },
      masking: {
        ...rest,
        rules: own.map(({ examples: _examples, ...rule }) => rule),
        known: [...new Set(known.map(({ id }) => id))].sort(),
      },
      connections: Object.fromEntries(
        Object.entries(connections).map(([name, { kind, mask, keep, retain, unknown_routes, websocket }]) => [
          name,
          { kind, mask, keep, retain, unknown_routes, websocket },
        ]),
      ),
    },
    imported,
    written,
  }
}
