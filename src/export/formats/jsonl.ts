/** Rows as JSON Lines: one JSON document a line, in UTF-8. Source: jsonlines.org, 2026-11. */
import { visibleJson } from '#exchange'
import type { Format } from './format.ts'

export const jsonl: Format = {
  type: 'application/jsonl',
  head: () => '',
  lines: (row) => `${visibleJson(row)}\n`,
}
