/** docs/configuration.md tells every key of gatelog.yaml, and no other. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configSchema } from '../src/app/config-schema.ts'

/** The paths of every key: `connections.<name>.url`, `rules[].when`. */
function keysOf(schema: Schema, path = ''): string[] {
  const below = (name: string) => (path ? `${path}.${name}` : name)
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, each]) => {
      const keys = keysOf(each, below(name))
      return keys.length ? keys : [below(name)]
    })
  const kinds = schema.additionalProperties?.oneOf
  if (kinds) return [...new Set(kinds.flatMap((each) => keysOf(each, below('<name>'))))]
  if (schema.additionalProperties?.properties) return keysOf(schema.additionalProperties, below('<name>'))
  return schema.items?.properties ? keysOf(schema.items, `${path}[]`) : []
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
}

test('docs/configuration.md has every key, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/configuration.md'), 'utf8')
  const told = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key)
  assert.deepEqual(told, keysOf(configSchema() as Schema))
})
